// The strongest simple peer of taquilla: one Go program with net/http and SQLite (WAL,
// synchronous=FULL), in which one goroutine commits whole batches. It sells the same tickets with
// the same answers, durably, and nothing else: no saga, no breaker, no faults, no supervision. What
// taquilla takes longer than this is what those cost.
//
// usage: peer DATABASE; prints its port.
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	_ "github.com/mattn/go-sqlite3"
)

const batchMax = 512 // as taquilla's store.batch_max

const schema = `
CREATE TABLE reservations (id INTEGER PRIMARY KEY, event TEXT, seat TEXT, email TEXT, cents INTEGER, at INTEGER);
CREATE UNIQUE INDEX seat ON reservations (event, seat);
CREATE INDEX buyer ON reservations (email);
CREATE TABLE charges (id INTEGER PRIMARY KEY, cents INTEGER);
CREATE TABLE mailbox (id INTEGER PRIMARY KEY, recipient TEXT, subject TEXT, body TEXT);`

type order struct {
	EventID   string  `json:"eventId"`
	SeatID    string  `json:"seatId"`
	UserEmail string  `json:"userEmail"`
	Amount    float64 `json:"amount"`
}

type answer struct {
	Status        string `json:"status"`
	ReservationID int64  `json:"reservationId"`
}

// job is an order on its way to the disk; done gets its number, 0 when the seat is taken.
type job struct {
	what order
	done chan int64
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// sell writes one order within the batch's transaction.
func sell(reserve, charge, mail *sql.Stmt, what order) int64 {
	cents := int64(what.Amount*100 + 0.5)
	row, err := reserve.Exec(what.EventID, what.SeatID, what.UserEmail, cents)
	must(err)
	if changed, _ := row.RowsAffected(); changed == 0 {
		return 0
	}
	id, err := row.LastInsertId()
	must(err)
	_, err = charge.Exec(id, cents)
	must(err)
	_, err = mail.Exec(id, what.UserEmail, fmt.Sprintf("Reserva confirmada %d", id),
		"Su asiento "+what.SeatID)
	must(err)
	return id
}

// write is the one writer: it takes what waits, commits it together, and answers after the commit.
func write(db *sql.DB, jobs <-chan job) {
	prepare := func(text string) *sql.Stmt {
		statement, err := db.Prepare(text)
		must(err)
		return statement
	}
	reserve := prepare(`INSERT INTO reservations (event, seat, email, cents, at)
		VALUES (?, ?, ?, ?, unixepoch()) ON CONFLICT DO NOTHING`)
	charge := prepare("INSERT INTO charges VALUES (?, ?)")
	mail := prepare("INSERT INTO mailbox VALUES (?, ?, ?, ?)")
	for first := range jobs {
		batch := []job{first}
		for len(batch) < batchMax && len(jobs) > 0 {
			batch = append(batch, <-jobs)
		}
		_, err := db.Exec("BEGIN IMMEDIATE")
		must(err)
		ids := make([]int64, len(batch))
		for i, one := range batch {
			ids[i] = sell(reserve, charge, mail, one.what)
		}
		_, err = db.Exec("COMMIT")
		must(err)
		for i, one := range batch {
			one.done <- ids[i]
		}
	}
}

func main() {
	db, err := sql.Open("sqlite3", os.Args[1]+"?_journal_mode=WAL&_synchronous=FULL")
	must(err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec(schema)
	must(err)
	jobs := make(chan job, 8192)
	go write(db, jobs)
	http.HandleFunc("/api/reservations", func(w http.ResponseWriter, r *http.Request) {
		one := job{done: make(chan int64, 1)}
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, 16384)).Decode(&one.what) != nil {
			http.Error(w, "not an order", http.StatusBadRequest)
			return
		}
		jobs <- one
		id := <-one.done
		if id == 0 {
			http.Error(w, "seat taken", http.StatusConflict)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer{"CONFIRMED", id})
	})
	door, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(door.Addr().(*net.TCPAddr).Port)
	must(http.Serve(door, nil))
}

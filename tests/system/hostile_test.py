"""Goal: no client, however slow, hostile or many, takes the box office from the others, nor its memory.

Method: every attack is held against the running executable while fresh connections ask and buy; all of
them one after the other, and in the end the most memory that it ever held is looked at. The last attack
is 5,100 purchases against a payment that never answers. usage: hostile_test.py TAQUILLA
"""
import contextlib
import json
import os
import pathlib
import random
import socket
import struct
import sys
import tempfile
import time
import unittest
import urllib.parse

from client import NO_LIMIT, Client, ask, box_office, chaos, wait_until

EXECUTABLE = None
MEMORY_MAX_MIB = 128  # of them 40 for answers that nobody takes: the server's bound
PROBES = 10
PATIENCE = 5  # seconds for an answer beside an attack; they take milliseconds on an idle machine
ROWS, SEATS_PER_ROW = 60, 100
IN_FLIGHT_MAX = 5000  # reservation.in_flight
HOST = b"Host: localhost\r\n"
BODY_MAX = 16384  # gateway.http.body_bytes
POST = b"POST /api/reservations HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"


def order(number):
    row, seat = divmod(number, SEATS_PER_ROW)
    name = chr(ord("A") + row % 26) * (1 + row // 26)
    return {"eventId": "EVT-001", "seatId": f"{name}{seat + 1}", "userEmail": "b@hostile.test",
            "amount": 50.0}


def venue(folder):
    file = pathlib.Path(folder) / "venue.json"
    names = [chr(ord("A") + row % 26) * (1 + row // 26) for row in range(ROWS)]
    file.write_text(json.dumps({"events": [
        {"id": "EVT-001", "name": "Hostile", "rows": names, "seatsPerRow": SEATS_PER_ROW}]}))
    return file


def most_memory_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


class Hostile(unittest.TestCase):
    def setUp(self):
        self.sockets = []
        self.sold = 0

    @contextlib.contextmanager
    def open_house(self, *arguments):
        with tempfile.TemporaryDirectory() as folder, \
                box_office(EXECUTABLE, *NO_LIMIT, "--set", f"venue.file={venue(folder)}", *arguments) \
                as (self.at, process, self.data):
            parts = urllib.parse.urlsplit(self.at["gateway"])
            self.address = (parts.hostname, parts.port)
            yield process

    def connect(self, count, send=b"", receive_buffer=None):
        """`count` connections that send `send` and never read."""
        for _ in range(count):
            one = socket.socket()
            if receive_buffer:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            one.connect(self.address)
            one.setblocking(False)
            self.sockets.append(one)
            self.push(one, send)

    @staticmethod
    def push(one, data):
        """Sends what the other side takes: it may have hung up, and rightly."""
        with contextlib.suppress(OSError):
            one.send(data)

    def hang_up(self):
        for one in self.sockets:
            one.close()
        self.sockets.clear()

    def probe(self, what):
        """Others are served meanwhile: each on a connection of its own, asking and buying."""
        for _ in range(PROBES):
            client = Client(self.at["gateway"], timeout=PATIENCE)
            self.assertEqual(client.get("/livez").status, 200, what)
            answer = client.post("/api/reservations", order(self.sold))
            self.assertEqual(answer.status, 200, f"{what}: {answer}")
            self.sold += 1
            client.close()

    # -- the attacks ---------------------------------------------------------------------------------

    def idle(self):
        self.connect(2000)

    def slow_heads(self):
        self.connect(300, b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: ")
        for one in self.sockets:
            self.push(one, b"a")

    def slow_bodies(self):
        self.connect(300, POST + b"Content-Length: 16000\r\n\r\n{")

    def slow_readers(self):
        self.connect(300, (b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 64, 4096)

    def endless_lines(self):
        self.connect(50, b"GET /")
        for one in self.sockets * 20:
            self.push(one, b"a" * 65536)

    def endless_fields(self):
        self.connect(50, b"GET / HTTP/1.1\r\n" + HOST)
        for one in self.sockets * 20:
            self.push(one, b"X-Many: more\r\n" * 4000)

    def endless_chunks(self):
        self.connect(50, POST + b"Transfer-Encoding: chunked\r\n\r\n")
        for one in self.sockets * 20:
            self.push(one, b"ffff\r\n" + b"a" * 65535 + b"\r\n")

    def promised_giants(self):
        self.connect(300, POST + b"Content-Length: 999999999999999999\r\n\r\n" + b"a" * 65536)

    def noise(self):
        dice = random.Random(20261124)
        for _ in range(300):
            self.connect(1, dice.randbytes(dice.randrange(1, 9000)))

    def pipelines(self):
        self.connect(200, (POST + b"Content-Length: 2\r\n\r\n{}") * 200, 4096)

    def deaf_followers(self):
        self.connect(300, b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n", 4096)

    def half_closed(self):
        self.connect(300, b"GET /api/events HTTP/1.1\r\n" + HOST)
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_WR)

    def nearly_whole_bodies(self):
        """180 MiB of requests whose last byte does not come; each as large as it may be."""
        self.connect(7500, POST + b"X-Large: " + b"a" * 7700 + b"\r\nContent-Length: %d\r\n\r\n" % BODY_MAX
                     + b" " * (BODY_MAX - 1))

    def nearly_whole_chunks(self):
        """The same in chunks, a round at a time, so that each grows by little and doubles what it has."""
        self.connect(7500, POST + b"Transfer-Encoding: chunked\r\n" + b"X: a\r\n" * 60 + b"\r\n")
        for one in self.sockets * 8:
            self.push(one, b"7ff\r\n" + b" " * 0x7ff + b"\r\n")

    def many_parameters(self):
        """A target of 2 KiB that is a thousand parameters, and a body that does not come."""
        self.connect(7500, b"POST /api/reservations?" + b"a&" * 1000 + b" HTTP/1.1\r\n" + HOST
                     + b"Content-Length: 9\r\n\r\n{")

    def deaf(self, path):
        """Pipelines of long answers that nobody reads; few enough for the queue (gateway.http.queue)."""
        self.connect(500, (b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n") * 60, 2048)

    def deaf_seats(self):
        self.deaf(b"/api/events/EVT-001/seats?limit=1000")

    def deaf_metrics(self):
        self.deaf(b"/metrics")

    def deaf_health(self):
        self.deaf(b"/health")

    def deaf_documents(self):
        self.deaf(b"/openapi.json")

    # -- questions that reach the store --------------------------------------------------------------

    def listings(self):
        self.connect(64, (b"GET /api/reservations?userEmail=x@y.test HTTP/1.1\r\n" + HOST + b"\r\n") * 32)

    def mail_waiters(self):
        self.connect(64, (b"GET /api/notifications/mailbox?to=x@y.test&wait=30 HTTP/1.1\r\n" + HOST
                          + b"\r\n") * 32)

    def cancellations(self):
        self.connect(400, (b"DELETE /api/reservations/999999 HTTP/1.1\r\n" + HOST + b"\r\n") * 8)

    def asked_afresh(self, question):
        """The first line of the answer on a connection of its own."""
        with socket.create_connection(self.address, timeout=PATIENCE) as fresh:
            fresh.sendall(question)
            return fresh.recv(12)

    def overloaded(self):
        """How many of the requests have been told so by now."""
        told = 0
        for one in self.sockets:
            with contextlib.suppress(BlockingIOError):
                while data := one.recv(65536):
                    told += data.count(b'"overloaded"')
        return told

    def test_what_the_store_is_asked_is_bounded(self):
        """Of 2,048 pipelined listings 32 are read at once, of as many waiters for a mail 64 wait."""
        with self.open_house():
            for attack in (self.listings, self.mail_waiters):
                attack()
                self.probe(attack.__name__)
                self.assertGreater(self.overloaded(), 0, attack.__name__)
                self.hang_up()
            self.cancellations()
            self.probe("cancellations")
            self.hang_up()

    # -- those who wait ------------------------------------------------------------------------------

    def test_who_waited_and_has_gone_takes_no_place(self):
        wait = b"GET /api/notifications/mailbox?to=x@y.test&wait=%s HTTP/1.1\r\n" + HOST + b"\r\n"
        with self.open_house():
            self.connect(63, wait % b"30")
            # Whoever asks whether all are taken takes one himself, perhaps from one of these.
            for _ in range(200):
                if b"503" in self.asked_afresh(wait % b"0.01"):
                    break
                self.connect(1, wait % b"30")
            else:
                self.fail("64 places are never taken")
            for one in self.sockets:  # a reset, and no end of output, which a waiter may send
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.hang_up()
            wait_until(lambda: b"200" in self.asked_afresh(wait % b"0.01"), "a place is free", PATIENCE)

    def test_one_address_has_its_share_of_those_who_wait(self):
        """Of 64 places 127.0.0.1 has 16 for waiters and for followers each, the others are for ::1."""
        wait = b"GET /api/notifications/mailbox?to=x@y.test&wait=30 HTTP/1.1\r\n" + HOST + b"\r\n"
        follow = b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n"
        with self.open_house("--set", "gateway.http.limit_local_peers=true"):
            for question in (wait, follow):
                self.connect(17, question)
                wait_until(lambda: self.overloaded() == 1, "one of them is told so")
                with socket.create_connection(("::1", self.address[1]), timeout=PATIENCE) as stranger:
                    stranger.sendall(question.replace(b"wait=30", b"wait=0.01"))
                    self.assertEqual(stranger.recv(12), b"HTTP/1.1 200")
                self.hang_up()

    # -- followers -----------------------------------------------------------------------------------

    def test_one_connection_has_one_follower(self):
        """Of three that ask for 31 streams each, with 64 places, each gets one."""
        follow = b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n"
        with self.open_house():
            self.connect(3, b"GET /api/notifications/mailbox?to=x@y.test&wait=0.3 HTTP/1.1\r\n" + HOST
                         + b"\r\n" + follow * 31)
            for one in self.sockets:
                one.setblocking(True)
                one.settimeout(PATIENCE)
                seen = b""
                while b"event: snapshot" not in seen:
                    seen += one.recv(65536)
            fresh = socket.create_connection(self.address, timeout=PATIENCE)
            self.sockets.append(fresh)
            fresh.sendall(follow)
            self.assertEqual(fresh.recv(12), b"HTTP/1.1 200")
            self.hang_up()

    def test_a_follower_may_not_talk(self):
        with self.open_house():
            self.connect(1, b"GET /api/stream HTTP/1.1\r\n" + HOST + b"\r\n")
            one = self.sockets[0]
            one.setblocking(True)
            one.settimeout(PATIENCE)
            sent = 0
            with self.assertRaises(OSError):  # what it had followed has ended, and then the connection
                while sent < 1 << 40:
                    sent += one.send(b"x" * 65536)
            self.hang_up()

    # -- places --------------------------------------------------------------------------------------

    def test_a_full_house_has_places_for_those_who_ask(self):
        """The idle make way for newcomers at every door; where nobody is idle, the log says so."""
        ask_livez = b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n"
        with self.open_house("--set", "gateway.http.connections=64"):
            for _ in range(64):
                self.connect(1)
                self.sockets[-1].setblocking(True)
                self.sockets[-1].settimeout(PATIENCE)
                self.sockets[-1].sendall(ask_livez)
                self.assertEqual(self.sockets[-1].recv(12), b"HTTP/1.1 200")
            for door in ("gateway", "inventory", "payment", "notification"):
                self.assertEqual(ask(self.at[door], "GET", "/livez").status, 200, door)
            self.connect(80)  # and say nothing: the house is full of those who may still ask
            wait_until(lambda: "clients.turned_away" in self.log(), "the log tells of them", 4 * PATIENCE)
            self.hang_up()

    def log(self):
        return (self.data / "logs" / "gateway.log").read_text(encoding="utf-8")

    # -- purchases that hang -------------------------------------------------------------------------

    def stuck_purchases(self):
        """As many as may be in flight, and 100 more: those are refused at once."""
        chaos(self.at, "payment", "stall")
        sent, refused = IN_FLIGHT_MAX + 100, []
        for number in range(sent):
            body = json.dumps(order(self.sold + number)).encode()
            self.connect(1, POST + b"Content-Length: %d\r\n\r\n" % len(body) + body)

        def all_are_refused_or_in_flight():
            refused.extend(self.answers_so_far())
            return len(refused) + self.in_flight() == sent

        # More than 100 are refused where the rush lasts longer than the 500 ms that work may wait.
        wait_until(all_are_refused_or_in_flight, "every purchase is refused or in flight", 4 * PATIENCE)
        self.assertGreaterEqual(len(refused), 100)
        self.assertTrue(all(text.startswith(b"HTTP/1.1 503") for text in refused), refused[:1])
        self.assertTrue(all(b"\r\nRetry-After: " in text for text in refused), refused[:1])
        self.assertGreater(self.in_flight(), IN_FLIGHT_MAX // 2)
        for path in ("/livez", "/health", "/api/events", "/metrics", "/api/reservations?limit=5"):
            self.assertEqual(ask(self.at["gateway"], "GET", path).status, 200, path)
        chaos(self.at, "payment", "normal")

    def answers_so_far(self):
        """Of those that were not asked before; the purchases in flight have none for seconds."""
        answers = []
        for one in self.sockets:
            with contextlib.suppress(BlockingIOError):
                if text := one.recv(4096):
                    answers.append(text)
        return answers

    def in_flight(self):
        return ask(self.at["gateway"], "GET", "/health").json.get("purchasesInFlight", -1)

    def test_nobody_takes_the_box_office_from_the_others(self):
        attacks = [self.idle, self.slow_heads, self.slow_bodies, self.slow_readers,
                   self.endless_lines, self.endless_fields, self.endless_chunks,
                   self.promised_giants, self.noise, self.pipelines, self.deaf_followers,
                   self.half_closed, self.nearly_whole_bodies, self.nearly_whole_chunks,
                   self.many_parameters, self.deaf_seats, self.deaf_metrics, self.deaf_health,
                   self.deaf_documents]
        with self.open_house() as process:
            for attack in attacks:
                attack()
                self.probe(attack.__name__)
                print(f"{attack.__name__:16} {most_memory_mib(process.pid):6.1f} MiB", flush=True)
                self.hang_up()
                self.probe(f"after {attack.__name__}")  # what it has left behind harms nobody
            self.stuck_purchases()
            self.hang_up()
            used = most_memory_mib(process.pid)
            print(f"stuck_purchases  {used:6.1f} MiB", flush=True)
            wait_until(lambda: self.in_flight() == 0, "the stuck purchases have ended", 60)
            self.sold += IN_FLIGHT_MAX + 200
            self.probe("afterwards")
            if "ASAN_OPTIONS" in os.environ:  # scripts/check-sanitizers: its shadow is not ours
                print("*** the limit of memory is not checked under the sanitizers ***")
            else:
                self.assertLessEqual(used, MEMORY_MAX_MIB)


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main()

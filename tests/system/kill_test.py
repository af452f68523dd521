"""Goal: an answer of 200 survives `kill -9`, whatever is going on; the promises hold after every kill.

Method: fifty rounds on one data folder. Each starts the box office, breaks something else, lets eight
buyers buy until a random number of purchases was confirmed, kills the process in the middle of it, and
audits the store. In the end a last start heals everything; every confirmed purchase of every round must
be there, and the final audit must find nothing open. usage: kill_test.py TAQUILLA [rounds] [seed]
"""
import http.client
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading

from client import (NO_LIMIT, Client, ask, box_office, chaos, nothing_left, wait_until)

BUYERS = 8
FAULTS = [None, ("payment", "lossy?rate=0.3"), ("payment", "flaky?rate=0.3"),
          ("notification", "disable"), ("inventory", "panic"), ("payment", "decline?times=20"),
          ("notification", "lossy?rate=0.5")]
VENUE = {"events": [{"id": "EVT-001", "name": "Kill", "seatsPerRow": 9999,
                     "rows": [a + b for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"]}]}


def seats():
    """Every seat once, in order, whoever asks."""
    for row in VENUE["events"][0]["rows"]:
        for number in range(1, 10_000):
            yield f"{row}{number}"


class Crowd:
    """Buyers who note what was confirmed to them; whoever gets the last one kills, at that very moment."""

    def __init__(self, endpoints, process, take_seat):
        self.confirmed, self.lock = [], threading.Lock()
        self.process, self.target = process, None
        self.threads = [threading.Thread(target=self.run, args=(endpoints, take_seat, i))
                        for i in range(BUYERS)]

    def run(self, endpoints, take_seat, buyer):
        client = Client(endpoints["gateway"])
        try:
            while True:
                with self.lock:
                    seat = next(take_seat)
                order = {"eventId": "EVT-001", "seatId": seat, "userEmail": f"b{buyer}@kill.test",
                         "amount": 10}
                answer = client.post("/api/reservations", order)
                if answer.status == 200:
                    with self.lock:
                        self.confirmed.append((answer.json["reservationId"], seat))
                        if len(self.confirmed) == self.target:
                            self.process.kill()
        except (OSError, http.client.HTTPException):
            pass  # killed: a cut answer is no answer
        finally:
            client.close()

    def buy(self, target):
        self.target = target
        for one in self.threads:
            one.start()
        for one in self.threads:
            one.join(30)
        if len(self.confirmed) < target:
            raise AssertionError(f"only {len(self.confirmed)} of {target} purchases in 30 s")


def audit(executable, folder, *arguments):
    done = subprocess.run([executable, "audit", "--data", str(folder), *arguments], text=True,
                          capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"audit: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    executable = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    dice, take_seat, confirmed = random.Random(seed), seats(), []
    root = pathlib.Path(tempfile.mkdtemp(prefix="taquilla-kill-"))
    folder = root / "data"
    (root / "venue.json").write_text(json.dumps(VENUE), encoding="utf-8")
    options = (*NO_LIMIT, "--set", f"venue.file={root / 'venue.json'}", "--set", "log.level=error")
    print(f"seed {seed}", flush=True)
    for turn in range(rounds):
        fault = FAULTS[turn % len(FAULTS)]
        with box_office(executable, *options, data=folder) as (endpoints, process, _):
            crowd = Crowd(endpoints, process, take_seat)
            if fault:
                chaos(endpoints, *fault)
            crowd.buy(dice.randrange(1, 60))
            process.wait()
        confirmed += crowd.confirmed
        audit(executable, folder)
    with box_office(executable, *options, data=folder) as (endpoints, process, _):
        wait_until(lambda: nothing_left(endpoints), "everything open is settled", 60)
        client = Client(endpoints["gateway"])
        for number, seat in confirmed:
            kept = client.get(f"/api/reservations/{number}").json
            if (kept.get("state"), kept.get("seatId")) != ("confirmed", seat):
                raise AssertionError(f"seed {seed}: {number} {seat} was confirmed, now {kept}")
        client.close()
        total = ask(endpoints["gateway"], "GET", "/health").json["store"]["reservations"]
    if process.returncode != 0:
        raise AssertionError(f"the last stop: exit code {process.returncode}")
    audit(executable, folder, "--final")
    shutil.rmtree(root)
    print(f"{rounds} kills, {len(confirmed)} confirmed purchases of {total} kept", flush=True)


if __name__ == "__main__":
    main()

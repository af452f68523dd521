"""Goal: a stop loses nothing: what is under way ends, no answer is cut, the store is closed, exit code 0.

Method: SIGTERM while slow purchases run and while eight clients ask without a pause; then a second start
on the same data. A second signal forces. usage: drain_test.py TAQUILLA
"""
import http.client
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from client import NO_LIMIT, Client, ask, box_office, buy, chaos, wait_until

EXECUTABLE = None


def in_flight(endpoints):
    return ask(endpoints["gateway"], "GET", "/health").json["purchasesInFlight"]


def refuses_connections(endpoints):
    for listener in ("gateway", "inventory", "payment", "notification"):
        parts = urllib.parse.urlsplit(endpoints[listener])
        try:
            socket.create_connection((parts.hostname, parts.port), timeout=5).close()
            return False
        except ConnectionRefusedError:
            pass
        except ConnectionResetError:  # it waited to be accepted when the listener was closed
            return False
    return True


def in_background(function, count):
    threads = [threading.Thread(target=function, args=(i,)) for i in range(count)]
    for one in threads:
        one.start()
    return threads


def outcome_of(function, *arguments):
    try:
        return function(*arguments).status
    except (OSError, http.client.HTTPException):
        return "no answer"


def says_that_it_drains(connections):
    """Asks one after the other, for each has one more answer; all of them within two seconds."""
    for one in connections:
        if one.get("/readyz").json["draining"]:
            return True
        time.sleep(2 / len(connections))
    return False


def pages_answered(endpoints):
    text = ask(endpoints["gateway"], "GET", "/metrics").body.decode()
    counted = re.search(r'requests_total\{.*/seats".*code="200"\} ([0-9]+)', text)
    return int(counted[1]) if counted else 0


def slow_reader(endpoints):
    parts = urllib.parse.urlsplit(endpoints["gateway"])
    one = socket.socket(socket.AF_INET6 if ":" in parts.hostname else socket.AF_INET)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before the window is offered
    one.settimeout(20)
    one.connect((parts.hostname, parts.port))
    return one


class Drain(unittest.TestCase):
    def test_purchases_under_way_are_answered_and_kept(self):
        answers = {}
        data = pathlib.Path(tempfile.mkdtemp(prefix="taquilla-drain-"))
        self.addCleanup(shutil.rmtree, data, True)
        with box_office(EXECUTABLE, *NO_LIMIT, data=data) as (at, process, folder):
            chaos(at, "payment", "slow?delay=3")
            threads = in_background(
                lambda i: answers.update({i: buy(at, seat=f"B{i + 1}", email=f"b{i}@drain.test")}), 5)
            wait_until(lambda: in_flight(at) == 5, "five purchases under way")
            *early, buyer = [Client(at["gateway"]) for _ in range(20)]
            for one in (*early, buyer):
                self.addCleanup(one.close)
                self.assertEqual(one.get("/readyz").status, 200)
            process.send_signal(signal.SIGTERM)
            wait_until(lambda: refuses_connections(at), "every listener is closed")
            self.assertTrue(says_that_it_drains(early))
            late = buyer.post("/api/reservations", {"eventId": "EVT-001", "seatId": "C1",
                                                    "amount": 10, "userEmail": "late@drain.test"})
            self.assertEqual((late.status, late.json["code"]), (503, "draining"))
            self.assertEqual(late.headers["Connection"], "close")
            for one in threads:
                one.join(20)
            process.wait(20)
            self.assertEqual(process.returncode, 0)
            self.assertEqual([answers[i].status for i in range(5)], [200] * 5)
            self.assertFalse((folder / "endpoints.json").exists())
        with box_office(EXECUTABLE, *NO_LIMIT, data=data) as (again, _, _):
            for answer in answers.values():
                number = answer.json["reservationId"]
                kept = ask(again["gateway"], "GET", f"/api/reservations/{number}").json
                self.assertEqual(kept["state"], "confirmed")
        done = subprocess.run([EXECUTABLE, "audit", "--data", str(data)], timeout=30,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_no_answer_is_cut_by_a_stop_under_load(self):
        cut, answered, stopping = [], [], threading.Event()

        def ask_on(i, at):
            client = Client(at["gateway"])
            try:
                while True:
                    if i % 2:
                        answer = client.get("/api/events/EVT-001/seats?limit=1000")
                    else:
                        answer = client.post("/api/reservations", {
                            "eventId": "EVT-001", "seatId": f"C{len(answered) % 100 + 1}",
                            "userEmail": f"c{i}@drain.test", "amount": 10})
                    answered.append(answer.status)
            except http.client.IncompleteRead as partial:
                cut.append(partial)
            except (OSError, http.client.HTTPException) as gone:
                if not stopping.is_set():
                    cut.append(gone)
            finally:
                client.close()

        with box_office(EXECUTABLE, *NO_LIMIT) as (at, process, _):
            threads = in_background(lambda i: ask_on(i, at), 8)
            wait_until(lambda: len(answered) > 200, "load")
            stopping.set()
            process.send_signal(signal.SIGTERM)
            for one in threads:
                one.join(20)
            process.wait(20)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(cut, [])
        self.assertLessEqual(set(answered), {200, 409, 503})

    def test_a_client_that_pipelines_more_than_it_gets_loses_nothing_of_what_it_gets(self):
        for count in (200, 300, 2000):
            with self.subTest(pipelined=count):
                self.whole_answers_of(count)

    def whole_answers_of(self, count):
        """SIGTERM when the server has begun all that it does for a client which does not read yet."""
        with box_office(EXECUTABLE, *NO_LIMIT) as (at, process, _):
            parts = urllib.parse.urlsplit(at["gateway"])
            begun = [""]

            def no_more_is_begun():
                text = ask(at["gateway"], "GET", "/metrics").body.decode()
                begun.append(next((line for line in text.splitlines()
                                   if 'requests_total' in line and '/openapi.json' in line), ""))
                return begun[-1] == begun[-2] != ""

            with socket.create_connection((parts.hostname, parts.port), timeout=20) as one:
                one.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * count)
                wait_until(no_more_is_begun, "no more is begun")
                process.send_signal(signal.SIGTERM)
                wait_until(lambda: refuses_connections(at), "every listener is closed")
                got = b""
                while more := one.recv(65536):
                    got += more
            process.wait(20)
            self.assertEqual(process.returncode, 0)
        heads = self.heads_of_whole(got)
        self.assertEqual([b"Connection: close" in head for head in heads],
                         [False] * (len(heads) - 1) + [True])

    def heads_of_whole(self, got):
        heads = []
        while got:
            head, _, rest = got.partition(b"\r\n\r\n")
            length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            self.assertGreaterEqual(len(rest), length, f"answer {len(heads) + 1} is cut")
            heads.append(head)
            got = rest[length:]
        return heads

    def test_who_waits_for_a_mail_is_answered_and_does_not_hold_up_the_stop(self):
        with box_office(EXECUTABLE, *NO_LIMIT) as (at, process, _):
            answers = []
            path = "/api/notifications/mailbox?to=nobody@drain.test&wait=30"
            threads = in_background(lambda i: answers.append(ask(at["gateway"], "GET", path)), 3)
            wait_until(lambda: "taquilla_http_requests_in_flight 4"  # and this one
                       in ask(at["gateway"], "GET", "/metrics").body.decode(), "three wait")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            self.assertLess(time.monotonic() - began, 5, "stop.drain_limit_ms is 10 s")
            self.assertEqual(process.returncode, 0)
            for one in threads:
                one.join(20)
            self.assertEqual([(one.status, one.json["messages"]) for one in answers], [(200, [])] * 3)

    def test_who_outlasts_the_drain_is_told_to_ask_again(self):
        with box_office(EXECUTABLE, *NO_LIMIT, "--set", "stop.drain_limit_ms=500") as (at, process, folder):
            chaos(at, "payment", "stall")
            answers = []
            threads = in_background(
                lambda i: answers.append(buy(at, seat=f"D{i + 1}", email=f"d{i}@drain.test")), 3)
            wait_until(lambda: in_flight(at) == 3, "three purchases under way")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            self.assertLess(time.monotonic() - began, 4, "an attempt at PAYMENT takes 5 s")
            self.assertEqual(process.returncode, 0)
            for one in threads:
                one.join(20)
            self.assertEqual([(one.status, one.json["code"]) for one in answers],
                             [(503, "outcome_unknown")] * 3)
            self.assertIn("purchases cut short: 3", (folder / "logs" / "supervisor.log").read_text())

    def test_a_slow_reader_gets_whole_answers_though_the_limit_is_over(self):
        limit = ("--set", "stop.drain_limit_ms=500")
        with box_office(EXECUTABLE, *NO_LIMIT, *limit) as (at, process, _):
            chaos(at, "payment", "stall")
            threads = in_background(lambda i: outcome_of(buy, at), 1)
            wait_until(lambda: in_flight(at) == 1, "a purchase under way")
            with slow_reader(at) as one:
                # Of these the kernel takes three: it has 64 KiB for a connection.
                one.sendall(b"GET /api/events/EVT-001/seats?limit=300 HTTP/1.1\r\n"
                            b"Host: localhost\r\n\r\n" * 3)
                wait_until(lambda: pages_answered(at) == 3, "three pages are answered")
                process.send_signal(signal.SIGTERM)
                process.wait(20)
                got = b""
                while more := one.recv(1024):
                    got += more
            self.assertEqual(process.returncode, 0)
            self.assertEqual(len(self.heads_of_whole(got)), 3)
            threads[0].join(20)

    def test_a_second_signal_ends_it_at_once(self):
        with box_office(EXECUTABLE, *NO_LIMIT) as (at, process, folder):
            chaos(at, "payment", "slow?delay=20")
            cut = []
            threads = in_background(lambda i: cut.append(outcome_of(buy, at)), 1)
            wait_until(lambda: in_flight(at) == 1, "a purchase under way")
            process.send_signal(signal.SIGINT)
            log = folder / "logs" / "supervisor.log"
            wait_until(lambda: "stop.draining" in log.read_text(), "it drains")
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.wait(5)
            self.assertLess(time.monotonic() - began, 2)
            self.assertEqual(process.returncode, 128 + signal.SIGINT)
            threads[0].join(20)
            self.assertEqual(cut, ["no answer"])


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main(verbosity=2)

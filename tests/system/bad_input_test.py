"""Goal: malformed and hostile input gets a clear answer of its own, and never harms the box office.

Method: a table of requests with the status, the code and a word of the answer; after all of them a
normal purchase still works. usage: bad_input_test.py TAQUILLA
"""
import socket
import sys
import unittest
import urllib.parse

from client import NO_LIMIT, ORIGINAL, ask, box_office, buy

EXECUTABLE = None
JSON = {"Content-Type": "application/json"}


def changed(**fields):
    order = {**ORIGINAL, **fields}
    return {name: value for name, value in order.items() if value is not None}


BODIES = [  # body, headers, status, code
    (b"{", JSON, 400, "malformed_json"),
    (b"", JSON, 400, "malformed_json"),
    (b"\xff\xfe", JSON, 400, "malformed_json"),
    (b"[" * 5000, JSON, 400, "malformed_json"),
    (b"[]", JSON, 422, "invalid_field"),
    (b"eventId=EVT-001", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "not_json"),
    (b"{}", {"Content-Type": "text/plain"}, 415, "not_json"),
    (b'{"x":"' + b"x" * 20_000 + b'"}', JSON, 413, "body_too_large"),
    (changed(seatId=None), None, 422, "invalid_field"),
    (changed(userEmail="nobody"), None, 422, "invalid_field"),
    (changed(userEmail="a@b.c\r\nBcc: d@e.f"), None, 422, "invalid_field"),
    (changed(amount="50"), None, 422, "invalid_field"),
    (changed(amount=0), None, 422, "invalid_field"),
    (changed(amount=-1), None, 422, "invalid_field"),
    (changed(amount=50.001), None, 422, "invalid_field"),
    (changed(seatId="Z999"), None, 404, "unknown_seat"),
    (changed(seatId="<script>"), None, 422, "invalid_field"),
    (changed(eventId="EVT-999"), None, 404, "unknown_event"),
]

REQUESTS = [  # method, path, headers, status
    ("GET", "/nowhere", {}, 404),
    ("GET", "/api/reservations/0", {}, 404),
    ("GET", "/api/reservations/abc", {}, 404),
    ("GET", "/api/reservations/99999999999999999999", {}, 404),
    ("GET", "/api/reservations?limit=0", {}, 422),
    ("GET", "/api/reservations?limit=x", {}, 422),
    ("PUT", "/api/reservations", {}, 405),
    ("PUT", "/api%2Freservations", {}, 404),
    ("GET", "/../../etc/passwd", {}, 404),
    ("GET", "/livez", {"Host": "evil.example"}, 421),
    ("DELETE", "/api/reservations/1", {"Origin": "http://evil.example"}, 403),
]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = box_office(EXECUTABLE, *NO_LIMIT)
        cls.at, cls.process, _ = cls.office.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.office.__exit__(None, None, None)

    def tearDown(self):
        self.assertIsNone(self.process.poll(), "the box office lives on")

    def expect_problem(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertIn("application/problem+json", answer.headers["Content-Type"])
        self.assertIs(answer.json["success"], False)
        self.assertTrue(answer.json["message"])

    def test_every_wrong_body_is_told_what_is_wrong(self):
        for body, headers, status, code in BODIES:
            with self.subTest(body=str(body)[:60]):
                answer = ask(self.at["gateway"], "POST", "/api/reservations", body, headers)
                self.expect_problem(answer, status)
                self.assertEqual(answer.json["code"], code)
                self.assertNotIn(b"<script>", answer.body)

    def test_every_wrong_request_is_told_what_is_wrong(self):
        for method, path, headers, status in REQUESTS:
            with self.subTest(request=f"{method} {path}"):
                self.expect_problem(ask(self.at["gateway"], method, path, None, headers), status)

    def test_unknown_chaos_is_refused_and_changes_nothing(self):
        for path in ("/api/payments/chaos/melt", "/api/payments/chaos/slow?delay=-1",
                     "/api/payments/chaos/slow?delay=1e9", "/api/payments/chaos/flaky?rate=2",
                     "/api/payments/chaos/slow?delay=1&for=never"):
            with self.subTest(path=path):
                answer = ask(self.at["payment"], "POST", path)
                self.assertIn(answer.status, (404, 422), answer)
        self.assertFalse(ask(self.at["payment"], "GET", "/api/payments/chaos").json["chaos"])

    def test_bytes_that_are_no_request_are_answered_and_cut_off(self):
        parts = urllib.parse.urlsplit(self.at["gateway"])
        for noise in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                      b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\n"):
            with self.subTest(noise=noise[:20]):
                with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
                    raw.sendall(noise + b"\r\n\r\n")
                    got = b""
                    while block := raw.recv(4096):
                        got += block
                self.assertRegex(got[:16].decode("latin-1"), r"^HTTP/1\.1 [45]")

    def test_a_purchase_still_works_afterwards(self):
        self.assertEqual(buy(self.at, seat="J100").status, 200)


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main(verbosity=2)

"""A small HTTP client for the system tests: one kept connection, whole answers, no retries.

Standard library only. Every wait of these tests is on a condition and has a limit.
"""
import http.client
import json
import pathlib
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scripts"))
from box_office import ROOT, box_office, free_offset, skip, stop  # noqa: E402,F401

ORIGINAL = {"eventId": "EVT-001", "seatId": "A1", "userEmail": "test@email.com", "amount": 50.0}
NO_LIMIT = ("--set", "gateway.rate_limit.enabled=false")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """One connection to one listener; connects again only after the server has closed it."""

    def __init__(self, url, timeout=40):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body=body, headers=headers)
        reply = self.connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None, headers=None):
        return self.ask("POST", path, body, headers)

    def close(self):
        self.connection.close()


def ask(url, method, path, body=None, headers=None):
    client = Client(url)
    try:
        return client.ask(method, path, body, headers)
    finally:
        client.close()


def buy(endpoints, seat="A1", email="test@email.com", amount=50.0):
    order = {"eventId": "EVT-001", "seatId": seat, "userEmail": email, "amount": amount}
    return ask(endpoints["gateway"], "POST", "/api/reservations", order)


def chaos(endpoints, service, kind):
    """service as in endpoints.json; the path has its own plural."""
    paths = {"inventory": "inventory", "payment": "payments", "notification": "notifications"}
    answer = ask(endpoints[service], "POST", f"/api/{paths[service]}/chaos/{kind}")
    if answer.status != 200:
        raise AssertionError(f"chaos {service} {kind}: {answer}")
    return answer.json


def wait_until(condition, what, patience=15):
    """Asks again and again until the condition holds; its truth is returned."""
    deadline = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {patience} s: {what}")
        time.sleep(0.01)


def nothing_left(endpoints):
    """Promise 7: no open purchase, no due settlement, no due mail."""
    store = ask(endpoints["gateway"], "GET", "/health").json["store"]
    return store["pending"] == 0 and store["settlementsDue"] == 0 and store["outboxDue"] == 0

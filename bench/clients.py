"""Many clients, each with a connection of its own that it keeps: wrk cannot see that some of them starve.

Every client buys a seat, waits for the answer, and buys the next one. What counts is how many of them
were never answered, and how long the oldest request had waited, at any moment, for its answer. One
thread of Python: it loads less than wrk, and a client that is served late here is served late.
"""
import collections
import selectors
import socket
import time
import urllib.parse

Served = collections.namedtuple("Served", "answers unserved oldest refused")


class Buyer:
    """One client: its connection, its open request, what it has seen."""

    def __init__(self, address, request):
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setblocking(False)
        self.request, self.answers, self.refused = request, 0, 0
        self.since, self.seen = 0.0, b""

    def ask(self, now):
        self.since = now
        self.socket.send(self.request())

    def take(self, now):
        """Reads; seconds the answer took, or None while it is not whole."""
        self.seen += self.socket.recv(65536)
        head, end, body = self.seen.partition(b"\r\n\r\n")
        if not end:
            return None
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length:
            return None
        self.refused += not head.startswith(b"HTTP/1.1 200")
        self.seen, self.answers = b"", self.answers + 1
        return now - self.since


def serve(url, count, seconds, request):
    """`count` clients for `seconds`; `request()` gives the bytes of the next purchase."""
    parts = urllib.parse.urlsplit(url)
    buyers = [Buyer((parts.hostname, parts.port), request) for _ in range(count)]
    oldest, deadline = 0.0, time.monotonic() + seconds
    with selectors.DefaultSelector() as ready:
        for buyer in buyers:
            ready.register(buyer.socket, selectors.EVENT_READ, buyer)
            buyer.ask(time.monotonic())
        while time.monotonic() < deadline:
            for key, _ in ready.select(timeout=0.2):
                took = key.data.take(time.monotonic())
                if took is not None:
                    oldest = max(oldest, took)
                    key.data.ask(time.monotonic())
    now = time.monotonic()
    for buyer in buyers:
        oldest = max(oldest, now - buyer.since)
        buyer.socket.close()
    return Served(sum(b.answers for b in buyers), sum(b.answers == 0 for b in buyers), oldest,
                  sum(b.refused for b in buyers))

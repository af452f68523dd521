"""Reads a trace of `strace -f -y` and tells which answers came before their purchase was durable.

A purchase is known by its buyer's e-mail address, which is in its request and in its row, before
the row's timeline. That says "confirmed" from the transaction on that confirms the purchase. So its
answer is in order when, between the first write of such a row to the WAL and the answer's send, a
sync of the WAL began and came back with 0. The order of the lines is the order of the causes: a
call is written down before it begins, and when it is over before its thread goes on.
"""
import re

WHOLE = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)")
BEGUN = re.compile(r"^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)")
SYNCS = ("fdatasync", "fsync")
WRITES = ("pwrite64", "pwritev", "write", "writev")
SENDS = ("sendto", "sendmsg", "write", "writev")
READS = ("recvfrom", "recvmsg", "read", "readv")
CALLS = sorted({*SYNCS, *WRITES, *SENDS, *READS})
WAL = re.compile(r"^\d+<[^>]*taquilla\.db-wal>")
SOCKET = re.compile(r"^\d+<(?:socket|TCP\w*):\[[^\]]*\]>")
BUYER = re.compile(r"buyer-\d+@example\.com")
# As strace writes it, tabs and all; the next address begins another row.
CONFIRMATION = re.compile(
    r"(buyer-\d+@example\.com)(?:(?!buyer-\d+@example\.com).)*?\\tconfirmed\\t")


def events(lines):
    """(is the call over, thread, call, its arguments, its result or None), in order."""
    open_calls = {}
    for line in lines:
        if match := WHOLE.match(line):
            thread, call, arguments, result = match.groups()
            yield False, thread, call, arguments, None
            yield True, thread, call, arguments, int(result)
        elif match := BEGUN.match(line):
            thread, call, arguments = match.groups()
            open_calls[thread] = arguments
            yield False, thread, call, arguments, None
        elif match := ENDED.match(line):
            thread, call, rest, result = match.groups()
            yield True, thread, call, open_calls.pop(thread, "") + rest, int(result)


class Judge:
    def __init__(self):
        self.asked = {}      # socket: the buyer whose request it brought
        self.written = {}    # buyer: whether a sync has covered his confirmation
        self.syncing = {}    # thread: whose confirmations its sync will have covered
        self.answered = []
        self.wrong = []

    def hear(self, over, thread, call, arguments, result):
        if WAL.match(arguments):
            if call in SYNCS:
                self.sync(over, thread, result)
            elif call in WRITES and over:
                self.write(arguments)
        elif socket := SOCKET.match(arguments):
            if call in READS and over and (buyer := BUYER.search(arguments)):
                self.asked[socket[0]] = buyer[0]
            elif call in SENDS and not over and "HTTP/1.1 200" in arguments:
                self.answer(self.asked.pop(socket[0], None))

    def write(self, page):
        for buyer in CONFIRMATION.findall(page):
            self.written.setdefault(buyer, False)

    def sync(self, over, thread, result):
        if not over:
            self.syncing[thread] = list(self.written)
        elif result == 0:
            self.written.update(dict.fromkeys(self.syncing[thread], True))

    def answer(self, buyer):
        if buyer is None:
            return
        self.answered.append(buyer)
        if buyer not in self.written:
            self.wrong.append(f"{buyer} was answered before his confirmation was written")
        elif not self.written[buyer]:
            self.wrong.append(f"{buyer} was answered before his confirmation was synced")


def judge(lines):
    """(the buyers who were answered, what is wrong)."""
    seen = Judge()
    for event in events(lines):
        seen.hear(*event)
    return seen.answered, seen.wrong

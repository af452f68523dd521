"""Goal: the framer takes no bytes for a request that an independent parser takes otherwise, or not.

Method: Python's h11 judges tens of thousands of streams drawn from a seed: requests that are right,
requests with odd parts, both with bytes put in, changed and cut off, alone and one behind the other.
Every request that the framer takes must be h11's in the same place, with the same method, target,
fields, body and end of the connection. The framer may refuse more: what it refuses is in the attack
table.
usage: h11_test.py JUDGE_FRAMING
"""
import random
import re
import subprocess
import sys
import urllib.parse

SKIPPED = 77  # CMakeLists.txt: SKIP_RETURN_CODE

try:
    import h11
except ImportError:
    print("\n*** SKIPPED: python3-h11 is not installed: no parser to compare with ***\n", flush=True)
    sys.exit(SKIPPED)

SEED = 20261129
STREAMS = 60_000
SHOWN = 5  # disagreements

# Parts of requests, the usual one first: it is drawn as often as all others together.
METHODS = """GET POST HEAD PUT DELETE OPTIONS PATCH CONNECT TRACE BREW get G=T X'Y G(T * POST/""".split()
TARGETS = ["/a/b?c=d", "/", "*", "//h/x", "/a%2Fb", "/a%252Fb", "/a%00", "/%", "/%zz", "/a?b=%00&c=+", "/a#b",
           "/a?b?c==d", "http://box/a", "http://box", "HTTP://BOX?x", "https://box/", "http://evil/",
           "http://u@box/", "box:80", "a", "", "/\xe9", "/a\\b", "/a\tb", "/" + 2047 * "a",
           "/" + 2048 * "a"]
VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "http/1.1",
            "HTTP/1.1 ", "HTTP/1.", "", "ICE/1.0"]
HOSTS = ["box", "box:80", "[::1]", "evil", "", "a b", "box/x", "u@box", "box,box", "[::1", ":80"]
ENDS = ["\r\n", "\n", "\r", "\r\r\n", " \r\n", ""]
COLONS = [": ", ":", ":\t", " : ", ":\r\n ", "="]
CODINGS = ["chunked", "Chunked", " chunked\t", "chunked, chunked", "gzip, chunked", "chunked, gzip",
           "identity", '"chunked"', "chunked;q=1", "chunked,", "", "\x0bchunked", "xchunked"]
LENGTHS = ["{}", " {} ", "+{}", "-{}", "0x{}", "0{}", "0000000000000000000{}", "{0},{0}", "{0}, {0}",
           "{};", "{}\x0b", '"{}"', "{}.0", "", "{} 1", "{}a", "99999999999999999999", "16385"]
SIZES = ["{:x}", "{:X}", "000{:x}", "000000000{:x}", "0x{:x}", "+{:x}", " {:x}", "{:x} ", "{:x};a",
         '{:x};a="b;"', '{:x};a="\r\n"', "{:x};", "{:x};\n", "{:x};\x01", "", "g", "ffffffff",
         "fffffffffffffffff"]
BODIES = ["", "hello", "0\r\n\r\n", "\r\n", "GET /smuggled HTTP/1.1\r\nHost: box\r\n\r\n"]
OTHERS = ["X: y", "X:", "X: caf\xe9", "X: a\x00b", "X: a\rb", "X: a\nb", "X: a\r\n b", "X", ": x",
          "X(: y", "X\xe9: y", "Connection: close", "Connection: keep-alive, CLOSE",
          "Connection: closed", "Connection: upgrade\r\nUpgrade: h2c", "Expect: 100-continue",
          "Expect: x", "Content-Encoding: gzip", "Content-Type: a/b", "Trailer: X", " X: y"]
TRAILERS = ["", "X: y\r\n", "Content-Length: 5\r\n", "Host: evil\r\n", "X\r\n"]
SPLINTERS = ["\0", "\r", "\n", "\r\n", "\t", " ", "\x0b", "\x7f", "\x80", "\xa0", "\xff", ":", ";", ",",
             '"', "%", "#", "0", "+", "a", "/", "?"]


class Generator:
    def __init__(self, seed):
        self.dice = random.Random(seed)

    def odd(self, chance):
        return self.dice.random() < chance

    def one_of(self, parts, chance=0.5):
        return self.dice.choice(parts) if self.odd(chance) else parts[0]

    def chunks(self, body):
        text = ""
        for data in [body] * (body != "") + ["x" * 26] * self.odd(0.3):
            text += (self.one_of(SIZES, 0.3).format(len(data)) + self.one_of(ENDS, 0.03) + data +
                     self.one_of(ENDS, 0.03))
        return text + self.one_of(["0", "000", "0;a", "", "0 "], 0.1) + "\r\n" + self.one_of(
            TRAILERS, 0.1) + self.one_of(ENDS, 0.03)

    def message(self):
        """One request with some odd parts."""
        body = self.one_of(BODIES)
        sent = body
        fields = [("Host", self.one_of(HOSTS, 0.1))] * self.dice.choice([1] * 30 + [0, 2])
        if self.odd(0.45):
            fields.append(("Content-Length", self.one_of(LENGTHS, 0.3).format(len(body))))
        elif self.odd(0.8):
            fields.append(("Transfer-Encoding", self.one_of(CODINGS, 0.3)))
            sent = self.chunks(body)
        if self.odd(0.05):
            fields.append(self.dice.choice([("Content-Length", str(len(sent))),
                                            ("Transfer-Encoding", "chunked")]))
        lines = [name + self.one_of(COLONS, 0.05) + value for name, value in fields]
        lines += [self.dice.choice(OTHERS) for _ in range(self.dice.choice([0, 0, 0, 1, 2]))]
        if self.odd(0.3):
            self.dice.shuffle(lines)
        start = " ".join((self.one_of(METHODS), self.one_of(TARGETS, 0.3),
                          self.one_of(VERSIONS, 0.1)))
        return "".join(line + self.one_of(ENDS, 0.02) for line in [start] + lines + [""]) + sent

    def plain(self):
        """One request that nobody may refuse."""
        start = self.dice.choice(["GET", "POST"]) + " /next HTTP/1.1\r\nHost: box\r\n"
        return start + self.dice.choice(["\r\n", "Content-Length: 2\r\n\r\nab",
                                         "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"])

    def damaged(self, text):
        for _ in range(self.dice.choice([1, 1, 2, 3])):
            at = self.dice.randrange(len(text) + 1)
            gone = self.dice.choice([0, 0, 0, 1, 1, 3])
            put = self.dice.choice(SPLINTERS) if self.odd(0.8) else ""
            text = text[:at] + put + text[at + gone:]
        return text

    def stream(self):
        kind = self.dice.random()
        if kind < 0.4:
            text = self.message()
        elif kind < 0.7:
            text = self.damaged(self.plain())
        else:
            text = "".join(self.dice.choice([self.message, self.plain])() for _ in range(3))
        return (text + self.plain() * self.odd(0.5)).encode("latin-1")


def path_and_query(target):
    """What a target asks this server for, whatever its form."""
    if target[:7].lower() != b"http://":
        return target
    start = min(i for i in (target.find(b"/", 7), target.find(b"?", 7), len(target)) if i >= 0)
    return target[start:] if target[start:start + 1] == b"/" else b"/" + target[start:]


def decoded_path(target):
    """Without the query, and without making a separator of a slash that was none, nor an escape of a "%25"."""
    parts = re.split(rb"(?i)(%2F|%25)", target.partition(b"?")[0])
    return b"".join(part if at % 2 else urllib.parse.unquote_to_bytes(part) for at, part in enumerate(parts))


def told(request, body, closes):
    """A request as verdict.hpp writes it."""
    is_path = request.method != b"CONNECT"
    target = path_and_query(request.target) if is_path else request.target
    fields = b"".join(b" %s=%s" % field for field in request.headers.raw_items())
    return b"%s %s %s%s%s '%s'\n" % (
        request.method, target, decoded_path(target), fields,
        b" close" if closes else b"", body)


def judged_by_h11(stream):
    """The requests of a stream, up to the first that ends the connection."""
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
    parser.receive_data(stream)
    request, body, all_told = None, b"", []
    try:
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Request):
                request, body = event, b""
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                if event.headers:  # trailers
                    return all_told
                parser.send(h11.Response(status_code=400, headers=[("content-length", "0")]))
                parser.send(h11.EndOfMessage())
                # h11 leaves it to others to close behind a tunnel that was refused.
                closes = parser.our_state is h11.MUST_CLOSE or request.method == b"CONNECT"
                all_told.append(told(request, body, closes))
                if closes:
                    return all_told
                parser.start_next_cycle()
            else:
                return all_told
    except h11.RemoteProtocolError:
        return all_told


def judged_by_framer(program, streams):
    """What the framer says about each stream: the requests it takes, told like h11's."""
    done = subprocess.run([program], input="\n".join(one.hex() for one in streams) + "\n",
                          capture_output=True, text=True, timeout=60, check=True)
    for line in done.stdout.splitlines():
        text = re.sub(rb"(\A|'\n)100\n", rb"\1", bytes.fromhex(line))  # of no concern to h11
        text = re.sub(rb"(?i)( transfer-encoding=)chunked", rb"\1chunked", text)  # as h11 writes it
        yield text if text.endswith(b"'\n") else text.rpartition(b"!")[0]  # without a refusal


def main():
    generator = Generator(SEED)
    streams = [generator.stream() for _ in range(STREAMS)]
    right = [generator.plain() + generator.plain() for _ in range(100)]
    streams += [text.encode() for text in right]
    wrong, taken = 0, 0
    for number, (stream, ours) in enumerate(zip(streams, judged_by_framer(sys.argv[1], streams))):
        theirs = judged_by_h11(stream)
        known = [b"".join(theirs[:n]) for n in range(len(theirs) + 1)]
        if ours not in known or (number >= STREAMS and ours != known[2]):
            wrong += 1
            if wrong <= SHOWN:
                print(f"{stream}\n  framer: {ours}\n  h11:    {known[-1]}")
        else:
            taken += known.index(ours)
    print(f"{len(streams)} streams, {taken} requests taken, {wrong} disagreements")
    if wrong:
        sys.exit("FAILED: the framer takes what h11 does not, or takes it otherwise")
    if not STREAMS / 4 < taken < STREAMS:
        sys.exit("FAILED: the streams test nothing")


main()

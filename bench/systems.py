"""What is measured: how each system is started, where it answers, what it costs in memory.

Every system is a context manager that yields a Running and stops it at the end.
"""
import contextlib
import http.client
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/scripts"))
from box_office import box_office, free_offset  # noqa: E402  (found by the line above)

BUY = ('{"eventId":"EVT-001","seatId":"%s","userEmail":"test@email.com","amount":50.0}')
JSON = {"Content-Type": "application/json"}


class Running:
    """A system at work: its name, its gateway's address, its process, its mailbox's address."""

    def __init__(self, name, url, pid, mail_url=None, sells_once=False, in_a_hall=True):
        self.name, self.url, self.pid, self.mail_url = name, url, pid, mail_url
        self.sells_once = sells_once  # a seat that was sold is refused: each load needs new ones
        self.in_a_hall = in_a_hall  # only the venue's seats are for sale

    def memory_mb(self):
        """The most memory it has held so far, in MiB: VmHWM of its process and all below it."""
        return sum(peak_kb(pid) for pid in family(self.pid)) / 1024

    def wait_until_idle(self, patience=10):
        """Until it has done with what the last load left behind, so that the next starts level."""
        deadline = time.monotonic() + patience
        before = -1
        while time.monotonic() < deadline:
            now = sum(busy_ticks(pid) for pid in family(self.pid))
            if now - before < 2 and before >= 0:
                return
            before = now
            time.sleep(0.2)


def busy_ticks(pid):
    """Hundredths of a second that the process has computed so far."""
    with contextlib.suppress(OSError):
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        fields = text.rsplit(")")[1].split()
        return int(fields[11]) + int(fields[12])
    return 0


def peak_kb(pid):
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def family(pid):
    """The process and all that descend from it."""
    with contextlib.suppress(OSError):
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [pid] + [one for child in children.split() for one in family(int(child))]
    return [pid]


def ask(url, method, path, body=None, timeout=10):
    """(status, body) of one request on a connection of its own; status 0 when nobody answers."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request(method, path, body, JSON if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def wait_for_answer(process, url, method, path, body=None, patience=60):
    """Seconds from now until it answers 200 for the first time."""
    start = time.monotonic()
    while time.monotonic() - start < patience:
        if ask(url, method, path, body)[0] == 200:
            return time.monotonic() - start
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        time.sleep(0.001)
    raise RuntimeError(f"{url}{path} did not answer within {patience} s")


@contextlib.contextmanager
def started(command, stop_signal=signal.SIGTERM, **options):
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        yield process
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def taquilla_arguments(venue, limited=False):
    """Everything as it comes, save the limiter, unless refusals are what is measured."""
    unlimited = [] if limited else ["--set", "gateway.rate_limit.enabled=false"]
    return unlimited + (["--set", f"venue.file={venue}"] if venue else [])


@contextlib.contextmanager
def nginx_limiter(folder):
    """NGINX that refuses what the original's gateway refuses, and has nothing behind it."""
    port = 80 + free_offset()
    text = (ROOT / "bench/nginx_limit.conf.in").read_text(encoding="ascii")
    config = folder / "nginx.conf"
    config.write_text(text.replace("@FOLDER@", str(folder)).replace("@GATEWAY@", str(port)))
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    with started([nginx, "-e", folder / "error.log", "-c", config], signal.SIGQUIT) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for_answer(process, url, "GET", "/up")
        yield Running("nginx", url, process.pid)


@contextlib.contextmanager
def taquilla(executable, folder, venue=None, limited=False):
    with box_office(executable, *taquilla_arguments(venue, limited), data=folder) as (ends, process, _):
        yield Running("taquilla", ends["gateway"], process.pid, ends["notification"], True)


@contextlib.contextmanager
def empty_handler(executable, name, *arguments):
    with started([executable, *arguments], stdout=subprocess.PIPE, text=True) as process:
        port = int(process.stdout.readline())
        yield Running(name, f"http://127.0.0.1:{port}", process.pid)


@contextlib.contextmanager
def go_peer(executable, folder):
    with started([executable, folder / "go.db"], stdout=subprocess.PIPE, text=True) as process:
        port = int(process.stdout.readline())
        yield Running("go peer", f"http://127.0.0.1:{port}", process.pid, sells_once=True,
                      in_a_hall=False)


@contextlib.contextmanager
def original():
    port = 80 + free_offset()
    url = f"http://127.0.0.1:{port}"
    with started([ROOT / "bench/original/start", port]) as process:
        wait_for_answer(process, url, "POST", "/api/reservations", BUY % "A1")
        yield Running("original", url, process.pid)


def taquilla_start_seconds(executable, folder, venue=None):
    """From the start of the process to its first answer about the events."""
    offset = free_offset()
    command = [executable, "serve", "--data", folder, "--port-offset", offset,
               *taquilla_arguments(venue)]
    with started(command, signal.SIGINT, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL) as process:
        return wait_for_answer(process, f"http://127.0.0.1:{80 + offset}", "GET", "/api/events")


def original_start_seconds():
    port = 80 + free_offset()
    with started([ROOT / "bench/original/start", port]) as process:
        return wait_for_answer(process, f"http://127.0.0.1:{port}", "POST", "/api/reservations",
                               BUY % "A1")


def copies(store, table, rows, changed, join=""):
    """SQL that copies a table's first row for n = 1 .. rows - 1, all but the changed columns."""
    described = sqlite3(store, f"PRAGMA table_info({table})")
    columns = [line.split("|")[1] for line in described.splitlines()]
    values = ", ".join(changed.get(column, f"r.{column}") for column in columns)
    return f"""
      WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n + 1 < {rows})
      INSERT INTO {table} ({", ".join(columns)}) SELECT {values} FROM copies {join}
        JOIN {table} r ON r.rowid = (SELECT min(rowid) FROM {table});"""


def fill(executable, folder, venue, rows, seats_per_row):
    """A data folder with `rows` confirmed reservations, as if each had been bought.

    One is bought; its rows are then multiplied in SQL, each copy with the next seat, charge and
    mail. `taquilla audit` has the last word on whether that is a sound store.
    """
    with taquilla(executable, folder, venue) as running:
        status, answer = ask(running.url, "POST", "/api/reservations", BUY % "A1")
        if status != 200:
            raise RuntimeError(f"the first purchase of the fill was answered {status}: {answer}")
        ask(running.mail_url, "GET", "/api/notifications/mailbox?to=test@email.com&wait=10")
    store = os.path.join(folder, "taquilla.db")
    sqlite3(store, f"""
      PRAGMA synchronous = OFF;
      PRAGMA cache_size = -400000;
      CREATE TEMP TABLE venue AS SELECT key AS number, value AS name
        FROM json_each(readfile('{venue}'), '$.events[0].rows');
      CREATE INDEX temp.venue_number ON venue (number);
      BEGIN;
      """ + copies(store, "reservations", rows, {
          "id": "1 + n", "seat_row": "name", "seat_number": f"1 + n % {seats_per_row}",
          "identity": "r.identity + n", "token": "r.token || '-' || n",
      }, f"JOIN venue ON number = n / {seats_per_row}")
            + copies(store, "charges", rows, {"id": "1 + n"})
            + copies(store, "mailbox", rows, {"number": "2 * (1 + n)", "sequence": "1 + n"})
            + "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
    subprocess.run([executable, "audit", "--data", folder], check=True, stdout=subprocess.DEVNULL)


def sqlite3(store, sql):
    return subprocess.run(["sqlite3", "-bail", store], input=sql, capture_output=True, text=True,
                          check=True).stdout


def confirmed_rows(folder):
    """How many reservations are on disk, counted from outside after taquilla has stopped."""
    return int(sqlite3(os.path.join(folder, "taquilla.db"),
                       "SELECT count(*) FROM reservations WHERE state = 1"))

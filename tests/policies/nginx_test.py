"""Goal: the limiter decides what the nginx of this machine decides, request by request.

Method: a real nginx gets a few hundred requests at times drawn from a seed. Its debug log tells the
verdict and, by the keep-alive timer that it sets right after each answer, its own clock in the very
millisecond of the verdict; so every row must agree, with no tolerance for clocks. The rows are
written as tests/data/oracles holds them, and oracle_test.cpp replays them.
usage: nginx_test.py POLICIES_TESTS
"""
import collections
import contextlib
import http.client
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # CMakeLists.txt: SKIP_RETURN_CODE
SEED = 20261129
SECONDS = 12
KEEP_ALIVE_MS = 61_000
PORT_DRAWS = 5  # somebody else may take a free port before nginx does
PATIENCE = 20  # seconds that nginx may take to start, and to stop
ORACLE = "the limiter decides every recorded request as nginx did"
# The original's own setting, a quick one, one whose rate is no whole number, and one without burst.
SETTINGS = {"original": ("2r/s", 5), "quick": ("10r/s", 20), "odd": ("100r/m", 3),
            "bare": ("3r/s", 0)}
KEYS = ("127.0.0.10", "127.0.0.11")
CONFIGURATION = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/debug.log debug;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_timeout {keep_alive}s;
  keepalive_requests 100000;
  limit_req_status 429;
{zones}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/files;
{locations}
  }}
}}
"""

Verdict = collections.namedtuple("Verdict", "setting key at_ms passed")


def skip(why):
    print(f"\n*** SKIPPED: {why} ***\n", flush=True)
    sys.exit(SKIPPED)


def find_nginx():
    nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if not nginx:
        skip("there is no nginx on this machine to compare the limiter with")
    about = subprocess.run([nginx, "-V"], capture_output=True, text=True, timeout=10, check=False)
    if "--with-debug" not in about.stderr:
        skip(f"{nginx} was built without --with-debug: its clock cannot be read")
    return nginx


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class PortTaken(Exception):
    pass


def write_configuration(folder, port):
    (folder / "files").mkdir()
    zones, locations = [], []
    for name, (rate, burst) in SETTINGS.items():
        (folder / "files" / name).write_text("ok\n", encoding="ascii")
        zones.append(f"  limit_req_zone $binary_remote_addr zone={name}:1m rate={rate};")
        allowed = f" burst={burst} nodelay" if burst else ""
        locations.append(f"    location = /{name} {{ limit_req zone={name}{allowed}; }}")
    path = folder / "nginx.conf"
    path.write_text(CONFIGURATION.format(
        user="user root;" if os.geteuid() == 0 else "", folder=folder, port=port,
        keep_alive=KEEP_ALIVE_MS // 1000, zones="\n".join(zones), locations="\n".join(locations)),
        encoding="ascii")
    return path


@contextlib.contextmanager
def running(nginx, folder, port):
    configuration = write_configuration(folder, port)
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(configuration)])
    try:
        deadline = time.monotonic() + PATIENCE
        while not (folder / "nginx.pid").exists():  # written when the port is its own
            if process.poll() is not None:
                if "bind() to " in (folder / "debug.log").read_text(errors="replace"):
                    raise PortTaken
                sys.exit(f"FAILED: nginx ended with {process.returncode} instead of starting")
            if time.monotonic() > deadline:
                sys.exit(f"FAILED: nginx did not start within {PATIENCE} s")
            time.sleep(0.01)
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)  # its log is whole when it has ended
        process.wait(timeout=PATIENCE)


def schedule():
    """[(second, setting, key)]: crowds and pauses, some of them as long as a token takes."""
    dice = random.Random(SEED)
    wanted = []
    for setting, (rate, burst) in SETTINGS.items():
        token = (60 if rate.endswith("m") else 1) / int(re.match(r"\d+", rate)[0])
        for key in KEYS:
            at = dice.uniform(0, 1)
            while at < SECONDS:
                wanted += [(at, setting, key)] * dice.choice((1, 1, 2, burst + 2))
                at += dice.choice((token, dice.uniform(0, 2 * token), dice.uniform(0, 3)))
    return sorted(wanted)


def send(port):
    """Sends the schedule; {(setting, key): [status, ...]}."""
    told = collections.defaultdict(list)
    with contextlib.ExitStack() as open_connections:
        clients = {}
        for key in KEYS:
            clients[key] = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE,
                                                      source_address=(key, 0))
            open_connections.callback(clients[key].close)
        begin = time.monotonic()
        for at, setting, key in schedule():
            time.sleep(max(0.0, begin + at - time.monotonic()))  # the load's own pace
            clients[key].request("GET", f"/{setting}")
            answer = clients[key].getresponse()
            answer.read()
            told[setting, key].append(answer.status)
    return told


def verdicts(log):
    """What nginx decided, when, as its log tells it line by line for each of its connections."""
    line_of = re.compile(r"\*(\d+) (.*)")
    key_of, setting_of, passed_of = {}, {}, {}
    accepted = re.compile(r"accept: (127\.0\.0\.\d+):\d+")
    uri, limit = re.compile(r'http uri: "/(\w+)"'), re.compile(r"limit_req\[0\]: (-?\d+) ")
    timer = re.compile(r"event timer(?: add: \d+: %d:|: \d+, old: \d+, new: )(\d+)" % KEEP_ALIVE_MS)
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        found = line_of.search(line)
        if not found:
            continue
        connection, text = found.groups()
        if match := accepted.match(text):
            key_of[connection] = match[1]
        elif match := uri.match(text):
            setting_of[connection] = match[1]
        elif match := limit.match(text):
            passed_of[connection] = match[1] == "0"
        elif (match := timer.match(text)) and connection in passed_of:
            yield Verdict(setting_of[connection], key_of[connection], int(match[1]) - KEEP_ALIVE_MS,
                          passed_of.pop(connection))


def write_recordings(found, told, folder):
    """One CSV a setting; it must hold what the clients were told, in their order."""
    (folder / "nginx-limit-req").mkdir()
    for setting, (rate, burst) in SETTINGS.items():
        rows = [row for row in found if row.setting == setting]
        for key in KEYS:
            logged = [200 if row.passed else 429 for row in rows if row.key == key]
            if logged != told[setting, key]:
                sys.exit(f"FAILED: the log of nginx was not understood: {setting} {key}: {logged}\n"
                         f"but the client was told {told[setting, key]}")
        counts = collections.Counter(row.passed for row in rows)
        if min(counts[True], counts[False]) < 5:
            sys.exit(f"FAILED: the schedule tests nothing: {setting} {counts}")
        lines = [f"# nginx limit_req rate={rate} burst={burst} nodelay", "key,t_ms,decision"]
        lines += [f"{row.key},{row.at_ms - found[0].at_ms},{'passed' if row.passed else 'rejected'}"
                  for row in rows]
        path = folder / "nginx-limit-req" / f"{setting}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        print(f"{setting} ({rate}, burst {burst}): {counts[True]} passed, {counts[False]} rejected")


def ask_nginx(nginx, base):
    """Sends the schedule to an nginx on a port of its own; (its folder, what it told)."""
    for draw in range(PORT_DRAWS):
        folder, port = base / str(draw), free_port()
        folder.mkdir()
        with contextlib.suppress(PortTaken), running(nginx, folder, port):
            return folder, send(port)
    sys.exit(f"FAILED: nginx found {PORT_DRAWS} ports taken one after the other")


def main():
    nginx = find_nginx()
    with tempfile.TemporaryDirectory(prefix="taquilla-nginx-") as name:
        folder, told = ask_nginx(nginx, pathlib.Path(name))
        write_recordings(list(verdicts(folder / "debug.log")), told, folder)
        done = subprocess.run([sys.argv[1], f"--test-case={ORACLE}"], check=False, timeout=60,
                              env={**os.environ, "TAQUILLA_ORACLES": str(folder)},
                              stdout=subprocess.PIPE, text=True)
        print(done.stdout)
        if done.returncode != 0 or "1 passed" not in done.stdout:
            sys.exit("FAILED: the limiter and nginx disagree")


main()

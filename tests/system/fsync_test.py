"""Goal: who is told that he has a ticket has it on the disk: every 200 follows its fdatasync, and
the folder in which the store lies has a name on the disk.

Method: strace watches the executable while buyers come one by one, and then all at once;
fsync_judge.py reads the trace. Before that it must object to traces with the order of every step
changed. Another start makes its folders. usage: fsync_test.py TAQUILLA
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import fsync_judge
from client import NO_LIMIT, box_office, buy, free_offset, skip, wait_until

ALONE, CROWD = range(1, 6), range(6, 30)
TRACE = ("strace", "-D", "-f", "-y", "-s", "131072", "-e", "signal=none", "-e",
         "trace=" + ",".join(fsync_judge.CALLS))

BUYER = "buyer-1@example.com"
READ = f'7  recvfrom(36<socket:[9]>, "\\"userEmail\\":\\"{BUYER}\\"", 4096, 0) = 226'
PENDING = f'8  pwrite64(5</d/taquilla.db-wal>, "\\r\\0{BUYER}\\1", 4096, 61856) = 4096'
SOLD = (f'8  pwrite64(5</d/taquilla.db-wal>, "\\r\\0{BUYER}99\\t0\\trequested\\t\\t\\n"'
        '"99\\t0\\tconfirmed\\t\\t\\n", 4096, 65976) = 4096')
SYNC = "8  fdatasync(5</d/taquilla.db-wal>) = 0"
SEND = '7  sendto(36<socket:[9]>, "HTTP/1.1 200 OK\\r\\n", 329, MSG_NOSIGNAL) = 329'
BEGUN = "8  fdatasync(5</d/taquilla.db-wal> <unfinished ...>"
ENDED = "8  <... fdatasync resumed>) = 0"
GOOD = ([READ, SOLD, SYNC, SEND], [READ, SOLD, BEGUN, ENDED, SEND],
        [READ, PENDING, SYNC, SOLD, SYNC, SEND])
UNWRITTEN, UNSYNCED = "was written", "was synced"
BAD = (([READ, SYNC, SEND], UNWRITTEN),
       ([READ, PENDING, SYNC, SEND, SOLD, SYNC], UNWRITTEN),
       ([READ, PENDING, SYNC, SOLD, SEND], UNSYNCED),
       ([READ, SOLD, SEND, SYNC], UNSYNCED),
       ([READ, SYNC, SOLD, SEND], UNSYNCED),
       ([READ, BEGUN, SOLD, ENDED, SEND], UNSYNCED),
       ([READ, SOLD, BEGUN, SEND, ENDED], UNSYNCED),
       ([READ, SOLD, SYNC.replace("= 0", "= -1 EIO"), SEND], UNSYNCED),
       ([READ, SOLD, SYNC.replace("db-wal", "db"), SEND], UNSYNCED))


def expect(truth, what):
    if not truth:
        sys.exit(f"FAILED: {what}")


def check_the_judge():
    for trace in GOOD:
        expect(fsync_judge.judge(trace) == ([BUYER], []), f"in order: {trace}")
    for trace, why in BAD:
        answered, wrong = fsync_judge.judge(trace)
        expect(answered == [BUYER] and len(wrong) == 1 and why in wrong[0], f"{why}: {trace}")


def has_ended(trace):
    return re.search(r"\+\+\+ (?:exited|killed)", trace.read_text(errors="replace")[-4096:])


def check_strace(folder):
    if not shutil.which("strace"):
        skip("no strace: that every answer follows its fsync was not watched")
    trace = folder / "probe"
    done = subprocess.run([*TRACE, "-o", str(trace), "true"], capture_output=True, text=True,
                          timeout=30, check=False)
    if done.returncode or not trace.exists() or "+++" not in wait_for(trace):
        skip(f"strace may not trace here: {done.stderr.strip()}")


def wait_for(trace):
    """The whole trace: strace goes on writing for a moment after the program has ended."""
    try:
        wait_until(lambda: has_ended(trace), "the trace is whole", 30)
    except AssertionError:
        pass
    return trace.read_text(errors="replace")


def buy_under(trace):
    """Buys one by one, then all at once."""
    # A leak check at the end of an instrumented build cannot be made under ptrace.
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    with box_office(sys.argv[1], *NO_LIMIT, prefix=(*TRACE, "-o", str(trace))) as (endpoints, *_):
        def answer(number):
            return buy(endpoints, f"B{number}", f"buyer-{number}@example.com").status

        expect({answer(number) for number in ALONE} == {200}, "they buy one by one")
        with concurrent.futures.ThreadPoolExecutor(len(CROWD)) as crowd:
            expect(set(crowd.map(answer, CROWD)) == {200}, "they buy all at once")


def start_in_new_folders(trace, data):
    process = subprocess.Popen(
        ["strace", "-D", "-f", "-y", "-e", "trace=/^mkdir,fsync", "-e", "signal=none",
         "-o", str(trace), sys.argv[1], "serve", "--data", str(data), "--port-offset",
         str(free_offset())],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until((data / "endpoints.json").exists, "it has started", 30)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def unsynced_names(lines, data):
    """Folders that were made and whose name no sync of the folder above made durable."""
    missing = []
    for folder in (data, data.parent):
        making = re.compile(r"mkdir(?:at)?\(.*" + re.escape(f'"{folder}"'))
        made = next((n for n, line in enumerate(lines) if making.search(line)), None)
        synced = re.compile(r"fsync\(\d+<" + re.escape(str(folder.parent)) + r">\)\s+= 0")
        if made is None or not any(synced.search(line) for line in lines[made:]):
            missing.append(str(folder))
    return missing


def main():
    check_the_judge()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="taquilla-fsync-"))
    try:
        check_strace(folder)
        buy_under(folder / "trace")
        lines = wait_for(folder / "trace").splitlines()
        answered, wrong = fsync_judge.judge(lines)
        expect(not wrong, "\n".join(wrong))
        bought = [f"buyer-{number}@example.com" for number in (*ALONE, *CROWD)]
        expect(sorted(answered) == sorted(bought), f"every answer was seen, not {answered} alone")
        syncs = sum("fdatasync(" in line and "-wal" in line for line in lines)
        print(f"{len(answered)} answers, each after its sync; {syncs} syncs of the WAL")
        data = folder / "new" / "newer"
        start_in_new_folders(folder / "start", data)
        missing = unsynced_names(wait_for(folder / "start").splitlines(), data)
        expect(not missing, f"folders whose names are not on the disk: {missing}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

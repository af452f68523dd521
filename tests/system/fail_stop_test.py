"""Goal: a commit that fails ends the process at once, with its reason; the next start obeys the disk.

Method: the real executable under a limit of file sizes that is set in the middle of its work, so that the
write-ahead log cannot grow: to SQLite an I/O error at COMMIT. usage: fail_stop_test.py TAQUILLA
"""
import http.client
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

from client import box_office, buy, skip

EXECUTABLE = sys.argv[1]
# A process that the limit's signal does not end hears of the limit by an error of write().
DEAF = ("sh", "-c", 'trap "" XFSZ; exec "$@"', "sh")


def expect(truth, what):
    if not truth:
        sys.exit(f"FAILED: {what}")


def audit(folder):
    done = subprocess.run([EXECUTABLE, "audit", "--data", str(folder)], text=True, capture_output=True,
                          timeout=60, check=False)
    expect(done.returncode == 0, f"the store is in order: {done.stdout}{done.stderr}")


def fail(folder):
    with box_office(EXECUTABLE, data=folder, prefix=DEAF) as (at, process, _):
        expect(buy(at, "A1").status == 200, "the first is sold")
        size = (folder / "taquilla.db-wal").stat().st_size
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
        try:
            told = buy(at, "A2", "third@example.com").status
        except (OSError, http.client.HTTPException):
            told = "nothing"
        expect(told == "nothing" or told >= 500, f"nobody is told of what may not be there: {told}")
        expect(process.wait(30) == 70, f"it ends with 70, not {process.returncode}")
    log = (folder / "logs" / "supervisor.log").read_text(encoding="utf-8")
    expect("fail_stop" in log, f"the log says why: {log[-500:]}")


def obey(folder):
    audit(folder)
    with box_office(EXECUTABLE, data=folder) as (at, *_):
        expect(buy(at, "A1", "late@example.com").status == 409, "what was sold is sold")
        expect(buy(at, "A2", "third@example.com").status == 200, "who heard nothing asks again")
    audit(folder)


def main():
    if not hasattr(resource, "prlimit"):
        skip("this system sets no limits of another process: a failing disk was not played")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="taquilla-fail-stop-"))
    try:
        fail(folder)
        obey(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

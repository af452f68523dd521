"""A taquilla of one's own: started with a temporary data folder, stopped at the end whatever happens.

Used by the tests of the scripts and by scripts/bench. Standard library only.
"""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORTS = (80, 8082, 8083, 8084)
SKIPPED = 77  # CMakeLists.txt: SKIP_RETURN_CODE


def skip(why):
    """Ends the test as skipped, and says so where nobody overlooks it."""
    print(f"\n*** SKIPPED: {why} ***\n", flush=True)
    sys.exit(SKIPPED)


def is_free(port):
    """Whether every address that taquilla binds is free, and ours to take, at this port."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or "assign" not in str(error):  # a machine without IPv6
                return False
    return True


def free_offset():
    """A --port-offset whose four ports are free now, below the ports that the system hands out."""
    for _ in range(100):
        offset = random.randrange(11000, 24000)
        if all(is_free(port + offset) for port in PORTS):
            return offset
    raise RuntimeError("no four free ports found")


@contextlib.contextmanager
def box_office(executable, *arguments, offset=None, data=None, patience=30, prefix=()):
    """Runs `taquilla serve` and yields (endpoints, process, data folder) once it says where it is.

    offset None: free ports. data None: a temporary folder, removed afterwards. patience: seconds
    that the start and the stop may each take. prefix: a command that becomes this one, in its process.
    """
    folder = pathlib.Path(data or tempfile.mkdtemp(prefix="taquilla-"))
    offset = free_offset() if offset is None else offset
    output = open(folder.with_suffix(".log"), "w+", encoding="utf-8")
    command = [*prefix, str(executable), "serve", "--data", str(folder), "--port-offset", str(offset),
               *arguments]
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
    try:
        yield wait_for_endpoints(process, folder, patience), process, folder
    except BaseException:
        output.seek(0)
        print(f"--- {' '.join(command)}\n{output.read()[-4000:]}---", flush=True)
        raise
    finally:
        stop(process, patience)
        output.close()
        os.unlink(output.name)
        if data is None:
            shutil.rmtree(folder, ignore_errors=True)


def wait_for_endpoints(process, folder, patience):
    """The endpoints.json of this very process, as soon as its gateway accepts connections."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"taquilla ended with {process.returncode} instead of starting")
        with contextlib.suppress(OSError, ValueError, KeyError):
            endpoints = json.loads((folder / "endpoints.json").read_text(encoding="utf-8"))
            host, port = endpoints["gateway"].rsplit("/", 1)[1].rsplit(":", 1)
            with socket.create_connection((host.strip("[]"), int(port)), timeout=1):
                return endpoints
        time.sleep(0.01)
    raise RuntimeError(f"taquilla did not start within {patience} s")


def stop(process, patience):
    """Ctrl-C, as a user does; forced when that does not end it in time, which is an error."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise RuntimeError(f"taquilla did not stop within {patience} s after SIGINT") from None


def powershell():
    """The command of a PowerShell, and whether it can check scripts for 5.1; (None, False) without."""
    checker = ROOT.parent / "shared" / "pwsh" / "pwsh"
    if checker.exists() and shutil.which("dotnet"):
        return str(checker), True
    return shutil.which("pwsh"), False

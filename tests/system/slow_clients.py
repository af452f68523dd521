"""Slow clients beside a probe: slowhttptest holds 300 connections against the running executable while
fresh connections ask. Not a ctest, because it takes a minute: scripts/check-slow-clients.
usage: slow_clients.py TAQUILLA
"""
import subprocess
import sys
import time

from client import NO_LIMIT, Client, box_office

CONNECTIONS, SECONDS, PATIENCE = 300, 15, 5
COMMON = ["-c", str(CONNECTIONS), "-r", str(CONNECTIONS), "-l", str(SECONDS), "-p", str(PATIENCE)]
ATTACKS = {  # what slowhttptest is told, and the path
    "slow heads": (["-H", "-i", "1", "-x", "24"], "/"),
    "slow bodies": (["-B", "-i", "1", "-s", "16000", "-x", "10",
                     "-f", "application/json"], "/api/reservations"),
    "slow readers": (["-X", "-n", "1", "-z", "32", "-w", "10", "-y", "20", "-k", "3"],
                     "/openapi.json"),
}


def probe(url, attack):
    """(seconds of every answer of a fresh connection, how many failed) while the attack lasts."""
    took, failed = [], 0
    while attack.poll() is None:
        begin = time.monotonic()
        client = Client(url, timeout=PATIENCE)
        try:
            failed += client.get("/api/events").status != 200
        except OSError:
            failed += 1
        client.close()
        took.append(time.monotonic() - begin)
        time.sleep(0.1)
    return took, failed


def main():
    broken = 0
    for name, (options, path) in ATTACKS.items():
        with box_office(sys.argv[1], *NO_LIMIT) as (at, _, _):
            attack = subprocess.Popen(
                ["slowhttptest", *COMMON, *options, "-u", at["gateway"] + path],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            took, failed = probe(at["gateway"], attack)
        broken += failed > 0 or not took
        print(f"{name:13} {len(took):4} fresh connections, {failed} not served, slowest"
              f" {max(took, default=0) * 1000:.0f} ms", flush=True)
    return 1 if broken else 0


sys.exit(main())

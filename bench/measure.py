"""Measures taquilla beside an empty cpp-httplib handler and the re-created original, in one run.

All run at the same time, and are loaded in turns: A B C D A B C D ..., so that whatever else the
machine does meanwhile hits them alike. Each purchase is of another seat. Of several rounds the one
with the median rate is shown. Durable means: taquilla's answer of 200 follows its fsync, and in the
end sqlite3 counts the rows. Started by scripts/bench; see --help.
"""
import argparse
import contextlib
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import clients
import make_venue
import systems

SEATS_PER_ROW = 1000
ROWS = 3500
OFFERED_PER_SECOND = 36000  # seats: more than taquilla can sell here
OFFERED_WITHOUT_A_HALL = 100_000  # by who knows no hall that would run out of them
WRK_THREADS = 2


class Seats:
    """Hands out ranges of seats that nobody has been offered yet."""

    def __init__(self, in_a_hall=True):
        self.next, self.in_a_hall = 0, in_a_hall

    def take(self, count):
        first, self.next = self.next, self.next + count
        if self.in_a_hall and self.next > ROWS * SEATS_PER_ROW:
            sys.exit("bench: out of seats; ask for fewer rounds or seconds")
        return first


def load(url, connections, seconds, first, count):
    """One wrk run; what distinct_seats.lua says of it, with its rate."""
    done = subprocess.run(
        ["wrk", f"-t{WRK_THREADS}", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
         "-s", systems.ROOT / "bench/distinct_seats.lua", url + "/api/reservations", "--",
         *map(str, (first, count, SEATS_PER_ROW, WRK_THREADS))],
        capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    result["rate"] = result["ok"] / result["seconds"]
    return result


def run_rounds(running, options, all_connections, seats):
    """{(name, connections): [result, ...]}, and the least and most rows that taquilla must hold."""
    results, answered, slack = {}, 0, 0
    for turn in range(options.rounds + 1):  # the first turn warms up and is not kept
        for connections in all_connections:
            seconds = options.seconds if turn else 1
            for system in running:
                durable = system.name == "taquilla"
                count = seconds * (
                    OFFERED_PER_SECOND if system.in_a_hall else OFFERED_WITHOUT_A_HALL)
                first = seats[system.name].take(count) if system.sells_once else 0
                result = load(system.url, connections, seconds, first, count)
                system.wait_until_idle()
                if durable:  # what wrk cuts off at the end may have been sold as well
                    answered, slack = answered + result["ok"], slack + connections
                if turn:
                    results.setdefault((system.name, connections), []).append(result)
    return results, answered, answered + slack


def median(rounds):
    return sorted(rounds, key=lambda one: one["rate"])[len(rounds) // 2]


def print_rates(results, running, all_connections):
    print(f"{'system':14} {'conn.':>6} {'req/s':>9} {'p50 ms':>9} {'p99 ms':>9} {'not 200':>8}"
          f" {'lost':>6}   req/s of all rounds")
    for connections in all_connections:
        for system in running:
            rounds = results[system.name, connections]
            one = median(rounds)
            print(f"{system.name:14} {connections:6} {one['rate']:9.0f} {one['p50_ms']:9.2f}"
                  f" {one['p99_ms']:9.2f} {sum(r['refused'] for r in rounds):8}"
                  f" {sum(r['lost'] for r in rounds):6}   "
                  + " ".join(f"{r['rate']:.0f}" for r in rounds))
    print("\nratios of req/s")
    for connections in all_connections:
        rate = {s.name: median(results[s.name, connections])["rate"] for s in running}
        ours = rate.pop("taquilla")
        print(f"  {connections:4} connections: taquilla = " + ", ".join(
            f"{ours / other:.2f} x {name}" if other else f"{name} answered nothing"
            for name, other in rate.items()))


def measure_loads(options, folder, venue):
    """Rates and memory, then the count of what is on disk. Whether the count is right."""
    data = folder / "loaded"
    data.mkdir()
    with contextlib.ExitStack() as started:
        running = [started.enter_context(one) for one in (
            systems.taquilla(options.taquilla, data, venue),
            systems.empty_handler(options.empty_handler, "empty, nodelay", "nodelay"),
            systems.empty_handler(options.empty_handler, "empty, stock"),
            systems.original())]
        if options.go_peer:
            running.append(started.enter_context(systems.go_peer(options.go_peer, folder)))
        idle = {system.name: system.memory_mb() for system in running}
        seats = {system.name: Seats(system.in_a_hall) for system in running}
        results, least, most = run_rounds(running, options, options.connections, seats)
        print_rates(results, running, options.connections)
        print("\nmemory, MiB at most (VmHWM)")
        for system in running:
            print(f"  {system.name:14} {idle[system.name]:7.1f} started"
                  f" {system.memory_mb():7.1f} after the load")
        # The original's NGINX has 2,048 connections a worker; its memory is not the question here.
        running = [system for system in running if system.name != "original"]
        print()
        results, at_least, at_most = run_rounds(running, options, options.many, seats)
        print_rates(results, running, options.many)
        least, most = least + at_least, most + at_most
    rows = systems.confirmed_rows(data)
    right = least <= rows <= most
    print(f"\nrows on disk: {rows}; answers of 200: {least}, and at most {most - least} more that"
          f" were cut off: {'right' if right else 'WRONG'}")
    return right


def measure_clients(options, folder, venue):
    """Whether anybody starves: clients that each keep a connection of their own."""
    print("\nclients with a connection each: answers/s, clients never served, oldest request")
    seats = iter(range(ROWS * SEATS_PER_ROW))

    def request():
        row, seat = divmod(next(seats), SEATS_PER_ROW)
        body = systems.BUY % f"{make_venue.row_name(row)}{seat + 1}"
        return (f"POST /api/reservations HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                f"{body}").encode()
    for count in options.clients:
        data = folder / f"clients{count}"
        data.mkdir()
        with systems.taquilla(options.taquilla, data, venue) as ours:
            got = clients.serve(ours.url, count, 2 * options.seconds, request)
            print(f"  {count:6} {got.answers / (2 * options.seconds):9.0f} {got.unserved:6}"
                  f" {got.oldest:8.2f} s   refused {got.refused}, {ours.memory_mb():.0f} MiB",
                  flush=True)


def measure_flood(options, folder, venue):
    """Refusals by the limiter, one client and 64 connections, beside NGINX with the same limit."""
    rates = {}
    data, beside = folder / "flooded", folder / "nginx"
    data.mkdir()
    beside.mkdir()
    with systems.taquilla(options.taquilla, data, venue, limited=True) as ours, \
            systems.nginx_limiter(beside) as theirs:
        for _ in range(options.rounds):
            for system in (theirs, ours):
                result = load(system.url, 64, options.seconds, 0, 1000)
                rates.setdefault(system.name, []).append(result["refused"] / result["seconds"])
                system.wait_until_idle()
    ours, theirs = (statistics.median(rates[name]) for name in ("taquilla", "nginx"))
    print(f"\nrefused/s at 64 connections: taquilla {ours:.0f}, nginx limit_req {theirs:.0f}:"
          f" {ours / theirs:.2f} x   " + " ".join(f"{a / b:.2f}" for a, b in zip(
              rates["taquilla"], rates["nginx"])), flush=True)


def measure_starts(options, folder, venue):
    """Time to the first answer, median of five."""
    def show(what, seconds):
        print(f"  {what:52} {statistics.median(seconds) * 1000:8.0f} ms")
    print("\nstart until the first answer")
    empty = []
    for turn in range(5):
        (folder / f"empty{turn}").mkdir()
        empty.append(systems.taquilla_start_seconds(options.taquilla, folder / f"empty{turn}"))
    show("taquilla, empty folder", empty)
    if options.stored:
        filled = folder / "filled"
        filled.mkdir()
        systems.fill(options.taquilla, filled, venue, options.stored, SEATS_PER_ROW)
        show(f"taquilla, {options.stored} reservations, {ROWS * SEATS_PER_ROW} seats",
             [systems.taquilla_start_seconds(options.taquilla, filled, venue) for _ in range(5)])
    show("original (keeps nothing)", [systems.original_start_seconds() for _ in range(3)])
    if options.stored:
        measure_stored(options, folder / "filled", folder / "loaded", venue)


def measure_stored(options, filled, loaded, venue):
    """The rate at 64 connections on a full store beside that on a small one, in turns."""
    os.sync()  # what the fill has left behind is not written at our expense
    seats = {"small": Seats(), "full": Seats()}  # behind those that each store has sold
    loads = len(options.connections + options.many) * (options.rounds * options.seconds + 1)
    seats["small"].next = loads * OFFERED_PER_SECOND
    seats["full"].next = options.stored
    rates = {"small": [], "full": []}
    with systems.taquilla(options.taquilla, loaded, venue) as small, \
            systems.taquilla(options.taquilla, filled, venue) as full:
        for _ in range(options.rounds):
            for name, system in (("small", small), ("full", full)):
                count = OFFERED_PER_SECOND * options.seconds
                result = load(system.url, 64, options.seconds, seats[name].take(count), count)
                rates[name].append(result["rate"])
                system.wait_until_idle()
    small, full = (statistics.median(rates[name]) for name in ("small", "full"))
    print(f"\npurchases/s at 64 connections: {full:.0f} with {options.stored} reservations stored,"
          f" {small:.0f} without: {full / small:.2f} x")


def main():
    parse = argparse.ArgumentParser(description="taquilla beside an empty handler and the original")
    parse.add_argument("--taquilla", required=True, type=pathlib.Path)
    parse.add_argument("--empty-handler", required=True, type=pathlib.Path)
    parse.add_argument("--go-peer", type=pathlib.Path, help="bench/peers/go, built")
    parse.add_argument("--seconds", type=int, default=5, help="of each load (5)")
    parse.add_argument("--rounds", type=int, default=3, help="of loads, the median counts (3)")
    parse.add_argument("--connections", type=int, nargs="+", default=[16, 64, 256])
    parse.add_argument("--many", type=int, nargs="*", default=[1000, 5000],
                       help="connections that the original is spared (1000 5000)")
    parse.add_argument("--clients", type=int, nargs="*", default=[64, 1000, 5000],
                       help="clients with a connection each (64 1000 5000)")
    parse.add_argument("--stored", type=int, default=1_000_000,
                       help="reservations in the folder for the second start (a million; 0: none)")
    options = parse.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # 5,000 connections, on both ends
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f} at the start;"
          f" {options.rounds} rounds of {options.seconds} s\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="taquilla-bench-") as name:
        folder = pathlib.Path(name)
        venue = folder / "venue.json"
        venue.write_text(json.dumps(make_venue.venue(ROWS, SEATS_PER_ROW)), encoding="utf-8")
        right = measure_loads(options, folder, venue)
        measure_flood(options, folder, venue)
        measure_clients(options, folder, venue)
        measure_starts(options, folder, venue)
    return 0 if right else 1


sys.exit(main())

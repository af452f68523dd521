"""Goal: scripts/chaos.ps1 passes against a real taquilla, again on the same data, and heals it.

Method: every scenario on a fresh data folder, then the quick ones once more on what is left; a fault
that is to be kept; a taquilla with an admin token; every kind of wrong argument.
usage: chaos_test.py TAQUILLA
"""
import json
import os
import shutil
import subprocess
import sys
import urllib.request

from box_office import ROOT, box_office, powershell, skip

SCENARIOS = ["ReservaNormal", "InventarioFantasma", "PasarelaLenta", "DiluvioDePeticiones",
             "CorreoPerdido", "UltimaButaca"]
CANNOT_RUN = (126, 127)
WRONG = 2  # arguments
TOKEN = "open-sesame-open"


def play(shell, *arguments, token=None):
    command = [shell, "-NoProfile", "-File", str(ROOT / "scripts/chaos.ps1"), *arguments]
    environment = {name: value for name, value in os.environ.items()
                   if name != "TAQUILLA_ADMIN_TOKEN"}
    if token:
        environment["TAQUILLA_ADMIN_TOKEN"] = token
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=240, check=False, env=environment)
    print(done.stdout, flush=True)
    return done


def expect(truth, what):
    if not truth:
        sys.exit(f"FAILED: {what}")


def get(url, token=None):
    request = urllib.request.Request(url)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def check_every_scenario(shell, endpoints, where):
    done = play(shell, *where)
    if done.returncode in CANNOT_RUN:
        skip(f"{shell} cannot run here")
    expect(done.returncode == 0, f"every scenario passes (exit code {done.returncode})")
    for name in SCENARIOS:
        expect(f"Scenario : {name}\nOutcome  : Passed" in done.stdout, f"{name} is reported")
    for line in [f"{i} OK" for i in range(1, 7)]:
        expect(f"\n{line}\n" in done.stdout, f"the flood shows '{line}', as the original did")
    expect(" BLOQUEADO\n" in done.stdout, "and then what is blocked")

    again = play(shell, *where, "-Scenario", "ReservaNormal,InventarioFantasma,CorreoPerdido")
    expect(again.returncode == 0, "it passes a second time on the same data")
    expect("3 passed, 0 failed" in again.stdout, "the three asked for were played")

    seats = get(endpoints["gateway"] + "/api/events/EVT-001/seats?limit=1000")["seats"]
    taken = [seat for seat in seats if seat["state"] != "free"]
    expect(not taken, f"every seat is free afterwards, not {taken}")


def check_kept_fault(shell, endpoints, where):
    """The fault stays when the script has ended, and goes when the next scenario starts."""
    def faults(service):
        path = {"inventory": "inventory", "notification": "notifications"}[service]
        return [fault["kind"] for fault in get(f"{endpoints[service]}/api/{path}/chaos")["chaos"]]

    kept = play(shell, *where, "InventarioFantasma", "-KeepFault")
    expect(kept.returncode == 0, "a scenario whose fault is kept passes")
    expect(faults("inventory") == ["crash"], f"its fault stays, not {faults('inventory')}")
    expect("chaos/recover" in kept.stdout, "and its end is named")
    after = play(shell, *where, "CorreoPerdido", "-KeepFault")
    expect(after.returncode == 0, "the next scenario heals what was kept")
    expect(faults("inventory") == [], "and leaves no trace of it")
    expect(faults("notification") == ["crash"], f"the mail is off, not {faults('notification')}")
    last = play(shell, *where, "ReservaNormal")
    expect(last.returncode == 0 and faults("notification") == [], "the last one heals all")


def check_token(shell):
    with box_office(sys.argv[1], "--set", f"gateway.admin_token={TOKEN}") as (endpoints, _, folder):
        where = ("-EndpointsPath", str(folder / "endpoints.json"), "-Scenario", "InventarioFantasma")
        for told, given in (("asks for its admin token", ()),
                            ("refuses this admin token", ("-Token", "close-sesame"))):
            done = play(shell, *where, *given)
            expect(done.returncode == WRONG, f"a taquilla that {told} ends the script with {WRONG}")
            expect(len(done.stdout.splitlines()) == 1, "with one line")
            expect(told in done.stdout and "-Token" in done.stdout, "that says what is wrong")
        expect(play(shell, *where, "-Token", TOKEN).returncode == 0, "the right token opens")
        kept = play(shell, *where, "-KeepFault", token=TOKEN)
        expect(kept.returncode == 0, "so does the one of the environment")
        held = get(endpoints["inventory"] + "/api/inventory/chaos", TOKEN)["chaos"]
        expect(len(held) == 1, "the fault was set with it")


def check_wrong_arguments(shell, where):
    for wrong in (["-Scenario", "NoSuch"], ["-Foo"], ["-TimeoutSec", "5"], ["-TimeoutSec", "soon"],
                  ["-PortOffset", "99999"], ["-Buyers", "1.5"], ["-EventId", "a b"],
                  ["-BaseUri", "ftp://here"], ["-BaseUri", "http://["], ["-Token", "a b"],
                  ["ReservaNormal", "CorreoPerdido"]):
        done = play(shell, *where, *wrong)
        expect(done.returncode == WRONG, f"{wrong} is a wrong argument, not {done.returncode}")
        expect(len(done.stdout.splitlines()) == 1, f"{wrong} is answered with one line")
    gone = play(shell, "-EndpointsPath", str(ROOT / "no-such-file.json"))
    expect(gone.returncode == WRONG, "a missing endpoints.json is a wrong argument")
    nobody = play(shell, "-EndpointsPath", str(ROOT / "x"), "-WhatIf")
    expect(nobody.returncode == WRONG, "-WhatIf does not hide a wrong argument")


def check_list(shell, where):
    done = play(shell, *where, "-List")
    expect(done.returncode == 0, "the list is no failure")
    whole = done.stdout.replace("\n           ", "")  # a long value goes on in the next line
    for part in (*SCENARIOS, "chaos/crash?for=40", "chaos/normal", "20 buyers at once, one seat",
                 "504 after about 15 s, nothing charged in the end, the seat free; then success."):
        expect(part in whole, f"the list shows {part}")


def main():
    shell = shutil.which("pwsh") or powershell()[0]
    if not shell:
        skip("no PowerShell on this machine: scripts/chaos.ps1 was not run")
    with box_office(sys.argv[1]) as (endpoints, _, folder):
        where = ("-EndpointsPath", str(folder / "endpoints.json"))
        check_every_scenario(shell, endpoints, where)
        check_kept_fault(shell, endpoints, where)
        check_wrong_arguments(shell, where)
        check_list(shell, where)
    check_token(shell)


main()

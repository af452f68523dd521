"""Goal: scripts/chaos.ps1 passes against a real taquilla, again on the same data, and heals it.

Method: every scenario on a fresh data folder, then the quick ones once more on what is left.
usage: chaos_test.py TAQUILLA
"""
import json
import shutil
import subprocess
import sys
import urllib.request

from box_office import ROOT, box_office, powershell, skip

SCENARIOS = ["ReservaNormal", "InventarioFantasma", "PasarelaLenta", "DiluvioDePeticiones",
             "CorreoPerdido", "UltimaButaca"]


def play(shell, endpoints_file, *arguments):
    command = [shell, "-NoProfile", "-File", str(ROOT / "scripts/chaos.ps1"),
               "-EndpointsPath", str(endpoints_file), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=240, check=False)
    print(done.stdout, flush=True)
    return done


def expect(truth, what):
    if not truth:
        sys.exit(f"FAILED: {what}")


def main():
    shell = shutil.which("pwsh") or powershell()[0]
    if not shell:
        skip("no PowerShell on this machine: scripts/chaos.ps1 was not run")
    with box_office(sys.argv[1]) as (endpoints, _, folder):
        where = folder / "endpoints.json"
        done = play(shell, where)
        if done.returncode in (126, 127):
            skip(f"{shell} cannot run here")
        expect(done.returncode == 0, f"every scenario passes (exit code {done.returncode})")
        for name in SCENARIOS:
            expect(f"Scenario : {name}\nOutcome  : Passed" in done.stdout, f"{name} is reported")
        for line in [f"{i} OK" for i in range(1, 7)]:
            expect(f"\n{line}\n" in done.stdout, f"the flood shows '{line}', as the original did")
        expect(" BLOQUEADO\n" in done.stdout, "and then what is blocked")

        again = play(shell, where, "-Scenario", "ReservaNormal,InventarioFantasma,CorreoPerdido")
        expect(again.returncode == 0, "it passes a second time on the same data")
        expect("3 passed, 0 failed" in again.stdout, "the three asked for were played")

        seats = urllib.request.urlopen(endpoints["gateway"] +
                                       "/api/events/EVT-001/seats?limit=1000", timeout=10)
        taken = [s for s in json.load(seats)["seats"] if s["state"] != "free"]
        expect(not taken, f"every seat is free afterwards, not {taken}")

        wrong = play(shell, where, "-Scenario", "NoSuch")
        expect(wrong.returncode == 2, "an unknown scenario is a wrong argument")
    gone = play(shell, ROOT / "no-such-file.json")
    expect(gone.returncode == 2, "a missing endpoints.json is a wrong argument")
    nobody = play(shell, ROOT / "x", "-WhatIf")
    expect(nobody.returncode == 2, "-WhatIf does not hide a wrong argument")


main()

"""Goal: the PowerShell scripts are ASCII, parse, and keep to what Windows PowerShell 5.1 knows.

Method: reads the files; asks the engine where there is one. The README may only name parameters
that chaos.ps1 has.
"""
import re
import subprocess
import sys

from box_office import ROOT, powershell, skip

FILES = sorted((ROOT / "scripts").rglob("*.ps1"))


def findings_in_text():
    for file in FILES:
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            if any(byte > 126 or byte < 32 for byte in line):
                yield f"{file}:{number}: not ASCII, or a tab: 5.1 would misread it"


def findings_in_readme():
    script = (ROOT / "scripts/chaos.ps1").read_text(encoding="ascii")
    block = script[script.index("\nparam("):script.index("Set-StrictMode")]
    known = set(re.findall(r"\$([A-Z]\w+)", block)) | {"WhatIf", "Verbose", "Confirm"}
    readme = ROOT / "README.md"
    if not readme.exists():
        return
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), start=1):
        for used in re.findall(r"chaos\.ps1((?:\s+[^|`]*)?)", line):
            for name in re.findall(r"\s-([A-Z]\w+)", used):
                if name not in known:
                    yield f"README.md:{number}: chaos.ps1 has no parameter -{name}"


def findings_of_engine(shell):
    for file in FILES:
        for check in ("-ParseOnly", "-Compat51"):
            done = subprocess.run([shell, check, str(file)], capture_output=True, text=True,
                                  timeout=300, check=False)
            if done.returncode in (126, 127):
                skip(f"{shell} cannot run here: {done.stderr.strip()}")
            if done.returncode:
                yield f"{check} {file}:\n{done.stdout}{done.stderr}"


def main():
    if not FILES:
        sys.exit("FAILED: scripts/ holds no PowerShell script")
    found = [*findings_in_text(), *findings_in_readme()]
    shell, checks = powershell()
    if checks:
        found += findings_of_engine(shell)
    if found:
        sys.exit("FAILED:\n" + "\n".join(found))
    if not checks:
        skip("ASCII and README passed; no engine here to parse with and to check for 5.1")
    print(f"{len(FILES)} scripts are ASCII, parse, and fit Windows PowerShell 5.1")


main()

"""Goal: what README.md tells its reader to type works, word for word.

Method: takes the fenced blocks below the headings of the original's five demos, runs them in
order against a taquilla on the ports of the original, and looks for what must be seen, in order.
usage: readme_test.py TAQUILLA bash|powershell
"""
import re
import subprocess
import sys
import time
import unicodedata

from box_office import PORTS, ROOT, box_office, is_free, powershell, skip

CONFIRMED = "Reserva confirmada exitosamente"
REFUSED = r'"success":\s*false'
FLOOD = [rf"(?m)^{i} OK" for i in range(1, 7)] + [r"(?m)^\d+ BLOQUEADO"]
# heading -> what its output shows, in this order, and how many seconds it takes at least
DEMOS = {
    "reserva normal": ([CONFIRMED], 0),
    "inventario fantasma": ([REFUSED, CONFIRMED], 0),
    "pasarela lenta": ([REFUSED, CONFIRMED], 14),
    "diluvio de peticiones": (FLOOD, 0),
    "correo perdido": ([CONFIRMED], 0),
}
REFILL = 4  # seconds until the limiter is full again: readers are not as fast as this test


def plain(text):
    """Lower case without accents."""
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()


def blocks(text, language):
    """{demo: [block, ...]}: the fenced blocks of this language below each demo's heading."""
    found = {}
    demo, depth = None, 0
    part = re.compile(r"(?ms)^```(\w*)[^\n]*\n(.*?)^```|^(#+) ([^\n]*)")
    for kind, block, marks, heading in part.findall(text):
        named = [name for name in DEMOS if marks and name in plain(heading)]
        if named:
            demo, depth = named[0], len(marks)
        elif marks and len(marks) <= depth:
            demo = None
        elif kind.lower() == language and demo:
            found.setdefault(demo, []).append(block)
    return found


def run(block, language):
    """What the reader sees, errors included. PowerShell is given what stands between empty lines one
    by one, as at its prompt: in one go, later answers would be squeezed into the first one's table."""
    if language == "bash":
        commands = [["bash", "-c", block]]
    else:
        commands = [[powershell()[0], "-NoProfile", "-Command", part]
                    for part in re.split(r"\n\s*\n", block)]
    return "".join(
        subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       cwd=ROOT, timeout=120, check=False).stdout for command in commands)


def replay(demo, demo_blocks, language):
    """Runs one demo; the complaint, or None."""
    expected, least = DEMOS[demo]
    start = time.monotonic()
    output = "\n".join(run(block, language) for block in demo_blocks)
    seconds = time.monotonic() - start
    print(f"--- {demo} ({seconds:.1f} s)\n" + "\n".join(demo_blocks) + f"--- shows\n{output}",
          flush=True)
    at = 0
    for pattern in expected:
        match = re.compile(pattern).search(output, at)
        if not match:
            return f"{demo}: does not show {pattern}" + (" where it should" if at else "")
        at = match.end()
    if seconds < least:
        return f"{demo}: took {seconds:.1f} s instead of at least {least}"
    passed = len(re.findall(r"(?m)^\d+ OK", output))
    if passed > 6 + 2 * seconds:  # burst + 1, and two a second on a slow machine
        return f"{demo}: {passed} pass within {seconds:.1f} s"
    return None


def main():
    language = sys.argv[2]
    readme = ROOT / "README.md"
    if not readme.exists():
        skip("there is no README.md")
    found = blocks(readme.read_text(encoding="utf-8"), language)
    missing = [demo for demo in DEMOS if demo not in found]
    if missing:
        sys.exit(f"FAILED: README.md has no {language} block below a heading with: {missing}")
    if language == "powershell" and not powershell()[0]:
        skip("no PowerShell on this machine: the README's PowerShell commands were not run")
    busy = [port for port in PORTS if not is_free(port)]
    if busy:
        skip(f"the ports {busy} cannot be had here: the README's commands were not run")
    with box_office(sys.argv[1], offset=0):
        complaints = []
        for demo in DEMOS:
            complaint = replay(demo, found[demo], language)
            complaints += [complaint] if complaint else []
            time.sleep(REFILL)
    if complaints:
        sys.exit("FAILED:\n" + "\n".join(complaints))
    print(f"the {language} commands of all five demos work as written")


main()

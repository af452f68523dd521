"""A real browser, driven as a person would: chromium over its DevTools pipe, with mouse and keys.

Standard library only. The pipe (fds 3 and 4 of the browser, JSON separated by NUL) needs no port
and no WebSocket. Every wait is on a condition and has a limit.
"""
import base64
import fcntl
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

from client import skip

# Gives the two pipes the numbers that the browser expects; theirs are above 9: none is overwritten.
LAUNCHER = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""
FLAGS = ("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
         "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
         "--disable-component-update", "--no-proxy-server", "--lang=es",
         "--force-color-profile=srgb")


def find_chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    return skip("no chromium on this machine: the console was looked at by nobody")


def above_nine(fd):
    """The same pipe end under a number above 9, which the launcher's dup2 does not touch."""
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return high


class Browser:
    """One browser with a profile of its own; ended with its whole process group."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="taquilla-browser-")
        theirs_in, self.to = map(above_nine, os.pipe())
        self.from_, theirs_out = map(above_nine, os.pipe())
        flags = [*FLAGS, f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")  # chromium refuses root otherwise
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(theirs_in), str(theirs_out), find_chromium(),
             *flags, "about:blank"], pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest, self.last, self.answers, self.listeners = b"", 0, {}, {}
        try:
            self.command("Browser.getVersion", patience=60)
        except (AssertionError, OSError) as why:
            self.close()
            skip(f"chromium does not start here ({why}): the console was looked at by nobody")

    def close(self):
        try:
            self.command("Browser.close", patience=5)
            self.process.wait(timeout=5)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, 9)
            self.process.wait()
        os.close(self.to)
        os.close(self.from_)
        shutil.rmtree(self.profile, ignore_errors=True)

    def command(self, method, params=None, session=None, patience=20):
        self.last += 1
        number = self.last
        message = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + patience
        while number not in self.answers:
            if time.monotonic() > deadline:
                raise AssertionError(f"the browser did not answer {method} within {patience} s")
            self.hear(0.1)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def hear(self, patience):
        """Takes in what the browser says within `patience` seconds."""
        if not select.select([self.from_], [], [], patience)[0]:
            return
        heard = os.read(self.from_, 1 << 20)
        if not heard:
            raise AssertionError("the browser has ended")
        *whole, self.rest = (self.rest + heard).split(b"\0")
        for text in whole:
            message = json.loads(text)
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") in self.listeners:
                self.listeners[message["sessionId"]](message["method"], message["params"])

    def open(self, url, width=1280, height=900):
        return Page(self, url, width, height)


class Page:
    """One tab. `troubles` is what its console complained of, failed requests left out;
    `credentials` every Authorization that it sent."""

    def __init__(self, browser, url, width, height):
        self.browser, self.troubles, self.credentials = browser, [], []
        target = browser.command("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = browser.command("Target.attachToTarget",
                                       {"targetId": target, "flatten": True})["sessionId"]
        browser.listeners[self.session] = self.heard
        self.target = target
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.resize(width, height)
        self.command("Page.navigate", {"url": url})

    def command(self, method, params=None):
        return self.browser.command(method, params, self.session)

    def heard(self, method, params):
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.troubles.append(details.get("exception", {}).get("description", details["text"]))
        if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.troubles.append(str(params["args"]))
        if method == "Network.requestWillBeSent" and "Authorization" in params["request"]["headers"]:
            self.credentials.append(params["request"]["headers"]["Authorization"])
        # A refused purchase is a failed request, which is what some checks are about.
        if method == "Log.entryAdded" and params["entry"]["level"] == "error" \
                and params["entry"]["source"] != "network":
            self.troubles.append(params["entry"]["text"])

    def resize(self, width, height, dark=False):
        self.command("Emulation.setDeviceMetricsOverride",
                     {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", {"features": [scheme]})

    def value(self, script):
        """What the expression `script` is in the page; a promise is waited for."""
        answer = self.command("Runtime.evaluate", {"expression": script, "returnByValue": True,
                                                   "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, script, what, patience=10):
        """Until the expression is true."""
        deadline = time.monotonic() + patience
        while True:
            found = self.value(script)
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"not seen within {patience} s: {what}\n"
                                     f"outcome: {self.text('#outcome-text')}\n"
                                     f"log: {self.text('#log')[:600]}")
            self.browser.hear(0.02)

    def text(self, selector):
        return self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def wait_text(self, selector, part, patience=10):
        self.wait(f"(document.querySelector({json.dumps(selector)})?.innerText ?? '')"
                  f".includes({json.dumps(part)})", f"{part!r} in {selector}", patience)

    def mouse(self, kind, x, y):
        self.command("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left",
                                                  "clickCount": 1})

    def middle(self, element):
        """Where the middle of the element (a script) is, after it was scrolled into view."""
        return self.value(f"""(() => {{ const e = {element}; e.scrollIntoView({{block: 'center'}});
            const r = e.getBoundingClientRect();
            return [r.x + r.width / 2, r.y + r.height / 2]; }})()""")

    def click(self, element):
        x, y = self.middle(element)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)

    def key(self, name, text=None):
        code = {"Enter": 13, "Tab": 9, "ArrowRight": 39, "ArrowDown": 40}.get(name, 0)
        what = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        if text:
            what["text"] = text
        self.command("Input.dispatchKeyEvent", {"type": "keyDown", **what})
        self.command("Input.dispatchKeyEvent", {"type": "keyUp", **what})

    def write(self, element, text):
        """Replaces what a field holds, key by key, as a person types."""
        self.click(element)
        self.value(f"{element}.select()")
        for letter in text:
            self.key(letter, letter)

    def picture(self, path):
        data = self.command("Page.captureScreenshot", {"format": "png"})["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

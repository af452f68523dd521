"""Goal: a start that cannot be says what, why and how to mend it, with the exit code that is promised.

Method: the real executable with a wrong command line, a wrong configuration, a port in use, a port
without the right to it, a data folder in use, a store that is none, or not ours to read; the same
stores audited; every text is checked. usage: start_test.py TAQUILLA
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import unittest

from client import ROOT, ask, box_office, buy, free_offset, wait_until

EXECUTABLE = None
TOKEN = "gateway.admin_token=sesame-open-sesame"


def run(*arguments, prefix=(), timeout=30):
    return subprocess.run([*prefix, EXECUTABLE, *arguments], text=True, capture_output=True,
                          timeout=timeout, check=False)


class Start(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="taquilla-start-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def skip_loudly(self, why):
        print(f"\n*** SKIPPED: {why} ***\n", flush=True)
        self.skipTest(why)

    def without_rights(self):
        """What stands before a command so that it runs as somebody who may not do everything."""
        if os.geteuid() != 0:
            return ()
        if not shutil.which("setpriv"):
            self.skip_loudly("root may do everything, and there is no setpriv to become somebody else")
        self.folder.chmod(0o755)
        return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

    def file(self, text):
        path = self.folder / "taquilla.json"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def large(self):
        path = self.folder / "large.json"
        path.write_text("{}" + " " * (16 << 20), encoding="utf-8")
        return path

    def expect(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr + done.stdout)

    def test_every_command_explains_itself(self):
        for command in ([], ["serve"], ["audit"], ["check-config"], ["version"]):
            done = run(*command, "--help")
            self.expect(done, 0, "--help")
            self.assertEqual(done.stderr, "")
        self.expect(run("--help"), 0, "audit", "check-config", "serve", "version", "Exit codes")
        self.expect(run("version"), 0, "taquilla ")

    def test_a_mistyped_word_is_answered_with_the_right_one(self):
        self.expect(run("adit"), 2, "error[E002]", "did you mean audit?")
        self.expect(run("--port-ofset", "1"), 2, "did you mean --port-offset?")
        self.expect(run("serve", "--dta", "x"), 2, "did you mean --data?", "taquilla serve --help")
        self.expect(run("audit"), 2, "--data")
        self.expect(run("serve", "now"), 2, "taquilla serve takes no argument now", "taquilla serve --help")
        for option, value in (("--port-offset", "70000"), ("--port-offset", "abc"), ("--log", "xml"),
                              ("--data", ""), ("--bind", "localhost")):
            done = run(option, value)
            self.expect(done, 2, f"error[E002] {option} ", "fix:")
            self.assertNotIn("gateway.", done.stderr)
        self.expect(run("--port-offset"), 2, "--port-offset")

    def test_a_wrong_configuration_is_refused_with_its_place(self):
        wrong = self.file('{\n  "payment": {\n    "atempts": 3\n  }\n}\n')
        for command in (["--config", wrong], ["check-config", wrong]):
            self.expect(run(*command), 3, "error[E012]", "taquilla.json:3:5",
                        'did you mean "payment.attempts"?', "fix:")
        self.expect(run("--set", "payment.attempts=0"), 3, "allowed is 1..100")
        self.expect(run("--set", "payment.attempts=9"), 3, "reservation.deadline_ms")
        self.expect(run("--bind", "0.0.0.0"), 3, "gateway.admin_token")
        for token in ("a", "x\r\ny" * 8):
            guarded = self.file(json.dumps({"gateway": {"bind": ["0.0.0.0"], "admin_token": token}}))
            self.expect(run("check-config", guarded), 3, "error[E012]", "taquilla.json:1:50",
                        "at least 16 visible ASCII characters")
        for url in ("foo://x", "smtp://"):
            mail = self.file(json.dumps({"notifications": {"smtp_url": url}}))
            self.expect(run("check-config", mail), 3, "error[E012]", "taquilla.json:1:32", "smtps://HOST")
            self.expect(run("--config", mail), 3, "error[E012]")
        venue = self.file('{"events": []}')
        self.expect(run("--set", f"venue.file={venue}"), 3, "error[E013]", "events: must be a list")
        self.expect(run("check-config", str(ROOT / "config/taquilla.json")), 0, "can be used")

    def test_a_configuration_that_cannot_be_read_says_why(self):
        missing, secret = self.folder / "no-such.json", pathlib.Path(self.file("{}"))
        secret.chmod(0)
        somebody = self.without_rights()
        for path, why, prefix in ((missing, "there is no such file", ()),
                                  (self.folder, "it is a folder", ()),
                                  (self.large(), "it is larger than 16 MiB", ()),
                                  (secret, "Permission denied", somebody)):
            for command in (["--config", str(path)], ["check-config", str(path)],
                            ["--set", f"venue.file={path}"]):
                done = run(*command, prefix=prefix)
                self.expect(done, 3, "error[E014]", f"'{path}' cannot be read: {why}", "fix:")
                self.assertNotIn("--config", done.stderr)

    def test_a_port_in_use_names_its_holder(self):
        offset = free_offset()
        with socket.create_server(("127.0.0.1", 8083 + offset)):
            done = run("--data", ":memory:", "--port-offset", str(offset))
        self.expect(done, 4, "error[E004]", f"cannot listen on 127.0.0.1:{8083 + offset}",
                    f"(pid {os.getpid()})", "fix:", "gateway.ports.payment")
        self.assertEqual(done.stderr.count("taquilla --data :memory: --"), 2, "what was told is kept")

    def test_a_port_below_1024_without_the_right_says_how_to_get_it(self):
        if int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 80:
            self.skip_loudly("on this machine everybody may use port 80")
        done = run("--data", ":memory:", prefix=self.without_rights())
        self.expect(done, 4, "error[E005]", "127.0.0.1:80", "--port-offset 10000",
                    "setcap cap_net_bind_service=+ep", "ip_unprivileged_port_start=80")

    def starting(self, before=None):
        """A start that takes as long as the test wants: it reads its venue from a pipe."""
        pipe = self.folder / "venue.json"
        os.mkfifo(pipe)
        process = subprocess.Popen(
            [EXECUTABLE, "--data", ":memory:", "--port-offset", str(free_offset()),
             "--set", f"venue.file={pipe}"], stderr=subprocess.PIPE, text=True,
            preexec_fn=before)
        self.addCleanup(process.kill)
        self.addCleanup(process.stderr.close)
        status = pathlib.Path(f"/proc/{process.pid}/status")
        blocked = 1 << (signal.SIGTERM - 1)
        wait_until(lambda: int(status.read_text().split("SigBlk:")[1].split()[0], 16) & blocked,
                   "it holds its signals")
        return process, pipe

    def test_a_signal_ends_a_start_in_order_and_a_second_one_at_once(self):
        process, pipe = self.starting()
        process.send_signal(signal.SIGTERM)
        pipe.write_bytes((ROOT / "config/venue.json").read_bytes())
        self.assertEqual(process.wait(20), 0)
        self.assertNotIn("http://", process.stderr.read(), "it never said that it serves")
        pipe.unlink()
        process, _ = self.starting()
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 128 + signal.SIGTERM)

    def test_under_nohup_the_terminal_may_close_and_an_interrupt_still_ends_it(self):
        def as_nohup_in_the_background():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell does for `&` in a script
        process, pipe = self.starting(as_nohup_in_the_background)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        pipe.write_bytes((ROOT / "config/venue.json").read_bytes())
        self.assertEqual(process.wait(20), 0, "130: the hangups were heard")

    def test_a_data_folder_in_use_names_its_holder(self):
        with box_office(EXECUTABLE) as (_, process, folder):
            done = run("--data", str(folder), "--port-offset", str(free_offset()))
            self.expect(done, 4, "error[E021]", f"pid {process.pid}", "fix:", "--data")
            self.assertIsNone(process.poll(), "the first goes on")

    def test_a_store_that_is_none_is_refused_and_left_as_it_is(self):
        (self.folder / "taquilla.db").write_bytes(b"not a database" * 500)
        before = (self.folder / "taquilla.db").read_bytes()
        done = run("--data", str(self.folder), "--port-offset", str(free_offset()))
        self.expect(done, 4, "error[E022]")
        self.assertEqual((self.folder / "taquilla.db").read_bytes(), before)

    def refused_store(self, make, *words):
        """Serve and audit refuse what `make` puts in the store's place; both leave it as it is."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        make(folder / "taquilla.db")
        for command in (["--port-offset", str(free_offset()), "--data"], ["audit", "--data"]):
            done = run(*command, str(folder))
            self.expect(done, 4, "error[E022]", "cannot be opened: ", "fix:", *words)
            self.assertEqual(done.stdout, "", "nothing was judged")

    def test_what_is_no_store_is_refused_alike_by_serve_and_audit(self):
        def by_hand(*commands):
            def make(path):
                base = sqlite3.connect(path)
                for command in commands:
                    base.execute(command)
                base.commit()
                base.close()
            return make

        def without_a_table(path):
            with box_office(EXECUTABLE, data=path.parent):
                pass
            by_hand("DROP TABLE keys", "DROP TABLE shutdown")(path)

        ours = f"PRAGMA application_id = {0x54415155}"
        table = "CREATE TABLE theirs (x)"
        self.refused_store(by_hand(table, ours, "PRAGMA user_version = 99"), "schema version 99")
        self.refused_store(without_a_table, "restore a copy")
        self.refused_store(by_hand(table), "--data")
        self.refused_store(lambda path: path.write_bytes(b"not a database" * 500), "restore a copy")
        self.refused_store(lambda path: path.mkdir(), "taquilla.db is a folder: move it away")

    def test_a_store_without_the_right_to_it_says_which_right(self):
        somebody = self.without_rights()
        with box_office(EXECUTABLE, data=self.folder):
            pass
        store, lock = self.folder / "taquilla.db", self.folder / "LOCK"
        self.folder.chmod(0o777)
        lock.chmod(0o666)
        store.chmod(0o444)
        serve = ["--port-offset", str(free_offset()), "--data", str(self.folder)]
        self.expect(run(*serve, prefix=somebody), 4, "error[E022]",
                    f"give this user the right to read and write {store}")
        store.chmod(0)
        audit = ["audit", "--data", str(self.folder)]
        self.expect(run(*audit, prefix=somebody), 4, "error[E022]", f"read and write {store}")
        self.folder.chmod(0)
        closed = run(*audit, prefix=somebody)
        self.folder.chmod(0o700)
        self.expect(closed, 4, "error[E022]", "Permission denied", "the right to read")

    def test_errors_are_json_lines_when_the_log_is(self):
        done = run("--data", ":memory:", "--log", "json", "--bind", "203.0.113.1",
                   "--set", TOKEN, "--port-offset", str(free_offset()))
        self.assertEqual(done.returncode, 4, done.stderr)
        failed = [json.loads(line) for line in done.stderr.splitlines()
                  if json.loads(line)["event"] == "failed"]
        self.assertEqual([f["code"] for f in failed], ["E006"])

    def test_an_address_that_the_machine_has_not_is_left_out_and_said(self):
        binds = ("--set", 'gateway.bind=["203.0.113.1","127.0.0.1"]', "--set", TOKEN)
        with box_office(EXECUTABLE, *binds, data=self.folder) as (endpoints, *_):
            self.assertTrue(endpoints["gateway"].startswith("http://127.0.0.1:"), endpoints)
            self.assertEqual(buy(endpoints).status, 200)
        self.assertIn("this machine has no 203.0.113.1; listening without it",
                      (self.folder / "logs" / "supervisor.log").read_text())
        binds = ("--set", 'gateway.bind=["203.0.113.1","203.0.113.2"]', "--set", TOKEN)
        self.expect(run("--data", ":memory:", *binds, "--port-offset", str(free_offset())), 4,
                    "error[E006]", "203.0.113.2")

    def test_what_runs_says_where_it_is_and_logs_each_service(self):
        with box_office(EXECUTABLE, "--log", "json", data=self.folder) as (endpoints, process,
                                                                           folder):
            mode = stat.S_IMODE((folder / "endpoints.json").stat().st_mode)
            self.assertEqual(mode, 0o600)
            self.assertEqual(endpoints["pid"], process.pid)
            self.assertEqual(sorted(endpoints),
                             ["gateway", "inventory", "notification", "payment", "pid"])
            self.assertEqual(buy(endpoints).status, 200)
            self.assertEqual(ask(endpoints["gateway"], "GET", "/readyz").status, 200)
        self.assertEqual(process.returncode, 0)
        logs = {}
        for service in ("reservation", "inventory", "payment", "notification", "gateway",
                        "supervisor"):
            lines = (folder / "logs" / f"{service}.log").read_text().splitlines()
            logs[service] = [json.loads(line) for line in lines]
        self.assertIn("reservation.confirmed", [line["event"] for line in logs["reservation"]])
        self.assertIn("actor.up", [line["event"] for line in logs["inventory"]])
        self.assertIn("stop.done", [line["event"] for line in logs["supervisor"]])
        self.assertFalse((folder / "endpoints.json").exists())

    def test_a_port_that_the_system_picks_is_not_moved(self):
        offset = free_offset()
        with box_office(EXECUTABLE, "--set", "gateway.ports.payment=0", offset=offset) as (endpoints, *_):
            port = {name: int(endpoints[name].rsplit(":", 1)[1]) for name in ("gateway", "payment")}
        self.assertEqual(port["gateway"], offset + 80)
        self.assertNotEqual(port["payment"], offset)

    def test_an_audit_tells_a_clean_store_from_none(self):
        with box_office(EXECUTABLE, data=self.folder) as (endpoints, _, folder):
            self.assertEqual(buy(endpoints).status, 200)
            self.expect(run("audit", "--data", str(folder)), 0, "all hold")
        self.expect(run("audit", "--data", str(self.folder), "--final"), 0, "all hold")
        self.expect(run("audit", "--data", "no-such-folder"), 5, "error[E024]")

    def test_a_broken_promise_is_found_by_the_audit(self):
        if not shutil.which("sqlite3"):
            self.skip_loudly("no sqlite3 shell to break a store with")
        with box_office(EXECUTABLE, data=self.folder) as (endpoints, _, _):
            self.assertEqual(buy(endpoints).status, 200)
        subprocess.run(["sqlite3", str(self.folder / "taquilla.db"), "DELETE FROM charges"],
                       check=True, timeout=30)
        self.expect(run("audit", "--data", str(self.folder)), 1, "BROKEN")


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main(verbosity=2)

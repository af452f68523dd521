"""Goal: mails reach a real SMTP server once each; what it refuses for good bounces; a server that is away
costs time and no mail.

Method: taquilla beside aiosmtpd, which notes what it takes and refuses what the test tells it to.
usage: smtp_test.py TAQUILLA
"""
import contextlib
import email
import email.policy
import os
import pathlib
import socket
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
from client import NO_LIMIT, ask, box_office, buy, nothing_left, skip, wait_until  # noqa: E402

try:
    from aiosmtpd.controller import Controller
except ImportError:
    skip("python3-aiosmtpd is not installed: no SMTP server to test against")

EXECUTABLE = None


class Postbox:
    """An SMTP handler: takes everything but what `refuse` answers otherwise."""

    def __init__(self):
        self.taken, self.refuse = [], {}
        self.of_senders = self.of_messages = "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.of_senders.startswith("250"):
            envelope.mail_from = address
        return self.of_senders

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if self.of_messages.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return self.of_messages


@contextlib.contextmanager
def unfriendly(port, greeting):
    """A server that says no more than its greeting, to whoever calls."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", port)) as door:
        door.settimeout(0.05)
        callers = []

        def serve():
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    callers.append(door.accept()[0])
                    callers[-1].sendall(greeting)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield callers
        finally:
            stop.set()
            thread.join()
            for caller in callers:
                caller.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Smtp(unittest.TestCase):
    def setUp(self):
        self.postbox, self.port, self.server = Postbox(), free_port(), None
        self.addCleanup(self.close)

    def open(self, **options):
        self.server = Controller(self.postbox, hostname="127.0.0.1", port=self.port, **options)
        self.server.start()

    def close(self):
        if self.server:
            self.server.stop()
            self.server = None

    @staticmethod
    def waiting(at, wanted):
        """The mails of the outbox of which `wanted` is true."""
        due = ask(at["notification"], "GET", "/api/notifications/outbox").json["due"]
        return [mail for mail in due if wanted(mail)]

    def office(self, *further, data=None):
        return box_office(EXECUTABLE, "--set", f"notifications.smtp_url=smtp://127.0.0.1:{self.port}",
                          "--set", "notifications.smtp_from=taquilla@example.org",
                          "--set", "notifications.backoff_base_ms=50",
                          "--set", "notifications.backoff_cap_ms=200", *further, data=data)

    def test_each_reservation_sends_one_readable_mail(self):
        self.open()
        with self.office() as (at, _, _):
            for number, seat in enumerate(("A1", "A2", "A3"), start=1):
                self.assertEqual(buy(at, seat, f"buyer{number}@example.org").status, 200)
            wait_until(lambda: len(self.postbox.taken) == 3 and nothing_left(at), "three mails")
        self.assertEqual(len(self.postbox.taken), 3)
        for number, (sender, to, message) in enumerate(
                sorted(self.postbox.taken, key=lambda taken: taken[1]), start=1):
            self.assertEqual((sender, to), ("taquilla@example.org", [f"buyer{number}@example.org"]))
            self.assertRegex(message["Message-ID"], r"^<\d+-confirmed@taquilla>$")
            self.assertTrue(message["Subject"])
            self.assertIsNotNone(message["Date"].datetime)
            self.assertEqual(message.get_content_charset(), "utf-8")
            self.assertIn("EVT-001", message.get_content())

    def test_a_recipient_that_is_refused_for_good_bounces_and_others_are_served(self):
        self.postbox.refuse["gone@example.org"] = "550 5.1.1 no such user"
        self.open()
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "B1", "gone@example.org").status, 200)
            self.assertEqual(buy(at, "B2", "here@example.org").status, 200)
            wait_until(lambda: len(self.postbox.taken) == 1, "the other mail")
            dead = wait_until(lambda: self.waiting(at, lambda m: m["dead"]), "the bounce is shown")
            self.assertEqual((dead[0]["to"], dead[0]["reason"]), ("gone@example.org", "mail_undeliverable"))
            self.assertEqual(len(self.postbox.taken), 1)

    def test_a_message_that_is_refused_for_good_bounces(self):
        self.postbox.of_messages = "554 5.7.1 we do not like what it says"
        self.open()
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "B3", "picky@example.org").status, 200)
            dead = wait_until(lambda: self.waiting(at, lambda m: m["dead"]), "the bounce is shown")
            self.assertEqual(dead[0]["reason"], "mail_undeliverable")

    def test_a_server_that_refuses_everybody_says_nothing_about_a_mail(self):
        with unfriendly(self.port, b"554 5.3.2 no service today\r\n"), self.office() as (at, _, _):
            self.assertEqual(buy(at, "B4", "patient@example.org").status, 200)
            tried = wait_until(lambda: self.waiting(at, lambda m: m["attempts"] >= 2), "two attempts")
            self.assertEqual((tried[0]["dead"], tried[0]["reason"]), (False, "notification_unavailable"))

    def test_what_was_said_of_one_mail_is_not_held_against_the_next(self):
        self.postbox.refuse["gone@example.org"] = "550 5.1.1 no such user"
        self.open()
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "F1", "gone@example.org").status, 200)
            wait_until(lambda: self.waiting(at, lambda m: m["dead"]), "the bounce is shown")
            self.close()
            with unfriendly(self.port, b"554 5.3.2 no service today\r\n"):
                self.assertEqual(buy(at, "F2", "next@example.org").status, 200)
                wait_until(lambda: self.waiting(at, lambda m: m["to"].startswith("next") and m["attempts"] >= 2),
                           "two attempts")
                self.assertEqual([m["dead"] for m in self.waiting(at, lambda m: m["to"].startswith("next"))],
                                 [False])

    def test_a_server_that_takes_nothing_from_us_gets_all_when_it_does(self):
        self.postbox.of_senders = "530 5.7.0 Must issue a STARTTLS command first"
        self.open()
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "B7", "early@example.org").status, 200)
            tried = wait_until(lambda: self.waiting(at, lambda m: m["attempts"] >= 2), "two attempts")
            self.assertFalse(tried[0]["dead"])
            self.postbox.of_senders = "250 OK"
            wait_until(lambda: nothing_left(at), "it is delivered")
        self.assertEqual(len(self.postbox.taken), 1)

    def test_a_mail_that_bounced_is_tried_anew_by_the_next_process(self):
        self.postbox.refuse["away@example.org"] = "550 5.1.1 no such user"
        self.open()
        with tempfile.TemporaryDirectory() as folder:
            with self.office(data=folder) as (at, _, _):
                self.assertEqual(buy(at, "B8", "away@example.org").status, 200)
                wait_until(lambda: self.waiting(at, lambda m: m["dead"]), "the bounce is shown")
            self.postbox.refuse.clear()
            with self.office(data=folder):
                wait_until(lambda: self.postbox.taken, "it is delivered")

    def test_a_server_that_says_nothing_does_not_hold_up_the_stop(self):
        with unfriendly(self.port, b"") as callers:
            with self.office() as (at, process, _):
                self.assertEqual(buy(at, "B5", "quiet@example.org").status, 200)
                wait_until(lambda: callers, "the server is called")
                asked_at = time.monotonic()
                process.terminate()
                self.assertEqual(process.wait(30), 0)
                self.assertLess(time.monotonic() - asked_at, 10, "the limit of one mail is 20 s")

    def test_a_server_that_says_nothing_is_given_up_in_time_and_called_again(self):
        # Each of the two limits alone; the other one is a minute.
        for limit, other in (("smtp_timeout_ms", "smtp_connect_timeout_ms"),
                             ("smtp_connect_timeout_ms", "smtp_timeout_ms")):
            with self.subTest(limit), unfriendly(self.port, b"") as callers, \
                    self.office("--set", f"notifications.{limit}=100", "--set", f"notifications.{other}=60000",
                                "--set", "notifications.patience_ms=61000") as (at, _, _):
                self.assertEqual(buy(at, "B9", "waiting@example.org").status, 200)
                wait_until(lambda: len(callers) >= 2, "it is called a second time")
                tried = wait_until(lambda: self.waiting(at, lambda m: m["attempts"]), "an attempt has failed")
                self.assertEqual((tried[0]["dead"], tried[0]["reason"]), (False, "notification_unavailable"))

    def test_proxies_of_the_environment_are_not_asked(self):
        self.open()
        nobody = f"http://127.0.0.1:{free_port()}"
        proxies = {"ALL_PROXY": nobody, "all_proxy": nobody, "smtp_proxy": nobody}
        with unittest.mock.patch.dict(os.environ, proxies), self.office() as (at, _, _):
            self.assertEqual(buy(at, "B6", "direct@example.org").status, 200)
            wait_until(lambda: nothing_left(at), "it is delivered")
        self.assertEqual(len(self.postbox.taken), 1)

    def test_more_mails_than_its_queue_holds_are_all_sent_in_the_end(self):
        self.open()
        with self.office(*NO_LIMIT, "--set", "notifications.batch=20") as (at, _, _):
            for number in range(1, 41):
                self.assertEqual(buy(at, f"C{number + 1}", f"crowd{number}@example.org").status, 200)
            wait_until(lambda: nothing_left(at), "all are delivered")
        recipients = [to[0] for _, to, _ in self.postbox.taken]
        self.assertEqual(len(recipients), 40)
        self.assertEqual(len(set(recipients)), 40)

    def test_a_recipient_that_is_refused_for_now_is_tried_again(self):
        self.postbox.refuse["grey@example.org"] = "451 4.7.1 greylisted"
        self.open()
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "C1", "grey@example.org").status, 200)
            wait_until(lambda: self.waiting(at, lambda m: m["attempts"] >= 2), "it is tried again")
            self.assertEqual(self.postbox.taken, [])
            self.postbox.refuse.clear()
            wait_until(lambda: nothing_left(at), "it is delivered")
        self.assertEqual(len(self.postbox.taken), 1)

    def test_a_password_is_never_sent_in_clear(self):
        seen = []
        self.open(authenticator=lambda *asked: seen.append(asked), auth_require_tls=False)
        with self.office("--set", f"notifications.smtp_url=smtp://me:secret@127.0.0.1:{self.port}") \
                as (at, _, _):
            self.assertEqual(buy(at, "E1", "safe@example.org").status, 200)
            wait_until(lambda: self.waiting(at, lambda m: m["attempts"] >= 2), "two attempts without STARTTLS")
        self.assertEqual((seen, self.postbox.taken), ([], []))

    def test_a_server_that_is_away_gets_the_mail_once_when_it_is_back(self):
        with self.office() as (at, _, _):
            self.assertEqual(buy(at, "D1", "late@example.org").status, 200)
            wait_until(lambda: self.waiting(at, lambda m: m["attempts"] >= 2), "two attempts without a server")
            self.open()
            wait_until(lambda: nothing_left(at), "it is delivered")
            self.close()
        self.assertEqual([to for _, to, _ in self.postbox.taken], [["late@example.org"]])


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main(verbosity=2)

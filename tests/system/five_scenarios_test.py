"""Goal: the five scenarios of the original play word for word against the real executable.

Method: one box office for all; each scenario breaks one thing, buys, heals, buys again, and then looks
at seats, charges and mails over the API. usage: five_scenarios_test.py TAQUILLA
"""
import sys
import time
import unittest

from client import ORIGINAL, ask, box_office, buy, chaos, nothing_left, wait_until

EXECUTABLE = None


class FiveScenarios(unittest.TestCase):
    def setUp(self):
        self.office = box_office(EXECUTABLE)
        self.at, self.process, self.folder = self.office.__enter__()

    def tearDown(self):
        wait_until(lambda: nothing_left(self.at), "nothing is left open")
        self.office.__exit__(None, None, None)
        self.assertEqual(self.process.returncode, 0)

    def charges(self, state):
        page = ask(self.at["payment"], "GET", f"/api/payments/charges?state={state}").json
        return page["charges"]

    def mails(self, to):
        return ask(self.at["notification"], "GET",
                   f"/api/notifications/mailbox?to={to}&wait=10").json["messages"]

    def test_a_normal_reservation_is_answered_as_the_original_does(self):
        answer = ask(self.at["gateway"], "POST", "/api/reservations", ORIGINAL)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.body.decode(), '{"success":true,"reservationId":1,'
                                               '"message":"Reserva confirmada exitosamente"}')
        kept = ask(self.at["gateway"], "GET", "/api/reservations/1").json
        self.assertEqual((kept["state"], kept["seatId"]), ("confirmed", "A1"))
        self.assertEqual(len(self.charges("charged")), 1)
        self.assertEqual([m["reservationId"] for m in self.mails("test@email.com")], [1])

    def test_a_crashed_inventory_refuses_and_a_recovered_one_sells(self):
        chaos(self.at, "inventory", "crash")
        self.assertEqual(ask(self.at["gateway"], "GET", "/readyz").status, 200)
        faults = ask(self.at["gateway"], "GET", "/health").json["faults"]
        self.assertEqual([(f["service"], f["kind"]) for f in faults], [("inventory", "crash")])
        refused = buy(self.at)
        self.assertEqual(refused.status, 503)
        self.assertFalse(refused.json["success"])
        self.assertEqual(refused.json["message"], "Servicio de inventario no disponible")
        chaos(self.at, "inventory", "recover")
        self.assertEqual(buy(self.at).status, 200)
        self.assertEqual(len(self.charges("charged")), 1)

    def test_a_slow_payment_fails_after_three_attempts_and_frees_the_seat(self):
        chaos(self.at, "payment", "slow?delay=20")
        began = time.monotonic()
        answer = buy(self.at)
        took = time.monotonic() - began
        self.assertEqual(answer.status, 504)
        self.assertTrue(14 < took < 18, f"took {took:.1f} s")
        chaos(self.at, "payment", "normal")
        self.assertEqual(buy(self.at).status, 200)
        wait_until(lambda: nothing_left(self.at), "what was charged late is voided")
        self.assertEqual(len(self.charges("charged")), 1)

    def test_a_flood_of_one_purchase_passes_six_times_and_is_one_purchase(self):
        statuses, ids = [], set()
        for _ in range(15):
            answer = buy(self.at)
            statuses.append(answer.status)
            if answer.status == 200:
                ids.add(answer.json["reservationId"])
            else:
                self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(statuses[:6], [200] * 6)
        self.assertIn(429, statuses[6:])
        self.assertEqual(set(statuses), {200, 429})
        self.assertEqual(len(ids), 1)
        self.assertEqual(len(self.charges("charged")), 1)

    def test_lost_mail_costs_no_reservation_and_comes_once_when_mail_is_back(self):
        chaos(self.at, "notification", "disable")
        answer = buy(self.at)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json["message"], "Reserva confirmada exitosamente")
        wait_until(lambda: ask(self.at["notification"], "GET",
                               "/api/notifications/outbox").json["due"], "the mail waits")
        chaos(self.at, "notification", "enable")
        self.assertEqual(len(self.mails("test@email.com")), 1)
        wait_until(lambda: nothing_left(self.at), "the outbox is empty")
        self.assertEqual(len(self.mails("test@email.com")), 1)


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    unittest.main(verbosity=2)

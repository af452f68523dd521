"""Goal: the console tells the truth while everything changes, and no click of the operator is lost.

Method: the real page in a real chromium, clicked with real mouse events, while the box office is
asked, broken and restarted behind its back. usage: console_test.py TAQUILLA
"""
import concurrent.futures
import contextlib
import json
import pathlib
import sys
import tempfile
import unittest

from browser import Browser, find_chromium
from client import NO_LIMIT, Client, ask, box_office, buy, chaos, free_offset, wait_until

EXECUTABLE = None
ROWS = "ABCDEFGHIJKLMNO"
EVENT = "Concierto de apertura con un nombre muy largo que ninguna columna estrecha puede contener"
BUYER = "test@email.com"  # who buys in the console
RATIO = """((border, back) => {
    const light = (css) => css.match(/[0-9.]+/g).slice(0, 3).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const [a, b] = [light(border), light(back)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); })"""
browser, house, at = None, None, None


def setUpModule():
    """One browser and one box office for most checks, with a hall of 3,000 seats."""
    global browser, house, at
    browser = Browser()
    unittest.addModuleCleanup(browser.close)
    house = contextlib.ExitStack()
    unittest.addModuleCleanup(house.close)
    folder = pathlib.Path(house.enter_context(tempfile.TemporaryDirectory()))
    venue = folder / "venue.json"
    venue.write_text(json.dumps({"events": [{"id": "EVT-001", "name": EVENT, "rows": list(ROWS),
                                             "seatsPerRow": 200}]}))
    at, _, _ = house.enter_context(box_office(EXECUTABLE, *NO_LIMIT, "--set",
                                              f"venue.file={venue}"))


def seat(name):
    return f"document.querySelector('#seats [aria-label^=\"{name},\"]')"


def button(service, text):
    """A button of a service's card, by what is written on it."""
    return (f"[...document.querySelectorAll('.card button')].find((b) => b.innerText === '{text}'"
            f" && b.closest('.card').querySelector('h3').innerText === '{service}')")


def card(service):
    return (f"[...document.querySelectorAll('.card')].find((c) => c.querySelector('h3').innerText"
            f".startsWith('{service}')).innerText")


def in_view(selector):
    return f"""(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect();
        return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight; }})()"""


class Console(unittest.TestCase):
    def tearDown(self):
        for service in ("inventory", "payment", "notification"):
            chaos(at, service, "recover")

    def look(self, endpoints=None, **size):
        """The console in a tab of its own, as soon as it shows seats; complaints fail the check."""
        page = browser.open((endpoints or at)["gateway"] + "/", **size)
        self.addCleanup(lambda: self.assertEqual(page.troubles, []))
        self.addCleanup(lambda: page.command("Page.close"))
        page.wait(f"!!{seat('A1')} && !!{button('Pagos', 'Recuperar')}", "seats and orders")
        return page

    def click(self, page, element):
        page.wait(f"!!{element}", element)
        page.click(element)

    # -- buying -------------------------------------------------------------------------------

    def test_a_click_buys_and_the_result_and_the_story_are_seen(self):
        page = self.look()
        self.click(page, seat("O90"))  # far down the map
        page.wait_text("#outcome-text", "✔ O90: Reserva confirmada")
        self.assertTrue(page.value(in_view("#outcome-text")))
        page.wait(in_view("#story-title"), "the story in view")
        page.wait_text("#timeline", "confirmada")
        page.wait(f"{seat('O90')}.className === 'seat sold'", "the seat is sold")
        page.wait_text("#mail", "asiento O90")
        page.wait_text("#timeline", "correo entregado")
        self.look().wait_text("#log", "confirmada: EVT-001 O90")  # who comes later sees it too

    def test_a_failed_purchase_says_why_and_tells_its_own_story(self):
        page = self.look()
        self.click(page, seat("B1"))
        page.wait_text("#timeline", "confirmada")
        self.click(page, button("Pagos", "Rechaza pagos"))
        page.wait(f"{card('Pagos')}.includes('Rechaza pagos (payment#')", "the fault on its card")
        page.wait_text("#log", "puesto: Rechaza pagos, 60 s")
        self.click(page, seat("B2"))
        page.wait_text("#outcome-text", "✘ B2: Pago rechazado")
        page.wait_text("#story-title", "asiento B2")
        page.wait_text("#timeline", "fallida")
        self.click(page, button("Pagos", "Recuperar"))
        page.wait(f"!{card('Pagos')}.includes('payment#')", "the fault is gone from its card")

    def test_wrong_fields_are_named_with_their_reasons(self):
        page = self.look()
        self.click(page, seat("B3"))
        page.wait_text("#timeline", "confirmada")
        page.write("document.querySelector('#amount')", "mucho")
        self.click(page, seat("B4"))
        page.wait_text("#outcome-text", "amount: ")
        self.assertTrue(page.value("document.querySelector('#story').hidden"))

    def test_a_slow_purchase_says_at_once_that_it_is_under_way(self):
        chaos(at, "payment", "slow?delay=4")
        page = self.look()
        self.click(page, seat("B5"))
        page.wait_text("#outcome-text", "Comprando B5…", patience=3)
        page.wait_text("#under-way", "1 en curso", patience=3)
        page.wait_text("#outcome-text", "✔ B5")
        page.wait("document.querySelector('#under-way').innerText === ''", "nothing under way")

    # -- many at once -------------------------------------------------------------------------

    def test_no_click_and_no_focus_is_lost_while_much_is_sold(self):
        page = self.look()
        clicked = [f"K{n}" for n in range(1, 21)]

        def trade(row):
            client = Client(at["gateway"])
            for n in range(1, 101):
                if over:
                    break
                client.post("/api/reservations", {"eventId": "EVT-001", "seatId": f"{row}{n}",
                                                  "userEmail": "x@load.test", "amount": 5})
            client.close()

        over = []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for row in "CDEF":
                pool.submit(trade, row)
            for name in clicked:
                x, y = page.middle(seat(name))
                page.mouse("mousePressed", x, y)
                browser.hear(0.08)  # as long as a finger stays down
                page.mouse("mouseReleased", x, y)
            over.append(True)
        path = f"/api/reservations?userEmail={BUYER}&state=confirmed&limit=1000"
        wait_until(lambda: set(clicked) <= {row["seatId"] for row in ask(
            at["gateway"], "GET", path).json["reservations"]}, "every click has bought its seat")
        page.wait(f"{seat('K20')}.className === 'seat sold'", "the map has followed")
        self.assertEqual(page.value("document.activeElement.innerText"), "K20")

    def test_the_map_is_one_stop_of_the_tab_key_and_arrows_move_in_it(self):
        page = self.look()
        stops = "document.querySelectorAll('#seats [tabindex=\"0\"]').length"
        self.assertEqual(page.value(stops), 1)
        page.value(f"{seat('L1')}.focus()")
        page.key("ArrowRight")
        page.key("ArrowRight")
        self.assertEqual(page.value("document.activeElement.innerText"), "L3")
        page.key("ArrowDown")
        below = page.value("document.activeElement.innerText")
        self.assertNotEqual(below, "L3")
        self.assertEqual(page.value(stops), 1)
        page.key("Enter", "\r")
        page.wait_text("#outcome-text", f"✔ {below}: Reserva confirmada")
        self.assertEqual(page.value("document.activeElement.innerText"), below)

    def test_a_hall_of_more_than_a_page_is_shown_whole(self):
        page = self.look()
        self.assertEqual(page.value("document.querySelectorAll('#seats .seat').length"), 3000)
        self.assertEqual(page.text("#seats-cut"), "")

    def test_the_chosen_one_of_many_events_stays_chosen(self):
        with tempfile.TemporaryDirectory() as folder:
            venue = pathlib.Path(folder) / "venue.json"
            venue.write_text(json.dumps({"events": [
                {"id": f"EVT-{n:03}", "name": f"Función {n}", "rows": ["A"], "seatsPerRow": 5}
                for n in range(1, 151)]}))
            with box_office(EXECUTABLE, *NO_LIMIT, "--set", f"venue.file={venue}") as (there, _, _):
                page = self.look(there)
                chosen = "document.querySelector('#event')"
                page.wait(f"{chosen}.length === 150", "all events")
                page.value(f"{chosen}.value = 'EVT-140', "
                           f"{chosen}.dispatchEvent(new Event('change'))")
                self.click(page, seat("A1"))
                page.wait_text("#sold", "vendidos 1 de 5")
                self.assertEqual(page.value(f"{chosen}.value"), "EVT-140")
                kept = ask(there["gateway"], "GET", "/api/events/EVT-140").json
                self.assertEqual(kept["sold"], 1)

    def test_the_map_of_an_event_that_is_gone_takes_no_more_clicks(self):
        page = self.look()
        left = page.value("""import('/console/seats.js').then((seats) => {
            seats.showEvents([{ eventId: 'EVT-002', name: 'otro', seats: 1, sold: 0 }]);
            return document.querySelectorAll('#seats .seat').length; })""")
        self.assertEqual(left, 0)

    def test_a_purchase_of_unknown_outcome_is_not_told_as_failed(self):
        page = self.look()
        page.value("""import('/console/log.js').then((log) => log.logEvent({
            kind: 'reservation.refused', sequence: 1, data: { at: '2026-01-01T00:00:00Z',
              reservationId: 777777, subject: 'EVT-001 A7', detail: 'outcome_unknown' } }))""")
        page.wait_text("#log", "Reserva 777777 sin respuesta segura: EVT-001 A7, aún no se sabe")
        self.assertNotIn("Reserva 777777 fallida", page.text("#log"))

    # -- what breaks and heals behind the console's back --------------------------------------

    def test_a_fault_of_somebody_else_appears_and_ends_by_itself(self):
        page = self.look()
        chaos(at, "notification", "slow?delay=0.1&for=5")
        page.wait(f"{card('Notificaciones')}.includes('Lento (notification#')", "the fault")
        page.wait_text("#log", "puesto: Lento, 5 s")
        page.wait(f"!{card('Notificaciones')}.includes('notification#')", "its end")
        page.wait_text("#log", "acabado: Lento, se acabó su tiempo")

    def test_the_breaker_counts_down_and_its_rejections_are_followed(self):
        page = self.look()
        self.click(page, seat("M1"))
        page.wait_text("#outcome-text", "✔ M1")
        chaos(at, "inventory", "crash")
        for n in range(2, 8):
            buy(at, seat=f"M{n}")
        breaker = card("Cortacircuitos")
        page.wait(f"{breaker}.includes('abierto') && {breaker}.includes('rechazadas 1')", "open")
        first = page.wait(f"{breaker}.match(/próxima prueba en ([0-9]+) s/)?.[1]", "a countdown")
        page.wait(f"Number({breaker}.match(/prueba en ([0-9]+) s/)[1]) < {first}", "it goes on")
        buy(at, seat="M9")
        page.wait(f"{breaker}.includes('rechazadas 2')", "a rejection that nobody tells of")
        page.wait_text("#trouble", "Servicio de inventario no disponible")
        self.assertIn("✔ M1", page.text("#outcome-text"), "the background overwrites no result")
        chaos(at, "inventory", "recover")
        page.wait("document.querySelector('#trouble').innerText === ''", "all is well again")
        buy(at, seat="M10")  # the probe
        page.wait(f"{breaker}.includes('cerrado')", "it closes")

    def test_a_late_mail_of_an_old_reservation_is_shown(self):
        old = buy(at, seat="N1").json["reservationId"]

        def sell(row):
            client = Client(at["gateway"])
            for n in range(1 if row in "GHIJ" else 101, 201):
                client.post("/api/reservations", {"eventId": "EVT-001", "seatId": f"{row}{n}",
                                                  "userEmail": "x@mail.test", "amount": 5})
            client.close()

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(sell, "GHIJCDEF"))  # more than the thousand of a page
        page = self.look()
        ask(at["gateway"], "DELETE", f"/api/reservations/{old}")
        page.wait(f"document.querySelector('#mail li')?.innerText.includes('cancelada {old}:')",
                  "the cancellation, as the latest mail")
        page.wait("document.querySelectorAll('#mail li').length > 40", "the others are still there")

    # -- the server goes and comes ------------------------------------------------------------

    def test_it_is_live_again_after_a_restart_of_the_server(self):
        with tempfile.TemporaryDirectory() as data:
            place = {"offset": free_offset(), "data": f"{data}/d"}
            with box_office(EXECUTABLE, *NO_LIMIT, **place) as (there, _, _):
                page = self.look(there)
                page.wait_text("#link", "en vivo")
            page.wait("document.querySelector('#link').innerText !== 'en vivo'", "it has gone")
            self.click(page, seat("A2"))
            page.wait_text("#outcome-text", "no llegó respuesta")
            with box_office(EXECUTABLE, *NO_LIMIT, **place):
                page.wait_text("#link", "en vivo", patience=20)
                self.click(page, seat("A2"))
                page.wait_text("#outcome-text", "✔ A2")
                page.wait("document.querySelector('#trouble').innerText === ''", "up to date")

    def test_it_asks_again_for_a_stream_that_was_refused(self):
        with box_office(EXECUTABLE, "--set", "gateway.stream_clients=1") as (there, _, _):
            other = Client(there["gateway"])
            other.connection.request("GET", "/api/stream")
            held = other.connection.getresponse()  # a stream's connection is its answer's
            page = self.look(there)
            page.wait_text("#link", "sin conexión")
            held.close()
            other.close()
            page.wait_text("#link", "en vivo")

    # -- the operator's credential ------------------------------------------------------------

    def test_a_half_typed_credential_is_not_sent_and_a_wrong_one_not_twice(self):
        token = "abracadabra-abracadabra"
        bearer = {"Authorization": f"Bearer {token}"}
        with box_office(EXECUTABLE, "--set", f"gateway.admin_token={token}") as (there, _, _):
            page = browser.open(there["gateway"] + "/")
            page.wait("document.querySelector('#token-box')?.hidden === false", "it is asked for")
            field = "document.querySelector('#token')"

            def everything_is_read_again():
                ask(there["payment"], "POST", "/api/payments/chaos/slow?delay=0.1", None, bearer)
                page.wait(f"{card('Pagos')}.includes('Lento (payment#')", "what all may know of it")
                ask(there["payment"], "POST", "/api/payments/chaos/recover", None, bearer)
                page.wait(f"!{card('Pagos')}.includes('payment#')", "it is over")

            page.write(field, "abrac")
            everything_is_read_again()
            self.assertEqual(page.credentials, [])
            page.key("Enter", "\r")
            page.wait_text("#outcome-text", "✘ Credencial: Falta la credencial o no es válida")
            everything_is_read_again()
            self.assertEqual(page.credentials, ["Bearer abrac"])
            page.write(field, token)
            page.key("Enter", "\r")
            page.wait_text("#outcome-text", "✔ Credencial aceptada")
            self.click(page, button("Pagos", "Lento"))
            page.wait(f"{card('Pagos')}.includes('hasta')", "the fault with its end")
            self.assertEqual(page.troubles, [])
            page.command("Page.close")

    # -- looks --------------------------------------------------------------------------------

    def test_everything_is_in_the_first_screen_of_a_desktop_and_fits_a_phone(self):
        page = self.look()
        for n in range(1, 21):
            buy(at, seat=f"O{n}")
        self.click(page, seat("O21"))
        page.wait_text("#timeline", "correo entregado")
        page.wait("document.querySelectorAll('#log li').length > 40", "all boxes are full")
        for box in ("#seats-box", "#services-box", "#log-box", "#mail-box"):
            self.assertTrue(page.value(in_view(box)), box)
        page.resize(390, 844)
        page.wait("innerWidth === 390", "a phone")
        self.assertLessEqual(page.value("document.documentElement.scrollWidth"), 390)
        self.assertTrue(page.value(in_view("#outcome-text")))

    def test_the_edge_of_a_free_seat_can_be_seen(self):
        page = self.look()
        for dark in (False, True):
            page.resize(1280, 900, dark)
            page.wait(f"matchMedia('(prefers-color-scheme: dark)').matches === {str(dark).lower()}",
                      "the scheme")
            ratio = page.value(f"{RATIO}(getComputedStyle({seat('A1')}).borderColor,"
                               f"getComputedStyle(document.querySelector('section'))"
                               f".backgroundColor)")
            self.assertGreaterEqual(ratio, 3, f"dark: {dark}")


if __name__ == "__main__":
    EXECUTABLE = sys.argv.pop(1)
    find_chromium()
    unittest.main(verbosity=2)

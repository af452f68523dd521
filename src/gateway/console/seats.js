// The events and the map of one event's seats. A seat is a button for as long as its event is
// looked at; only its class and its label change. The whole map is one stop of the Tab key: inside
// it the arrow keys move.

import { read } from './api.js';
import { byId, keep, make, setText } from './dom.js';
import { say } from './outcome.js';
import { buy } from './purchase.js';
import { refreshSoon } from './refresh.js';
import { seatNames } from './words.js';

const pageSize = 1000, seatPagesMax = 5, eventPagesMax = 20;
let events = [], anyHeld = false;

/** True when a seat will become free by itself, which nobody tells of. */
export const someSeatIsHeld = () => anyHeld;

export function showEvents(list) {
  const before = byId('event').value;
  events = list;
  keep(byId('event'), events, (event) => event.eventId, (event) => {
    const option = make('option');
    option.value = event.eventId;
    return option;
  }, (option, event) => setText(option, `${event.eventId} ${event.name}`));
  if (byId('event').value !== before) eventHasChanged();
  const chosen = chosenEvent();
  if (chosen) setText(byId('sold'), `vendidos ${chosen.sold} de ${chosen.seats}`);
}
function chosenEvent() { return events.find((event) => event.eventId === byId('event').value); }

/** At once: a click must not buy the seat of that name in another event than it is drawn for. */
function eventHasChanged() {
  keep(byId('seats'), []);
  refreshSoon('seats');
}

/** Whatever the server lists under `key`, page by page. */
async function readPages(path, key, pagesMax) {
  const all = [];
  let after = '';
  for (let page = 0; page < pagesMax; ++page) {
    const body = await read(`${path}?limit=${pageSize}${after}`);
    all.push(...body[key]);
    if (body.next === null) break;
    after = '&after=' + encodeURIComponent(body.next);
  }
  return all;
}

export async function readEvents() {
  showEvents(await readPages('/api/events', 'events', eventPagesMax));
}

export async function readSeats() {
  const event = byId('event').value;
  if (!event) return;
  const path = `/api/events/${encodeURIComponent(event)}/seats`;
  const seats = await readPages(path, 'seats', seatPagesMax);
  if (event !== byId('event').value) return;  // the operator has moved on meanwhile
  showSeats(seats);
  const all = chosenEvent()?.seats || seats.length;
  setText(byId('seats-cut'), all <= seats.length ? ''
    : `Se muestran los primeros ${seats.length} de ${all} asientos.`);
}

function showSeats(seats) {
  anyHeld = seats.some((seat) => seat.state === 'held');
  const rows = new Map();
  for (const seat of seats) {
    const row = seat.seatId.replace(/[0-9]+$/, '');
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push(seat);
  }
  const map = byId('seats');
  keep(map, rows, ([row]) => row, () => make('div', undefined, 'seats-row'),
    (element, [, inRow]) => keep(element, inRow, (seat) => seat.seatId, makeSeat, showSeat));
  if (!map.querySelector('[tabindex="0"]')) setStop(map.querySelector('button'));
}

function makeSeat(seat) {
  const button = make('button', seat.seatId);
  button.type = 'button';
  button.tabIndex = -1;
  return button;
}
function showSeat(button, seat) {
  if (button.dataset.state === seat.state) return;
  button.dataset.state = seat.state;
  button.className = 'seat ' + seat.state;
  button.setAttribute('aria-label', `${seat.seatId}, ${seatNames[seat.state]}`);
  // Not `disabled`: that would take the focus from who stands on it.
  button.setAttribute('aria-disabled', String(seat.state !== 'free'));
}

// -- pointer and keys -------------------------------------------------------------------------

function pressed(event) {
  const button = event.target.closest('button');
  if (!button) return;
  const { state } = button.dataset;
  if (state === 'free') buy(button.textContent);
  else say(`${button.textContent} está ${seatNames[state]}`, 'warn');
}

function setStop(button) {
  byId('seats').querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
  button?.setAttribute('tabindex', '0');
}

/** The seat nearest to `from` in the next line as it is drawn, upwards or downwards. */
function across(from, direction) {
  const distance = (seat) => direction * (seat.offsetTop - from.offsetTop);
  const beyond = [...byId('seats').querySelectorAll('button')].filter((s) => distance(s) > 0);
  const line = Math.min(...beyond.map(distance));
  const aside = (seat) => Math.abs(seat.offsetLeft - from.offsetLeft);
  return beyond.filter((seat) => distance(seat) === line)
    .reduce((best, seat) => (best && aside(best) <= aside(seat) ? best : seat), null);
}

const moves = {
  ArrowLeft: (seat) => seat.previousElementSibling,
  ArrowRight: (seat) => seat.nextElementSibling,
  ArrowUp: (seat) => across(seat, -1),
  ArrowDown: (seat) => across(seat, 1),
  Home: (seat) => seat.parentElement.firstElementChild,
  End: (seat) => seat.parentElement.lastElementChild,
};

function moved(event) {
  const move = moves[event.key];
  if (!move || !event.target.matches('.seat')) return;
  event.preventDefault();
  move(event.target)?.focus();
}

export function startSeats() {
  const map = byId('seats');
  byId('event').addEventListener('change', eventHasChanged);
  map.addEventListener('click', pressed);
  map.addEventListener('keydown', moved);
  map.addEventListener('focusin', (event) => setStop(event.target));
}

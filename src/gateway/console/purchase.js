// Buying a seat, and the story of the reservation that came of it.

import { ask, sentence } from './api.js';
import { byId, make, setText } from './dom.js';
import { perform, say } from './outcome.js';
import { clock, reasonNames, stepNames, word } from './words.js';

let lastClick = 0, shown = null;

/** Sends the order as it was typed: a number of JavaScript would lose the zero of "50.00". */
function orderText(seat) {
  const amount = byId('amount').value.trim();
  const order = JSON.stringify({
    eventId: byId('event').value, seatId: seat, userEmail: byId('email').value,
  });
  const plain = /^[0-9]+(\.[0-9]+)?$/.test(amount) ? amount : JSON.stringify(amount);
  return order.slice(0, -1) + ',"amount":' + plain + '}';
}

export function buy(seat) {
  if (!byId('buyer').reportValidity()) return;
  const click = ++lastClick;
  showNothing();
  perform(`Comprando ${seat}`, async () => {
    const { ok, status, body } = await ask('/api/reservations', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: orderText(seat),
    });
    const text = ok ? `${body.message}, número ${body.reservationId}` : sentence(body, status);
    say(`${ok ? '✔' : '✘'} ${seat}: ${text}`, ok ? 'good' : 'bad');
    // Of several purchases at once the one clicked last tells its story.
    if (click === lastClick && body.reservationId) await show(body.reservationId);
  }, 'Otro clic pregunta por la misma compra: nunca se cobra dos veces.');
}

function showNothing() {
  shown = null;
  byId('story').hidden = true;
}

async function show(id) {
  const click = lastClick;
  const { ok, body } = await ask('/api/reservations/' + id);
  if (!ok || click !== lastClick) return;  // by now another purchase is looked at
  shown = id;
  setText(byId('story-title'), `Historia de la reserva ${id}, asiento ${body.seatId}`);
  byId('timeline').replaceChildren(...body.timeline.map(stepLine));
  byId('story').hidden = false;
}

function stepLine(entry) {
  const line = make('li');
  const took = entry.lastedMs > 0 ? ` (${entry.lastedMs} ms)` : '';
  line.append(make('time', clock(entry.at)), ' ',
    make('strong', word(stepNames, entry.step)), `${took} ${word(reasonNames, entry.detail)} `);
  if (entry.fault) line.append(make('span', `fallo ${entry.fault}`, 'warn'));
  return line;
}

/** The story goes on after the answer: a mail is delivered, money is given back. */
export async function storyGoesOn(id) {
  if (id === shown) await show(id);
}

// The mailbox: what was delivered last. The API lists mail by the number of its reservation, so a
// late one stands far from the end of the list; that it was delivered is told by the stream, and
// then just that reservation's mail is fetched.

import { read } from './api.js';
import { byId, keep, make, setText } from './dom.js';
import { clock } from './words.js';

const shownMax = 50, spansMax = 4, spanMax = 500;
let mails = [];
const told = new Set();  // reservations that had a delivery we have not fetched yet

export function mailWasDelivered(reservation) {
  told.add(reservation);
  // More cannot be shown. A Set keeps the order of coming: the first was told of first.
  while (told.size > shownMax) told.delete(told.values().next().value);
}

/** A cursor of the mailbox is twice the number of the reservation, and one more for the second. */
async function mailOf(first, last) {
  const limit = 2 * (last - first + 1);
  return (await read(`/api/notifications/mailbox?after=${2 * first - 1}&limit=${limit}`)).messages;
}

/** Neighbours are fetched together: under load deliveries come in order and in numbers. */
function spansOf(reservations) {
  const spans = [];
  for (const id of [...reservations].sort((a, b) => a - b)) {
    const span = spans.at(-1);
    if (span && id - span.first < spanMax && id - span.last < shownMax) span.last = id;
    else spans.push({ first: id, last: id });
  }
  return spans;
}

/** Fetches what was told of. @return whether some of it is left for the next time. */
export async function readMail() {
  for (const { first, last } of spansOf(told).slice(-spansMax)) {
    add(await mailOf(first, last));
    for (const id of [...told]) if (id >= first && id <= last) told.delete(id);
  }
  return told.size > 0;
}

/** Once at the beginning: the mail of the reservations that were made last. */
export async function readLatestMail(reservations) {
  const first = Math.max(1, reservations - shownMax);
  add(await mailOf(first, first + 2 * shownMax));
}

function add(messages) {
  const all = new Map(mails.map((mail) => [mail.messageId, mail]));
  for (const mail of messages) all.set(mail.messageId, mail);
  const when = (mail) => Date.parse(mail.deliveredAt);
  mails = [...all.values()].sort((a, b) => when(b) - when(a)).slice(0, shownMax);
  keep(byId('mail'), mails, (mail) => mail.messageId, makeMail, () => {});
  setText(byId('no-mail'), mails.length > 0 ? '' : 'Todavía no hay correo entregado.');
}

function makeMail(mail) {
  const item = make('li');
  item.append(make('time', clock(mail.deliveredAt)), ' ', make('strong', mail.subject),
    ` para ${mail.to}`);
  item.title = mail.body;
  return item;
}

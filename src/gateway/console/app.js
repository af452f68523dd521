// The live console. State comes from GET /api/stream (a snapshot, then a line per event); what a
// line changes is read again over REST. While something is broken it is also read every other
// second, because a countdown, a hold or a rejected purchase announces nothing.

import { byId } from './dom.js';
import { logEvent, logLine, startLog } from './log.js';
import { mailWasDelivered, readLatestMail, readMail } from './mail.js';
import { storyGoesOn } from './purchase.js';
import { refreshSoon, startRefresh, troubled } from './refresh.js';
import { readEvents, readSeats, showEvents, someSeatIsHeld, startSeats } from './seats.js';
import { isRestless, knowHealth, knowTables, readHealth, readKinds, readTables, showProbe,
  reservationsStored, startServices } from './services.js';
import { isLive, startStream } from './stream.js';
import { startToken } from './token.js';

const pollMs = 2000, tickMs = 250;

/** What an event of each family makes out of date. */
const changes = {
  reservation: ['seats', 'events', 'health'],
  mail: ['mail', 'health'],
  fault: ['health', 'faults'],
  breaker: ['health'],
  actor: ['health', 'faults', 'seats', 'events'],
};
const everything = ['health', 'events', 'faults', 'seats', 'mail'];
let latestMailRead = false;

async function mailPart() {
  if (await readMail()) refreshSoon('mail');
  if (latestMailRead) return;
  const stored = reservationsStored();
  // As a trouble it is tried again, after the health.
  if (stored === null) throw new Error('aún no se sabe cuántas reservas hay');
  await readLatestMail(stored);
  latestMailRead = true;
}

function snapshot(seen) {
  byId('version').textContent = seen.version;
  if (seen.health) knowHealth(seen.health);
  latestMailRead = false;  // nobody told us what was delivered while we did not listen
  knowTables(seen.services);
  showEvents(seen.events);
  refreshSoon(...everything);
}

function line(event) {
  logEvent(event);
  const { reservationId } = event.data;
  if (event.kind === 'mail.delivered') mailWasDelivered(reservationId);
  if (reservationId) storyGoesOn(reservationId).catch(() => refreshSoon('health'));
  refreshSoon(...(changes[event.kind.split('.')[0]] || []));
}

function poll() {
  if (document.hidden) return;
  refreshSoon(...troubled());
  if (isRestless()) refreshSoon('health', 'faults', 'events');
  if (someSeatIsHeld()) refreshSoon('seats');
  if (!isLive()) refreshSoon(...everything);
}

startServices();
startSeats();
startLog();
startToken(() => refreshSoon('faults'));
startRefresh({
  kinds: readKinds, health: readHealth, events: readEvents, faults: readTables, seats: readSeats,
  mail: mailPart,
});
byId('event').addEventListener('change', () => refreshSoon('events'));
byId('buyer').addEventListener('submit', (event) => event.preventDefault());
refreshSoon('kinds', ...everything);
startStream({
  snapshot, line, skipped: (count) => logLine(`se perdieron ${count} sucesos`, 'warn'),
});
setInterval(poll, pollMs);
setInterval(showProbe, tickMs);

// The cards of the services and of the circuit breaker, and the buttons that break and heal. The
// cards are built once; what is known of them is written into them.

import { ask, credential, read, sentence } from './api.js';
import { byId, keep, make, setBadge, setText } from './dom.js';
import { perform, say } from './outcome.js';
import { wantToken } from './token.js';
import { clock, kindNames, partOfService, serviceNames, stateNames, word } from './words.js';

const aliases = new Set(['normal', 'enable']);  // further names of "recover"
const cards = {};
let health = null, tables = {}, nextProbeAt = null;

// -- what is known ----------------------------------------------------------------------------

export function knowHealth(seen) {
  health = seen;
  // The clock of the server is not ours: what counts is how long it was when we heard of it.
  nextProbeAt = performance.now() + health.breaker.retryAfterMs;
  showServices();
}
export function knowTables(list) {
  for (const table of list) tables[table.service] = table;
  showServices();
}

export async function readHealth() {
  const { status, body } = await ask('/health');
  if (!body.parts) throw new Error(sentence(body, status));  // 503 with parts is an answer
  knowHealth(body);
}

/** One after the other: a credential that is no longer good is refused once, not three times. */
export async function readTables() {
  if (credential.wanted && !credential.token) return;
  for (const name of Object.keys(serviceNames)) {
    const { ok, status, body } = await ask(`/api/${name}/chaos`, { guarded: true });
    if (status === 401) return wantToken();
    if (!ok) throw new Error(sentence(body, status));
    knowTables([body]);
  }
}

/** True while something is broken, so that what is shown changes without anybody telling. */
export function isRestless() {
  if (!health) return true;
  return health.breaker.state !== 'closed' || health.faults.length > 0 ||
    health.parts.some((part) => part.state !== 'up') || health.purchasesInFlight > 0 ||
    health.store.outboxDue > 0;
}

/** How many reservations there are, about; null as long as nobody has said. */
export const reservationsStored = () => (health ? health.store.reservations : null);

/** The faults of a service. Without the credential only what /health tells everybody. */
function faultsOf(name) {
  const secret = credential.wanted && !credential.token;
  if (!secret && tables[name]) return tables[name].chaos;
  return health ? health.faults.filter((fault) => fault.service === name) : [];
}

// -- what is shown ----------------------------------------------------------------------------

function showServices() {
  for (const name of Object.keys(serviceNames)) if (cards[name]) showCard(name);
  if (!health) return;
  showBreaker();
  setBadge(byId('ready'), health.ready ? 'lista' : 'no lista', health.ready ? 'good' : 'bad');
  const { outboxDue, outboxDead } = health.store;
  setText(byId('waiting'), `por entregar ${outboxDue} · sin entrega posible ${outboxDead}`);
}

function showCard(name) {
  const { badge, restarts, faults } = cards[name];
  const part = health && health.parts.find((one) => one.name === partOfService[name]);
  const set = faultsOf(name);
  if (part && part.state !== 'up') setBadge(badge, word(stateNames, part.state), 'bad');
  else if (set.length > 0) setBadge(badge, 'con fallos', 'warn');
  else setBadge(badge, 'en marcha', 'good');
  setText(restarts, part?.restarts > 0 ? `reinicios: ${part.restarts}` : '');
  keep(faults, set, (fault) => fault.id, () => make('li'), (item, fault) =>
    setText(item, `${word(kindNames, fault.kind)} (${fault.id}): tocó ${fault.touched}` +
      (fault.endsAt ? `, hasta ${clock(fault.endsAt)}` : '')));
}

function showBreaker() {
  const { breaker, purchasesInFlight } = health;
  const mood = breaker.state === 'closed' ? 'good' : 'bad';
  setBadge(cards.breaker.badge, word(stateNames, breaker.state), mood);
  setText(cards.breaker.counts, `fallos seguidos ${breaker.consecutiveFailures} · ` +
    `aperturas ${breaker.trips} · rechazadas ${breaker.rejected}`);
  setText(cards.breaker.underWay, `compras en curso ${purchasesInFlight}`);
  showProbe();
}

/** Counts down by itself between two answers of the server. */
export function showProbe() {
  if (!health) return;
  const left = nextProbeAt - performance.now();
  const waits = health.breaker.retryAfterMs > 0 && left > 0;
  const open = health.breaker.state === 'open' || health.breaker.state === 'half_open';
  setText(cards.breaker.probe, waits ? `próxima prueba en ${Math.ceil(left / 1000)} s`
    : open ? 'próxima prueba: la próxima compra' : '');
}

// -- building ---------------------------------------------------------------------------------

function makeCard(title) {
  const card = make('div', undefined, 'card');
  const head = make('div', undefined, 'card-head');
  const badge = make('span', '', 'badge');
  const restarts = make('small');
  head.append(make('h3', title), badge, restarts);
  card.append(head);
  byId('services').append(card);
  return { card, badge, restarts };
}

function buildService(name) {
  const parts = makeCard(serviceNames[name]);
  parts.buttons = make('div', undefined, 'buttons');
  // Below the buttons: a list that grows must not push them from under the pointer.
  parts.faults = make('ul', undefined, 'faults');
  parts.card.append(parts.buttons, parts.faults);
  cards[name] = parts;
}

function buildBreaker() {
  const parts = makeCard('Cortacircuitos de inventario');
  for (const line of ['counts', 'probe', 'underWay']) {
    parts[line] = make('p');
    parts.card.append(parts[line]);
  }
  cards.breaker = parts;
}

/** What each service can be ordered is written in the API's description. */
export async function readKinds() {
  const { paths } = await read('/openapi.json');
  for (const name of Object.keys(serviceNames)) {
    const { parameters } = paths[`/api/${name}/chaos/{kind}`].post;
    const { description } = parameters.find((parameter) => parameter.name === 'kind');
    const kinds = description.split(', ').filter((kind) => !aliases.has(kind));
    keep(cards[name].buttons, kinds, (kind) => kind, (kind) => makeOrder(name, kind), () => {});
  }
}

function makeOrder(service, kind) {
  const button = make('button', word(kindNames, kind));
  button.type = 'button';
  button.addEventListener('click', () => order(service, kind));
  return button;
}

function order(service, kind) {
  const query = new URLSearchParams();
  if (kind === 'slow') query.set('delay', byId('delay').value);
  if (kind === 'flaky' || kind === 'lossy') query.set('rate', byId('rate').value);
  if (kind !== 'recover' && byId('lasting').value) query.set('for', byId('lasting').value);
  const what = `${serviceNames[service]}: ${word(kindNames, kind)}`;
  perform(what, async () => {
    const { ok, status, body } = await ask(`/api/${service}/chaos/${kind}?${query}`,
      { method: 'POST', guarded: true });
    if (status === 401) wantToken();
    if (ok) knowTables([body]);
    say(ok ? `✔ ${body.message}` : `✘ ${what}: ${sentence(body, status)}`, ok ? 'good' : 'bad');
  });
}

export function startServices() {
  for (const name of Object.keys(serviceNames)) buildService(name);
  buildBreaker();
}

// The live console. State comes from GET /api/stream (a snapshot, then a line per event); what a
// line changes is read again over REST, at most three times a second. Everything that is shown is
// put in as text, never as markup.
'use strict';

const logLinesMax = 200, mailShownMax = 50, pagesMax = 50, refreshMs = 350;
const serviceNames = {
  inventory: 'Inventario', payments: 'Pagos', notifications: 'Notificaciones',
};
const partOfService = {
  inventory: 'inventory', payments: 'payment', notifications: 'notification',
};
const kindNames = {
  crash: 'Caer', panic: 'Morir una vez', slow: 'Lento', flaky: 'Errores',
  lossy: 'Pierde respuestas', stall: 'No responde', decline: 'Rechaza pagos',
  bounce: 'Devuelve correo', disable: 'Desactivar', recover: 'Recuperar',
};
const aliases = new Set(['normal', 'enable']);  // further names of "recover"
const stateNames = {
  closed: 'cerrado', open: 'abierto', half_open: 'a prueba', forced_open: 'abierto a mano',
  ramping: 'subiendo', disabled: 'desactivado', up: 'en marcha', down: 'caído',
  starting: 'arrancando', restarting: 'rearrancando', gave_up: 'abandonado',
  stopping: 'parando', gone: 'parado',
};

const byId = (id) => document.getElementById(id);
const kindsOf = {};
let health = null, services = {}, mailCursor = '', stream = null, refreshing = null;

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}
function badge(element, text, className) {
  element.textContent = text;
  element.className = 'badge ' + className;
}

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (byId('token').value) headers.Authorization = 'Bearer ' + byId('token').value;
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) byId('token-box').hidden = false;
  const body = await answer.json();
  return { ok: answer.ok, body, header: (name) => answer.headers.get(name) };
}
/** The last page of a listing from `after` on, and the cursor it started from. */
async function lastPage(path, plural, after) {
  let list = [];
  for (let i = 0; i < pagesMax; ++i) {
    const cursor = after ? '&after=' + encodeURIComponent(after) : '';
    const { ok, body } = await ask(path + cursor);
    if (!ok) break;
    list = list.concat(body[plural]).slice(-mailShownMax);
    if (body.next === null) break;
    after = body.next;
  }
  return { list, after };
}

// -- services ---------------------------------------------------------------------------------

async function setChaos(service, kind) {
  const query = new URLSearchParams();
  if (kind === 'slow') query.set('delay', byId('delay').value);
  if (kind === 'flaky' || kind === 'lossy') query.set('rate', byId('rate').value);
  if (kind !== 'recover' && byId('lasting').value) query.set('for', byId('lasting').value);
  const { ok, body } = await ask(`/api/${service}/chaos/${kind}?${query}`, { method: 'POST' });
  if (ok) services[service] = body;
  tell(body);
  showServices();
}

function serviceCard(name) {
  const card = make('div', undefined, 'card');
  const table = services[name] || { down: false, chaos: [] };
  const part = health && health.parts.find((p) => p.name === partOfService[name]);
  const down = table.down || (part && part.state !== 'up');
  card.append(make('h3', serviceNames[name]));
  const fallen = part && part.state !== 'up' ? stateNames[part.state] || part.state : 'caído';
  const troubled = table.chaos.length > 0;
  const state = down ? fallen : troubled ? 'con fallos' : 'en marcha';
  card.append(make('span', state, 'badge ' + (down ? 'bad' : troubled ? 'warn' : 'good')));
  if (part) card.append(make('small', ` reinicios: ${part.restarts}`));
  const faults = make('ul', undefined, 'faults');
  for (const fault of table.chaos)
    faults.append(make('li', `${kindNames[fault.kind] || fault.kind} (${fault.id}): tocó ` +
      `${fault.touched}${fault.endsAt ? ', hasta ' + clock(fault.endsAt) : ''}`));
  card.append(faults);
  const buttons = make('div', undefined, 'buttons');
  for (const kind of kindsOf[name] || []) {
    const button = make('button', kindNames[kind] || kind);
    button.type = 'button';
    button.addEventListener('click', () => setChaos(name, kind));
    buttons.append(button);
  }
  card.append(buttons);
  return card;
}

function breakerCard() {
  const card = make('div', undefined, 'card');
  card.append(make('h3', 'Cortacircuitos de inventario'));
  if (!health) return card;
  const breaker = health.breaker;
  const good = breaker.state === 'closed';
  const state = stateNames[breaker.state] || breaker.state;
  card.append(make('span', state, 'badge ' + (good ? 'good' : 'bad')));
  card.append(make('p', `fallos seguidos ${breaker.consecutiveFailures} · ` +
    `aperturas ${breaker.trips} · rechazadas ${breaker.rejected}`));
  if (breaker.retryAfterMs > 0)
    card.append(make('p', `próxima prueba en ${(breaker.retryAfterMs / 1000).toFixed(1)} s`));
  card.append(make('p', `compras en curso ${health.purchasesInFlight}`));
  return card;
}

function showServices() {
  byId('services').replaceChildren(...Object.keys(serviceNames).map(serviceCard), breakerCard());
  if (!health) return;
  badge(byId('ready'), health.ready ? 'lista' : 'no lista', health.ready ? 'good' : 'bad');
  const store = health.store;
  byId('waiting').textContent =
    `por entregar ${store.outboxDue} · sin entrega posible ${store.outboxDead}`;
}

// -- seats ------------------------------------------------------------------------------------

function tell(body) {
  const outcome = byId('outcome');
  outcome.textContent = (body.success ? '✔ ' : '✘ ') + (body.message || '') +
    (body.detail ? ` (${body.code}: ${body.detail})` : '');
  outcome.className = body.success ? 'good' : 'bad';
}

async function buy(seat) {
  if (!byId('buyer').reportValidity()) return;
  const amount = byId('amount').value.trim();
  // The digits go as they were typed: a number of JavaScript would lose "50.00".
  const order = JSON.stringify({
    eventId: byId('event').value, seatId: seat, userEmail: byId('email').value,
  });
  const plain = /^[0-9]+(\.[0-9]+)?$/.test(amount) ? amount : JSON.stringify(amount);
  const { ok, body } = await ask('/api/reservations', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: order.slice(0, -1) + ',"amount":' + plain + '}',
  });
  tell(body);
  if (ok) showTimeline(body.reservationId);
  refreshSoon();
}

async function showTimeline(id) {
  const { ok, body } = await ask('/api/reservations/' + id);
  if (!ok) return;
  const rows = body.timeline.map((entry) => {
    const row = make('tr');
    const cells = [clock(entry.at), entry.step, entry.lastedMs, entry.detail, entry.fault || ''];
    row.append(...cells.map((text) => make('td', text)));
    return row;
  });
  byId('timeline').tBodies[0].replaceChildren(...rows);
  byId('timeline').hidden = false;
}

function seatButton(seat) {
  const button = make('button', seat.seatId, 'seat ' + seat.state);
  button.type = 'button';
  button.disabled = seat.state !== 'free';
  const state = { free: 'libre', held: 'retenido', sold: 'vendido' }[seat.state];
  button.setAttribute('aria-label', `${seat.seatId}, ${state}`);
  button.addEventListener('click', () => buy(seat.seatId));
  return button;
}

async function refreshSeats() {
  const event = byId('event').value;
  if (!event) return;
  const { ok, body } = await ask(`/api/events/${encodeURIComponent(event)}/seats?limit=1000`);
  if (!ok) return tell(body);
  const rows = new Map();
  for (const seat of body.seats) {
    const row = seat.seatId.replace(/[0-9]+$/, '');
    if (!rows.has(row)) rows.set(row, make('div', undefined, 'seats-row'));
    rows.get(row).append(seatButton(seat));
  }
  const map = byId('seats');
  const focused = map.contains(document.activeElement) ? document.activeElement.textContent : null;
  map.replaceChildren(...rows.values());
  if (focused) [...map.querySelectorAll('button')].find((b) => b.textContent === focused)?.focus();
}

function showEvents(events) {
  const select = byId('event');
  if (select.options.length !== events.length)
    select.replaceChildren(...events.map((event) => {
      const option = make('option', `${event.eventId} ${event.name}`);
      option.value = event.eventId;
      return option;
    }));
  const chosen = events.find((event) => event.eventId === select.value);
  if (chosen) byId('sold').textContent = `vendidos ${chosen.sold} de ${chosen.seats}`;
}

// -- log and mailbox --------------------------------------------------------------------------

function clock(iso) { return iso ? new Date(iso).toLocaleTimeString('es', { hour12: false }) : ''; }

function logLine(text, className) {
  if (byId('pause').checked) return;
  const log = byId('log');
  log.prepend(make('li', text, className));
  while (log.children.length > logLinesMax) log.lastChild.remove();
}

async function refreshMail() {
  const mailbox = '/api/notifications/mailbox?limit=1000';
  const { list, after } = await lastPage(mailbox, 'messages', mailCursor);
  mailCursor = after;
  byId('mail').replaceChildren(...list.reverse().map((mail) => {
    const item = make('li', `${clock(mail.deliveredAt)} ${mail.to}: ${mail.subject}`);
    item.title = mail.body;
    return item;
  }));
}

// -- the stream -------------------------------------------------------------------------------

async function refresh() {
  refreshing = null;
  try {
    const [state, events, ...tables] = await Promise.all([ask('/health'), ask('/api/events'),
      ...Object.keys(serviceNames).map((name) => ask(`/api/${name}/chaos`))]);
    if (state.body.parts) health = state.body;
    if (events.ok) showEvents(events.body.events);
    for (const table of tables) if (table.ok) services[table.body.service] = table.body;
    showServices();
    await Promise.all([refreshSeats(), refreshMail()]);
  } catch (problem) {
    logLine('no se pudo actualizar: ' + problem.message, 'bad');
  }
}
function refreshSoon() { refreshing = refreshing || setTimeout(refresh, refreshMs); }

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource('/api/stream');
  stream.addEventListener('open', () => badge(byId('link'), 'en vivo', 'good'));
  stream.addEventListener('error', () => badge(byId('link'), 'sin conexión', 'bad'));
  stream.addEventListener('snapshot', (event) => {
    const seen = JSON.parse(event.data);
    byId('version').textContent = seen.version;
    if (seen.health) health = seen.health;
    for (const table of seen.services) services[table.service] = table;
    showEvents(seen.events);
    showServices();
    refreshSoon();
  });
  stream.addEventListener('message', (event) => {
    const line = JSON.parse(event.data);
    logLine(`${line.sequence} ${line.kind} ${JSON.stringify(line.data)}`);
    refreshSoon();
  });
  stream.addEventListener('skipped', (event) =>
    logLine(`se perdieron ${JSON.parse(event.data).n} sucesos`, 'warn'));
  stream.addEventListener('bye', () => {
    hangUp();
    badge(byId('link'), 'servidor detenido', 'warn');
    setTimeout(listen, 5000);
  });
}
function hangUp() {
  if (stream) stream.close();
  stream = null;
}

// Browsers allow few connections per host: a tab that nobody looks at gives its own back.
document.addEventListener('visibilitychange', () => (document.hidden ? hangUp() : listen()));
byId('event').addEventListener('change', refresh);
byId('buyer').addEventListener('submit', (event) => event.preventDefault());

async function start() {
  const { body } = await ask('/openapi.json');
  for (const name of Object.keys(serviceNames)) {
    const { parameters } = body.paths[`/api/${name}/chaos/{kind}`].post;
    const kind = parameters.find((parameter) => parameter.name === 'kind');
    kindsOf[name] = kind.description.split(', ').filter((k) => !aliases.has(k));
  }
  showServices();
  listen();
}
start();

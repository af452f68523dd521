// What happens, a line each, in words.

import { byId, make } from './dom.js';
import { clock, endNames, kindNames, partNames, reasonNames, seconds, stateNames, word }
  from './words.js';

const linesMax = 200;
let pending = [], drawing = false;

const mail = (id) => id.replace('-confirmed', ' (entrada)').replace('-cancelled', ' (baja)');
const number = (d) => (d.reservationId ? ` ${d.reservationId}` : '');
const reason = (d) => {
  const [code, ...more] = (d.detail || '').split(', ');
  return [word(reasonNames, code), ...more].join(', ').replace('attempt', 'intento');
};
const more = (d) => (d.detail ? ` (${d.detail})` : '');

function faultSet(d) {
  const [kind, ...limits] = d.detail.split(', ');
  const said = limits.map((limit) => limit.replace(/^for (\d+) ms$/, (_, ms) => seconds(ms))
    .replace(/^(\d+) times$/, '$1 veces'));
  return `Fallo ${d.subject} puesto: ${[word(kindNames, kind), ...said].join(', ')}`;
}
function faultEnded(d) {
  const [kind, why] = d.detail.split(': ');
  return `Fallo ${d.subject} acabado: ${word(kindNames, kind)}, ${word(endNames, why)}`;
}
function faultTouched(d) {
  const [kind, ...whom] = d.detail.split(': ');
  // The number of a hold says nothing to people, and is twenty digits long.
  const touched = whom.join(': ').replace('reservation', 'reserva').replace('seat', 'asiento')
    .replace('mail', 'correo').replace(/ hold [0-9]+$/, '');
  return `Fallo ${d.subject} (${word(kindNames, kind)}) tocó ${touched}`;
}

/** kind -> [mood, what it says] */
const sayings = {
  'reservation.confirmed': ['good', (d) => `Reserva${number(d)} confirmada: ${d.subject}`],
  'reservation.refused': ['bad', (d) => `Reserva${number(d)} fallida: ${d.subject}, ${reason(d)}`],
  'reservation.unclear':
    ['warn', (d) => `Reserva${number(d)} sin respuesta segura: ${d.subject}, ${reason(d)}`],
  'reservation.cancelled': ['warn', (d) => `Reserva${number(d)} cancelada: ${d.subject || ''}`],
  'reservation.lost': ['bad', (d) => `Reserva perdida de vista: ${d.subject}`],
  'mail.delivered': ['good', (d) => `Correo entregado, reserva ${mail(d.subject)}`],
  'mail.postponed': ['warn', (d) => `Correo aplazado, reserva ${mail(d.subject)}: ${reason(d)}`],
  'mail.dead': ['bad', (d) => `Correo imposible, reserva ${mail(d.subject)}: ${reason(d)}`],
  'fault.set': ['warn', faultSet],
  'fault.ended': ['good', faultEnded],
  'fault.touched': ['warn', faultTouched],
  'actor.forgiven': ['good', (d) => `${word(partNames, d.subject)}: recuperado por orden`],
  'clerk.failed': ['bad', (d) => `Puerta HTTP: una pregunta falló${more(d)}`],
};

/** A refusal that leaves open what became of the purchase must not be told as a failure. */
const sayingOf = (kind, d) =>
  (kind === 'reservation.refused' && d.detail === 'outcome_unknown' ? 'reservation.unclear' : kind);

function wordsFor(told, d) {
  const kind = sayingOf(told, d);
  if (Object.hasOwn(sayings, kind)) return [sayings[kind][0], sayings[kind][1](d)];
  const [family, state] = kind.split('.');
  const mood = state === 'up' || state === 'closed' ? 'good' : 'warn';
  if (family === 'actor')
    return [mood, `${word(partNames, d.subject)}: ${word(stateNames, state)}${more(d)}`];
  if (family === 'breaker') return [mood, `Cortacircuitos ${word(stateNames, state)}${more(d)}`];
  return ['', [kind, d.subject, d.detail].filter(Boolean).join(' ')];
}

export function logEvent(line) {
  const [mood, text] = wordsFor(line.kind, line.data);
  add(line.data.at, text, mood, `${line.kind} ${line.sequence}`);
}
export function logLine(text, mood) { add(new Date().toISOString(), text, mood, ''); }

function add(at, text, mood, title) {
  pending.unshift({ at, text, mood, title });
  if (pending.length > linesMax) pending.pop();
  drawSoon();
}

/** Once a frame, however much happens; what comes during a pause is shown after it. */
function drawSoon() {
  if (drawing || byId('pause').checked) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const log = byId('log');
    log.prepend(...pending.map(makeLine));
    pending = [];
    while (log.children.length > linesMax) log.lastElementChild.remove();
  });
}

function makeLine({ at, text, mood, title }) {
  const item = make('li');
  item.append(make('time', clock(at)), ' ', make('span', text, mood));
  item.title = title;
  return item;
}

export function startLog() { byId('pause').addEventListener('change', drawSoon); }

// Reading again over REST what has changed. Parts are asked for by name, as often as one likes;
// they are read one after the other, so that purchases find a free connection (a browser has six),
// and after a rest, so that a busy server is not asked for more than can be looked at.

import { byId, setText } from './dom.js';

const restMs = 350;
const partNames = {
  kinds: 'órdenes', health: 'salud', events: 'eventos', faults: 'fallos', seats: 'asientos',
  mail: 'buzón',
};
const wanted = new Set(), troubles = new Map();
let readers = {}, timer = null, running = false;

/** @param table part -> how to read it, as an async function */
export function startRefresh(table) { readers = table; }

export function refreshSoon(...parts) {
  for (const part of parts) wanted.add(part);
  if (!timer && !running) timer = setTimeout(run, restMs);
}
/** Parts whose last reading failed. */
export const troubled = () => [...troubles.keys()];

async function run() {
  timer = null;
  running = true;
  const began = performance.now();
  const parts = [...wanted];
  wanted.clear();
  for (const part of parts) await attempt(part);
  showTroubles();
  running = false;
  // As long a rest as the work: a hall of many pages does not keep the server busy all the time.
  if (wanted.size > 0) timer = setTimeout(run, Math.max(restMs, performance.now() - began));
}

async function attempt(part) {
  try {
    await readers[part]();
    troubles.delete(part);
  } catch (problem) {
    troubles.set(part, problem.message);
  }
}

function showTroubles() {
  const partsBy = new Map();
  for (const [part, why] of troubles)
    partsBy.set(why, [...(partsBy.get(why) || []), partNames[part]]);
  const list = [...partsBy].map(([why, parts]) => `${parts.join(', ')}: ${why}`);
  setText(byId('trouble'), list.length > 0 ? `No está al día: ${list.join('; ')}` : '');
}

// The stream of events: opened while somebody looks, opened again when it breaks.
//
// A browser reconnects by itself when the connection breaks, but gives up for good when it gets
// another answer than a stream: then it is up to us, later and later.

import { byId, setBadge } from './dom.js';

const firstWaitMs = 1000, longestWaitMs = 30_000;
let source = null, timer = null, waitMs = firstWaitMs, lastSeen = '', live = false, heard = null;

export const isLive = () => live;

function show(text, mood) {
  live = mood === 'good';
  setBadge(byId('link'), text, mood);
}

function hangUp() {
  clearTimeout(timer);
  timer = null;
  source?.close();
  source = null;
}

function listenLater() {
  hangUp();
  timer = setTimeout(listen, waitMs);
  waitMs = Math.min(2 * waitMs, longestWaitMs);
}

function listen() {
  if (source || document.hidden) return;
  clearTimeout(timer);
  source = new EventSource('/api/stream?recent=50' + (lastSeen ? '&after=' + lastSeen : ''));
  source.addEventListener('open', () => show('en vivo', 'good'));
  source.addEventListener('error', (event) => {
    show('sin conexión', 'bad');
    if (event.target === source && source.readyState === EventSource.CLOSED) listenLater();
  });
  source.addEventListener('snapshot', (event) => {
    waitMs = firstWaitMs;
    lastSeen = event.lastEventId || lastSeen;
    heard.snapshot(JSON.parse(event.data));
  });
  source.addEventListener('message', (event) => {
    lastSeen = event.lastEventId;
    heard.line(JSON.parse(event.data));
  });
  source.addEventListener('skipped', (event) => heard.skipped(JSON.parse(event.data).n));
  source.addEventListener('bye', () => {
    listenLater();
    show('servidor detenido', 'warn');
  });
}

/** @param listeners { snapshot(state), line(event), skipped(count) } */
export function startStream(listeners) {
  heard = listeners;
  // Browsers allow few connections per host: a tab that nobody looks at gives its own back.
  document.addEventListener('visibilitychange', () => (document.hidden ? hangUp() : listen()));
  listen();
}

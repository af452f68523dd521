// The line below the header that says what became of what the operator did. It is always in view
// and always as high, so that nothing moves under the pointer when it changes. What goes on in the
// background is told elsewhere and never overwrites it.

import { byId, setClass, setText } from './dom.js';

const tickMs = 1000;
let begun = [];  // when each action that is still under way began

export function say(text, mood) {
  setText(byId('outcome-text'), text);
  setClass(byId('outcome'), mood);
}

function showUnderWay() {
  const waited = Math.floor((performance.now() - begun[0]) / 1000);
  const what = begun.length === 1 ? '1 en curso' : `${begun.length} en curso`;
  setText(byId('under-way'), begun.length > 0 ? `${what}, ${waited} s` : '');
}
setInterval(() => { if (begun.length > 0) showUnderWay(); }, tickMs);

/** Performs `work`, and says so, with `advice`, when it fails because nobody answered. */
export async function perform(what, work, advice = '') {
  const start = performance.now();
  say(`${what}…`, 'wait');
  begun.push(start);
  showUnderWay();
  try {
    await work();
  } catch (problem) {
    say(`✘ ${what}: no llegó respuesta (${problem.message}). ${advice}`, 'bad');
  } finally {
    begun.splice(begun.indexOf(start), 1);
    showUnderWay();
  }
}

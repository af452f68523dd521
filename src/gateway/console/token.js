// The credential of the operator, where the server wants one. It is used when it is complete and
// sent, never while it is typed: five wrong ones a minute are all that the server hears.

import { ask, credential, sentence } from './api.js';
import { byId, setText } from './dom.js';
import { perform, say } from './outcome.js';

export function wantToken() {
  byId('token-box').hidden = false;
  setText(byId('token-state'), 'hace falta');
}

function tryToken(token, then) {
  perform('Comprobando la credencial', async () => {
    const { ok, status, body } = await ask('/api/inventory/chaos', { guarded: true, token });
    if (!ok) return say(`✘ Credencial: ${sentence(body, status)}`, 'bad');
    credential.token = token;
    setText(byId('token-state'), 'aceptada');
    say('✔ Credencial aceptada', 'good');
    then();
  });
}

export function startToken(then) {
  byId('token-box').addEventListener('submit', (event) => {
    event.preventDefault();
    const token = byId('token').value.trim();
    if (token && token !== credential.token) tryToken(token, then);
  });
}

// The way to the server: one function for every question, and the credential of the operator.

const readPatienceMs = 10_000, actPatienceMs = 75_000;

/** `token` was accepted by the server, or is empty; `wanted`: it has asked for one. */
export const credential = { token: '', wanted: false };

/**
 * Resolves to whatever the server answered; rejects when nobody answered in time. Only guarded
 * paths are sent the credential. One that is refused is dropped at once: asking with it again and
 * again would count as guessing, and lock out who knows it.
 */
export async function ask(path, { method = 'GET', headers = {}, body, guarded, token } = {}) {
  const used = token === undefined ? credential.token : token;
  const sent = guarded && used ? { ...headers, Authorization: 'Bearer ' + used } : headers;
  const patience = method === 'GET' ? readPatienceMs : actPatienceMs;
  const answer = await fetch(path,
    { method, headers: sent, body, signal: AbortSignal.timeout(patience) }).catch(notHeard);
  if (guarded && answer.status === 401) {
    credential.wanted = true;
    if (used === credential.token) credential.token = '';
  }
  return { ok: answer.ok, status: answer.status, body: await bodyOf(answer) };
}

function notHeard(problem) {
  throw new Error(problem.name === 'TimeoutError' ? 'no respondió a tiempo'
    : 'sin conexión con el servidor');
}

/** A good answer that was cut off is none; what a proxy says with a refusal need not be JSON. */
function bodyOf(answer) {
  return answer.json().catch((problem) => (answer.ok ? notHeard(problem) : {}));
}

/** The body of a good answer; any other is thrown as an error that people can read. */
export async function read(path, options) {
  const { ok, status, body } = await ask(path, options);
  if (!ok) throw new Error(sentence(body, status));
  return body;
}

/** What a problem says: its message, and each wrong field with its reason, or its detail. */
export function sentence(body, status) {
  const fields = (body.errors || []).map((wrong) => `${wrong.field}: ${wrong.message}`);
  const detail = body.detail && body.detail !== body.title ? `${body.code}: ${body.detail}`
    : body.code;
  const more = fields.length > 0 ? fields.join('; ') : detail;
  return (body.message || `respuesta ${status}`) + (more ? ` (${more})` : '');
}

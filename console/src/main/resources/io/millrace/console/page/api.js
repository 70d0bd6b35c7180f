// Calls of the admin API (docs/console-api.md).

/** A problem document (RFC 9457) as an error: its sentence, and its other members. */
export class Problem extends Error {
  constructor(document, status) {
    super(document.detail ?? document.message ?? `The console answered with status ${status}.`);
    this.status = status;
    this.document = document;
  }
}

async function checked(response) {
  if (response.ok) return response;
  let document = {};
  try {
    document = await response.json();
  } catch {
    // Not every refusal has a document; the status says enough.
  }
  throw new Problem(document, response.status);
}

export async function get(path, signal) {
  return (await checked(await fetch(path, {signal, headers: {Accept: 'application/json'}}))).json();
}

export async function send(method, path, body) {
  const response = await checked(await fetch(path, {
    method,
    headers: body === undefined ? {'X-Millrace': 'console'} : {'Content-Type': 'application/json'},
    body: body === undefined ? undefined : JSON.stringify(body),
  }));
  return response.status === 204 ? null : response.json();
}

/** Runs a SQL script; calls back with each line of the answer as it comes. */
export async function runSql(script, session, signal, onLine) {
  const response = await checked(await fetch(`/api/sql?session=${encodeURIComponent(session)}`, {
    method: 'POST',
    signal,
    headers: {'Content-Type': 'application/sql', Accept: 'application/x-ndjson'},
    body: script,
  }));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line) onLine(JSON.parse(line, exactly));
  }
}

/** Keeps the digits of whole numbers that JavaScript's own cannot hold, where the browser tells them. */
const exactly = (key, value, context) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source ?? value : value;

/** Calls again and again while the view is there and the page is looked at. */
export function poll(millis, signal, task) {
  let timer;
  const round = async () => {
    if (!document.hidden) {
      try {
        await task();
      } catch (error) {
        if (signal.aborted) return;
        console.warn(error);
      }
    }
    if (!signal.aborted) timer = setTimeout(round, millis);
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  round();
}

export const path = (...segments) => '/api/' + segments.map(encodeURIComponent).join('/');

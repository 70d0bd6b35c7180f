// SQL: an editor, and results as they come.

import {badge, card, fill, h, say} from './dom.js';
import {whole} from './format.js';
import {runSql} from './api.js';

const MOST_ROWS = 1000;

const EXAMPLES = {
  'Look into a topic': `-- Reads a topic of JSON records from its beginning, until you press Stop.
CREATE TABLE orders (
  id STRING,
  amount DOUBLE,
  ts TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'format' = 'json',
  'scan.startup.mode' = 'earliest-offset'
);

SELECT * FROM orders;
`,
  'Windows of an hour': `-- A job that goes on when this page is closed: see Jobs.
CREATE TABLE orders (
  customer STRING,
  amount DOUBLE,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH (
  'connector' = 'kafka', 'topic' = 'orders', 'format' = 'json',
  'scan.startup.mode' = 'earliest-offset'
);

CREATE TABLE revenue (
  customer STRING,
  window_start TIMESTAMP(3),
  orders BIGINT,
  total DOUBLE
) WITH ('connector' = 'kafka', 'topic' = 'revenue', 'format' = 'json');

INSERT INTO revenue
SELECT customer, window_start, COUNT(*), SUM(amount)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY customer, window_start, window_end;
`,
  'What there is': 'SHOW TABLES;\n',
};

function session() {
  let name = sessionStorage.getItem('sql-session');
  if (!name) {
    // getRandomValues is there on plain http as well, unlike randomUUID.
    name = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
    sessionStorage.setItem('sql-session', name);
  }
  return name;
}

export function sql({signal}) {
  let running = null;
  const editor = h('textarea', {
    class: 'editor', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-label': 'SQL script',
    value: localStorage.getItem('sql-script') ?? EXAMPLES['Look into a topic'],
    oninput: () => localStorage.setItem('sql-script', editor.value),
    onkeydown: keys,
  });
  const run = h('button', {type: 'button', class: 'primary', onclick: start, title: 'Ctrl+Enter'}, 'Run');
  const stop = h('button', {type: 'button', disabled: true, onclick: () => running?.abort()}, 'Stop');
  const examples = h('select', {'aria-label': 'Examples', onchange: example},
      h('option', {value: ''}, 'Examples …'), Object.keys(EXAMPLES).map((name) => h('option', null, name)));
  const note = h('span', {class: 'muted small', role: 'status'});
  const results = h('div', null, h('p', {class: 'empty'}, 'Results appear here. A SELECT goes on until you stop it.'));

  function keys(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      start();
    }
  }

  function example() {
    if (examples.value) {
      editor.value = EXAMPLES[examples.value];
      localStorage.setItem('sql-script', editor.value);
    }
    examples.value = '';
    editor.focus();
  }

  async function start() {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    signal.addEventListener('abort', () => mine.abort());
    run.disabled = true;
    stop.disabled = false;
    fill(results);
    say(note, 'running');
    const began = performance.now();
    const show = shower(results, note);
    try {
      await runSql(editor.value, session(), mine.signal, show);
      say(note, `done in ${whole(performance.now() - began)} ms`);
    } catch (error) {
      if (mine.signal.aborted) say(note, 'stopped');
      else refused(error);
    } finally {
      run.disabled = false;
      stop.disabled = true;
    }
  }

  function refused(error) {
    say(note, '');
    const {line, column} = error.document ?? {};
    results.append(h('p', {class: 'problem', role: 'alert'}, line ? `Line ${line}, column ${column}: ${error.message}` : error.message));
    if (line) {
      const at = editor.value.split('\n').slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
      editor.focus();
      editor.setSelectionRange(at, at + 1);
    }
  }

  return {
    title: 'SQL',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'SQL')),
      card(12, null, h('div', {class: 'controls'}, run, stop, examples, note), editor),
      card(12, 'Results', results),
    ],
  };
}

/** Shows the lines of an answer, each as it comes. */
function shower(results, note) {
  let body = null;
  let rows = 0;
  const started = {
    done: (line) => results.append(h('p', {class: 'result'}, badge('ok', 'good'), ' ', line.message)),
    table: (line) => results.append(h('div', {class: 'result scroll'}, grid(line.columns, line.rows))),
    job(line) {
      results.append(h('p', {class: 'result'}, badge('job', 'good'), ' ',
          h('a', {href: `#/jobs/${encodeURIComponent(line.id)}`}, line.name), ' runs until it is cancelled.'));
    },
    select(line) {
      const made = grid(line.columns, []);
      body = made.tBodies[0];
      rows = 0;
      results.append(h('div', {class: 'result scroll'}, made));
    },
    row(line) {
      rows++;
      say(note, `${whole(rows)} rows${rows > MOST_ROWS ? `, the last ${whole(MOST_ROWS)} are shown` : ''}`);
      body.prepend(tr(line.values));
      if (rows > MOST_ROWS) body.lastElementChild.remove();
    },
    end(line) {
      if (line.failure) results.append(h('p', {class: 'problem', role: 'alert'}, line.failure));
    },
  };
  return (line) => started[line.type]?.(line);
}

function grid(columns, rows) {
  return h('table', null, h('thead', null, h('tr', null, columns.map((name) => h('th', {scope: 'col'}, name)))),
      h('tbody', null, rows.map(tr)));
}

function tr(values) {
  return h('tr', null, values.map((value) => h('td', null,
      value === null ? h('span', {class: 'null'}, 'NULL') : String(value))));
}

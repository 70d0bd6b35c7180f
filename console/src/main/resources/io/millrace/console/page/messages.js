// The message browser of a topic.

import {badge, fill, h, say} from './dom.js';
import {bytes, clock, instant, whole} from './format.js';
import {get, path} from './api.js';

/** The browser: {element, partitions(count)}. */
export function messages(signal, topic) {
  const partition = h('select', {'aria-label': 'Partition'}, h('option', {value: ''}, 'all partitions'));
  const from = h('select', {'aria-label': 'Where to start', onchange: choose},
      h('option', {value: 'latest'}, 'newest'), h('option', {value: 'earliest'}, 'oldest'),
      h('option', {value: 'offset'}, 'from offset'), h('option', {value: 'timestamp'}, 'from time (UTC)'));
  const offset = h('input', {type: 'number', min: 0, value: '0', class: 'short', hidden: true, 'aria-label': 'Offset'});
  const time = h('input', {type: 'datetime-local', step: '1', hidden: true, 'aria-label': 'Time in UTC'});
  const limit = h('select', {'aria-label': 'How many'}, [20, 50, 100, 500].map((n) => h('option', {value: n}, `${n} messages`)));
  const find = h('input', {type: 'search', placeholder: 'Filter what is shown', 'aria-label': 'Filter what is shown', oninput: show});
  const note = h('span', {class: 'muted small', role: 'status'});
  const next = h('button', {type: 'button', hidden: true, onclick: onward}, 'Next');
  const list = h('div');
  let known = 0;
  let found = [];
  let position = {};

  function choose() {
    offset.hidden = from.value !== 'offset';
    time.hidden = from.value !== 'timestamp';
  }

  async function load(query) {
    try {
      const answer = await get(`${path('topics', topic, 'messages')}?${new URLSearchParams(query)}`, signal);
      position = answer.next;
      const newestFirst = from.value === 'latest';
      found = newestFirst ? answer.messages.reverse() : answer.messages;
      next.hidden = newestFirst || partition.value === '';
      say(note, found.length ? `${whole(found.length)} messages${newestFirst ? ', newest first' : ''}` : '');
      show();
    } catch (error) {
      if (!signal.aborted) fill(list, h('p', {class: 'problem', role: 'alert'}, error.message));
    }
  }

  function query() {
    const asked = {limit: limit.value};
    if (partition.value !== '') asked.partition = partition.value;
    if (from.value === 'offset') asked.offset = offset.value || '0';
    else if (from.value === 'timestamp') asked.timestamp = String(Date.parse(`${time.value}Z`) || 0);
    else asked.offset = from.value;
    return asked;
  }

  function onward() {
    load({limit: limit.value, partition: partition.value, offset: String(position[partition.value])});
  }

  function show() {
    const wanted = find.value.toLowerCase();
    const matching = found.filter((m) => !wanted || text(m).includes(wanted));
    fill(list, matching.length
      ? [heading(), matching.map(message)]
      : h('p', {class: 'empty'}, found.length ? 'No message shown has that.' : 'No messages here.'));
  }

  load(query());
  return {
    element: [
      h('form', {class: 'controls', onsubmit(event) { event.preventDefault(); load(query()); }},
          partition, from, offset, time, limit, h('button', null, 'Read'), next, find, note),
      list,
    ],
    partitions(count) {
      for (; known < count; known++) partition.append(h('option', {value: known}, `partition ${known}`));
    },
  };
}

function text(m) {
  return [m.key?.data, m.value?.data, ...m.headers.flatMap((each) => [each.name, each.value?.data])]
      .filter(Boolean).join('\n').toLowerCase();
}

function heading() {
  return h('div', {class: 'message heading'}, h('summary', null,
      ['Part.', 'Offset', 'Time (UTC)', 'Key', 'Value'].map((name) => h('span', null, name))));
}

function message(m) {
  const details = h('details', {class: 'message'}, h('summary', null,
      h('span', null, m.partition), h('span', null, whole(m.offset)), h('span', {title: instant(m.timestamp)}, clock(m.timestamp)),
      h('span', {class: 'mono'}, preview(m.key)), h('span', {class: 'mono'}, preview(m.value))));
  details.addEventListener('toggle', () => {
    if (details.childElementCount === 1) details.append(body(m));
  });
  return details;
}

function preview(payload) {
  if (payload === null) return h('span', {class: 'null'}, 'null');
  return payload.data.slice(0, 400).replace(/\s+/g, ' ');
}

function body(m) {
  return h('div', {class: 'body'},
      h('p', {class: 'small muted'}, `partition ${m.partition}, offset ${whole(m.offset)}, ${instant(m.timestamp)} UTC`),
      part('Key', m.key), part('Value', m.value),
      m.headers.length > 0 && [h('h3', null, 'Headers'),
        m.headers.map((each) => h('p', null, h('b', {class: 'mono'}, each.name), ' ', h('span', {class: 'mono'}, each.value ? each.value.data : 'null')))]);
}

function part(title, payload) {
  if (payload === null) return h('p', null, h('h3', null, title), h('span', {class: 'null'}, 'null'));
  return h('div', null,
      h('h3', null, title, ' ', badge(payload.format), ' ', h('span', {class: 'small'}, bytes(payload.bytes), payload.truncated && ', shown in part')),
      h('pre', {tabindex: 0}, payload.format === 'json' ? pretty(payload.data) : payload.data));
}

/** JSON with line breaks. Works on its text, so that no number loses digits on the way. */
function pretty(json) {
  let out = '';
  let depth = 0;
  let inText = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (inText) {
      out += c;
      if (c === '\\') out += json[++i] ?? '';
      else if (c === '"') inText = false;
    } else if (c === '"') {
      out += c;
      inText = true;
    } else if (c === '{' || c === '[') {
      const close = json.slice(i + 1).match(/^\s*([}\]])/);
      if (close) {
        out += c + close[1];
        i += close[0].length;
      } else {
        out += c + '\n' + '  '.repeat(++depth);
      }
    } else if (c === '}' || c === ']') {
      out += '\n' + '  '.repeat(Math.max(0, --depth)) + c;
    } else if (c === ',') {
      out += ',\n' + '  '.repeat(depth);
    } else if (c === ':') {
      out += ': ';
    } else if (!/\s/.test(c)) {
      out += c;
    }
  }
  return out;
}

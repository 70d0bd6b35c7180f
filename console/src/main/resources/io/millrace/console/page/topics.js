// The list of topics.

import {ask, badge, h, notify} from './dom.js';
import {bytes, count, limit, whole} from './format.js';
import {get, poll, send} from './api.js';
import {follow} from './live.js';
import {table} from './table.js';

export const topicLink = (name) => h('a', {href: `#/topics/${encodeURIComponent(name)}`}, name);

/** Whether a topic holds state of the broker or of a job. */
const own = (t) => t.internal || t.name.startsWith('__');

export function topics({signal}) {
  let all = [];
  let rates = new Map();
  const filter = h('input', {type: 'search', placeholder: 'Filter by name', 'aria-label': 'Filter by name', oninput: show});
  const internal = h('input', {type: 'checkbox', onchange: show});
  const list = table([
    {name: 'Topic', class: 'name', render: (t) => [topicLink(t.name), own(t) && [' ', badge('internal')]], sort: (t) => t.name},
    {name: 'Partitions', num: true, render: (t) => whole(t.partitions), sort: (t) => t.partitions},
    {name: 'Records', num: true, render: (t) => whole(t.records), sort: (t) => t.records},
    {name: 'Records/s', num: true, render: (t) => count(rate(t)), sort: rate},
    {name: 'Size', num: true, render: (t) => bytes(t.sizeBytes), sort: (t) => t.sizeBytes},
    {name: 'Cleanup', render: (t) => t.cleanupPolicy, sort: (t) => t.cleanupPolicy},
    {name: 'Retention', render: (t) => (t.cleanupPolicy === 'compact' ? '–' : limit(t.retentionMillis)), sort: (t) => t.retentionMillis},
    {name: 'Durability', render: (t) => t.durability, sort: (t) => t.durability},
  ], {sort: 0, empty: 'No topics. A producer that writes to one makes it, or use “Create topic”.'});

  function rate(t) {
    return rates.get(t.name) ?? 0;
  }

  function show() {
    const wanted = filter.value.toLowerCase();
    list.set(all.filter((t) => (internal.checked || !own(t)) && t.name.toLowerCase().includes(wanted)));
  }

  const reload = async () => {
    all = (await get('/api/topics', signal)).topics;
    show();
  };
  poll(2000, signal, reload);
  follow(signal, (s) => {
    rates = new Map(s.topics.map((t) => [t.topic, t.recordsPerSecond]));
  });

  return {
    title: 'Topics',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Topics'),
          h('div', {class: 'push'}, h('label', null, internal, 'internal'), filter,
              h('button', {class: 'primary', type: 'button', onclick: () => create(reload)}, 'Create topic'))),
      h('section', {class: 'card'}, list.element),
    ],
  };
}

function create(reload) {
  const name = h('input', {required: true, maxlength: 249, pattern: '[a-zA-Z0-9._\\-]+', title: 'letters, digits, ., _ and -', autocomplete: 'off'});
  const partitions = h('input', {type: 'number', min: 1, max: 10000, value: 1, required: true});
  const cleanup = h('select', null, ['delete', 'compact', 'compact,delete'].map((each) => h('option', null, each)));
  const retention = h('input', {placeholder: 'the node’s default', pattern: '-1|[0-9]+', title: 'milliseconds, or -1 for no limit'});
  const durability = h('select', null, h('option', {value: ''}, 'the node’s default'), ['os', 'interval', 'commit'].map((each) => h('option', null, each)));
  ask('Create topic', null, {
    Name: name,
    Partitions: partitions,
    'Cleanup policy': cleanup,
    'Retention in milliseconds': retention,
    Durability: durability,
  }, 'Create', async () => {
    const settings = {};
    if (cleanup.value !== 'delete') settings['cleanup.policy'] = cleanup.value;
    if (retention.value) settings['retention.ms'] = retention.value;
    if (durability.value) settings.durability = durability.value;
    await send('POST', '/api/topics', {name: name.value, partitions: Number(partitions.value), settings});
    notify(`Topic ${name.value} was created.`);
    await reload();
  });
}

// One topic: partitions, settings and messages.

import {ask, badge, card, h, notify, say, tile} from './dom.js';
import {byteParts, bytes, count, countParts, whole} from './format.js';
import {get, path, poll, send} from './api.js';
import {chartCard} from './chart.js';
import {follow} from './live.js';
import {messages} from './messages.js';
import {table} from './table.js';

export function topic({signal, name}) {
  const records = tile(3, 'Records');
  const rate = tile(3, 'Records in');
  const size = tile(3, 'Size');
  const partitions = tile(3, 'Partitions');
  const internal = h('span');
  const remove = h('button', {type: 'button', class: 'danger', disabled: true, onclick: () => confirm(name)}, 'Delete topic');
  const problem = h('p', {class: 'problem', hidden: true});
  const browser = messages(signal, name);
  const list = table([
    {name: 'Partition', num: true, render: (p) => p.partition, sort: (p) => p.partition},
    {name: 'Start offset', num: true, render: (p) => whole(p.startOffset), sort: (p) => p.startOffset},
    {name: 'High watermark', num: true, render: (p) => whole(p.highWatermark), sort: (p) => p.highWatermark},
    {name: 'End offset', num: true, render: (p) => whole(p.endOffset), sort: (p) => p.endOffset},
    {name: 'Size', num: true, render: (p) => bytes(p.sizeBytes), sort: (p) => p.sizeBytes},
    {name: 'Leader epoch', num: true, render: (p) => p.leaderEpoch, sort: (p) => p.leaderEpoch},
  ]);
  const settings = table([
    {name: 'Setting', render: ([key]) => h('code', null, key)},
    {name: 'Value', render: ([key, value, given]) => [String(value), given && [' ', badge('set', 'good')]]},
  ]);

  poll(1500, signal, async () => {
    try {
      const t = await get(path('topics', name), signal);
      problem.hidden = true;
      records.set(...countParts(t.summary.records), 'that can be read');
      size.set(...byteParts(t.summary.sizeBytes), `durability ${t.summary.durability}`);
      partitions.set(whole(t.partitions.length), '', `cleanup ${t.summary.cleanupPolicy}`);
      list.set(t.partitions);
      settings.set(Object.entries(t.effective).map(([key, value]) => [key, value, key in t.settings]));
      browser.partitions(t.partitions.length);
      remove.disabled = t.summary.internal;
      say(internal, t.summary.internal ? 'internal' : '');
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  });
  const of = (s) => s.topics.find((each) => each.topic === name);
  follow(signal, (s) => {
    const [n, unit] = countParts(of(s)?.recordsPerSecond);
    rate.set(n, `${unit}/s`, `${bytes(of(s)?.bytesPerSecond ?? 0)}/s`);
  });

  return {
    title: name,
    elements: [
      h('div', {class: 'head'},
          h('p', {class: 'crumb'}, h('a', {href: '#/topics'}, 'Topics')),
          h('h1', null, name), internal, h('div', {class: 'push'}, remove)),
      problem,
      h('div', {class: 'grid'}, [rate, records, size, partitions].map((each) => each.element)),
      h('div', {class: 'grid'},
          chartCard(signal, 12, 'Throughput', [{name: 'records', value: (s) => of(s)?.recordsPerSecond ?? 0}], (n) => `${count(n)}/s`),
          card(12, 'Messages', browser.element),
          card(8, 'Partitions', list.element),
          card(4, 'Settings', settings.element)),
    ],
  };
}

function confirm(name) {
  const typed = h('input', {required: true, autocomplete: 'off', placeholder: name});
  ask('Delete topic', `This deletes ${name} with all of its records. There is no way back.`,
      {'Type the name of the topic': typed}, 'Delete', async () => {
        if (typed.value !== name) throw new Error('That is another name.');
        await send('DELETE', path('topics', name));
        notify(`Topic ${name} was deleted.`);
        location.hash = '#/topics';
      }, true);
}

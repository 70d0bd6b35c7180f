// Consumer groups and how far they are behind.

import {ask, badge, bar, card, h, notify, say, tile} from './dom.js';
import {clock, count, countParts, instant, whole} from './format.js';
import {get, path, poll, send} from './api.js';
import {chartCard} from './chart.js';
import {table} from './table.js';
import {topicLink} from './topics.js';

const KINDS = {STABLE: 'good', PREPARING_REBALANCE: 'warn', COMPLETING_REBALANCE: 'warn', DEAD: 'bad'};

const state = (name) => badge(name.toLowerCase().replaceAll('_', ' '), KINDS[name]);

export function groups({signal}) {
  const list = table([
    {name: 'Group', class: 'name', render: (g) => h('a', {href: `#/groups/${encodeURIComponent(g.group)}`}, g.group), sort: (g) => g.group},
    {name: 'State', render: (g) => state(g.state), sort: (g) => g.state},
    {name: 'Protocol', render: (g) => g.protocolType || '–', sort: (g) => g.protocolType},
    {name: 'Members', num: true, render: (g) => whole(g.members), sort: (g) => g.members},
    {name: 'Partitions', num: true, render: (g) => whole(g.partitions), sort: (g) => g.partitions},
    {name: 'Lag in records', num: true, render: (g) => whole(g.lag), sort: (g) => g.lag},
  ], {sort: 0, empty: 'No consumer groups. One appears when a consumer joins it or commits offsets.'});
  poll(2000, signal, async () => list.set((await get('/api/groups', signal)).groups));
  return {
    title: 'Groups',
    elements: [h('div', {class: 'head'}, h('h1', null, 'Consumer groups')), h('section', {class: 'card'}, list.element)],
  };
}

export function group({signal, name}) {
  const lag = tile(4, 'Lag');
  const members = tile(4, 'Members');
  const offsets = tile(4, 'Partitions');
  const standing = h('span');
  const problem = h('p', {class: 'problem', hidden: true});
  let most = 1;
  const partitions = table([
    {name: 'Topic', class: 'name', render: (o) => topicLink(o.topic), sort: (o) => o.topic},
    {name: 'Partition', num: true, render: (o) => o.partition, sort: (o) => o.partition},
    {name: 'Committed offset', num: true, render: (o) => whole(o.committedOffset), sort: (o) => o.committedOffset},
    {name: 'High watermark', num: true, render: (o) => whole(o.endOffset), sort: (o) => o.endOffset},
    {name: 'Lag', num: true, render: (o) => (o.lag === null ? badge('partition gone', 'warn') : whole(o.lag)), sort: (o) => o.lag},
    {name: '', render: (o) => bar(o.lag / most, o.lag > 0 ? 'warn' : '')},
    {name: 'Committed', render: (o) => h('span', {title: instant(o.commitTime)}, clock(o.commitTime)), sort: (o) => o.commitTime},
  ], {empty: 'No offsets are committed.'});
  const people = table([
    {name: 'Client', class: 'name', render: (m) => m.clientId, sort: (m) => m.clientId},
    {name: 'Host', render: (m) => m.clientHost, sort: (m) => m.clientHost},
    {name: 'Member', render: (m) => [h('code', null, m.memberId), m.instanceId && [' ', badge(`static: ${m.instanceId}`)]]},
    {name: 'Reads', render: (m) => (m.assignment === null ? '–'
      : Object.entries(m.assignment).map(([topic, numbers]) => h('div', null, topicLink(topic), ` ${numbers.join(', ')}`)))},
  ], {empty: 'Nobody is in the group at this moment.'});

  poll(1500, signal, async () => {
    try {
      const g = await get(path('groups', name), signal);
      problem.hidden = true;
      most = Math.max(1, ...g.offsets.map((o) => o.lag ?? 0));
      lag.set(...countParts(g.lag), 'records');
      members.set(whole(g.members.length), '', g.protocol ? `assigned by ${g.protocol}` : '');
      offsets.set(whole(g.offsets.length), '', 'with a committed offset');
      standing.replaceChildren(state(g.state));
      partitions.set(g.offsets);
      people.set(g.members);
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  });

  return {
    title: name,
    elements: [
      h('div', {class: 'head'}, h('p', {class: 'crumb'}, h('a', {href: '#/groups'}, 'Groups')), h('h1', null, name), standing,
          h('div', {class: 'push'}, h('button', {type: 'button', class: 'danger', onclick: () => remove(name)}, 'Delete group'))),
      problem,
      h('div', {class: 'grid'}, lag.element, members.element, offsets.element),
      h('div', {class: 'grid'},
          chartCard(signal, 12, 'Lag', [{name: 'records', value: (s) => s.groups.find((g) => g.group === name)?.lag}], count),
          card(12, 'Partitions', partitions.element), card(12, 'Members', people.element)),
    ],
  };
}

function remove(name) {
  ask('Delete group', `This deletes ${name} with its committed offsets. It must have no members.`, {}, 'Delete', async () => {
    await send('DELETE', path('groups', name));
    notify(`Group ${name} was deleted.`);
    location.hash = '#/groups';
  }, true);
}

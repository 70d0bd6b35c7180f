// The HTTP edge: requests, viewers and the cache.

import {bar, card, facts, fill, h, say, tile} from './dom.js';
import {byteParts, bytes, count, countParts, percent, whole} from './format.js';
import {get, poll} from './api.js';
import {chartCard} from './chart.js';
import {follow} from './live.js';
import {table} from './table.js';

export function edge({signal}) {
  const requests = tile(3, 'Requests');
  const ratio = tile(3, 'Hit ratio');
  const viewers = tile(3, 'Live viewers');
  const cached = tile(3, 'In the cache');
  const problem = h('p', {class: 'problem', hidden: true});
  const connections = h('div');
  const origins = h('div');
  let total = 1;
  const outcomes = table([
    {name: 'Answered', render: (o) => o.name},
    {name: 'Requests', num: true, render: (o) => whole(o.count)},
    {name: '', num: true, render: (o) => percent(o.count / total)},
    {name: '', render: (o) => bar(o.count / total)},
  ]);

  poll(1000, signal, async () => {
    try {
      const e = await get('/api/edge', signal);
      problem.hidden = true;
      const c = e.cache;
      total = Math.max(1, c.hits + c.stale + c.misses + c.passed);
      ratio.set(percent(c.hitRatio).replace(' %', ''), c.hitRatio === null ? '' : '%', `${count(c.hits + c.stale)} from the cache since the start`);
      cached.set(...countParts(c.objects), `objects, ${bytes(c.bytes)}`);
      outcomes.set([
        {name: 'fresh from the cache', count: c.hits},
        {name: 'stale from the cache', count: c.stale},
        {name: 'by the origin', count: c.misses},
        {name: 'passed through', count: c.passed},
      ]);
      fill(connections, facts([
        ['Port', String(e.port)],
        ['Open now', whole(e.openConnections)],
        ['Accepted', whole(e.connections)],
        ['Turned away', whole(e.connectionsRefused)],
        ['Requests', whole(e.requests)],
        ['Refused', whole(e.refused)],
        ['Too slow', whole(e.tooSlow)],
        ['Sent', bytes(e.bytesSent)],
        ['Events delivered', whole(e.eventsDelivered)],
        ['Events skipped', whole(e.eventsSkipped)],
        ['Viewers dropped', whole(e.viewersDropped)],
      ]));
      fill(origins, facts([
        ['Fetches', whole(c.originFetches)],
        ['Failures', whole(c.originFailures)],
        ['Bytes', bytes(c.originBytes)],
        ['Shared fetches', whole(c.collapsed)],
        ['Revalidated', whole(c.revalidated)],
        ['Evicted', whole(c.evicted)],
        ['Invalidated', whole(c.invalidated)],
      ]));
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  });
  follow(signal, (s) => {
    if (!s.edge) return;
    const [n, unit] = countParts(s.edge.requestsPerSecond);
    requests.set(n, `${unit}/s`, `${byteParts(s.edge.bytesPerSecond).join(' ')}/s out`);
    viewers.set(whole(s.edge.viewers), '', `${count(s.edge.eventsPerSecond)} events/s to them`);
  });

  return {
    title: 'Edge',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Edge')),
      problem,
      h('div', {class: 'grid'}, [requests, ratio, viewers, cached].map((each) => each.element)),
      h('div', {class: 'grid'},
          chartCard(signal, 6, 'Requests', [
            {name: 'requests', value: (s) => s.edge?.requestsPerSecond},
            {name: 'to origins', value: (s) => s.edge?.originFetchesPerSecond},
          ], (n) => `${count(n)}/s`),
          chartCard(signal, 6, 'Hit ratio', [{name: 'of this second', value: (s) => s.edge?.hitRatio, color: 1}], percent, {max: 1}),
          chartCard(signal, 6, 'Bytes out', [{name: 'to clients', value: (s) => s.edge?.bytesPerSecond, color: 3}], (n) => `${bytes(n)}/s`, {binary: true}),
          chartCard(signal, 6, 'Viewers', [{name: 'of live events', value: (s) => s.edge?.viewers, color: 2}], count),
          card(6, 'Since the start', outcomes.element), card(3, 'Connections', connections), card(3, 'Origins', origins)),
    ],
  };
}

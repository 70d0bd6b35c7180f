// What the node does, at a glance.

import {card, facts, fill, h, tile} from './dom.js';
import {byteParts, bytes, count, countParts, duration, instant, percent, whole} from './format.js';
import {get, poll} from './api.js';
import {chartCard} from './chart.js';
import {follow, latest} from './live.js';

export function overview({signal}) {
  const records = tile(3, 'Records in');
  const network = tile(3, 'Kafka traffic out');
  const lag = tile(3, 'Consumer lag');
  const jobs = tile(3, 'Jobs running');
  const requests = tile(3, 'Edge requests');
  const hits = tile(3, 'Edge hit ratio');
  const memory = tile(3, 'Memory');
  const cpu = tile(3, 'CPU');

  const node = card(4, 'Node', h('p', {class: 'muted'}, '…'));
  const rate = (n) => `${count(n)}/s`;
  const byteRate = (n) => `${bytes(n)}/s`;

  follow(signal, (s) => {
    const [n, unit] = countParts(s.total.recordsPerSecond);
    records.set(n, `${unit}/s`, `${byteRate(s.total.bytesPerSecond)} to ${whole(s.total.topics)} topics, ${whole(s.total.partitions)} partitions`);
    if (s.kafka) {
      const [b, bUnit] = byteParts(s.kafka.bytesOutPerSecond);
      network.set(b, `${bUnit}/s`, `${byteRate(s.kafka.bytesInPerSecond)} in, ${whole(s.kafka.connections)} connections`);
    } else {
      network.set('–', '', 'no Kafka port on this node');
    }
    const total = s.groups.reduce((sum, group) => sum + group.lag, 0);
    lag.set(...countParts(total), s.groups.length ? `records, ${whole(s.groups.length)} groups` : 'no consumer groups');
    const slowest = s.jobs.reduce((most, job) => Math.max(most, job.lagRecords), 0);
    jobs.set(whole(s.jobs.length), '', s.jobs.length
      ? `${rate(s.jobs.reduce((sum, job) => sum + job.rowsInPerSecond, 0))} rows in, ${count(slowest)} behind` : 'none');
    if (s.edge) {
      requests.set(...countParts(s.edge.requestsPerSecond).map((part, i) => (i ? `${part}/s` : part)),
          `${byteRate(s.edge.bytesPerSecond)} out, ${whole(s.edge.viewers)} live viewers`);
      hits.set(percent(s.edge.hitRatio).replace(' %', ''), s.edge.hitRatio === null ? '' : '%',
          s.edge.hitRatio === null ? 'no requests this second' : `${rate(s.edge.originFetchesPerSecond)} to origins`);
    } else {
      requests.set('–', '', 'no edge on this node');
      hits.set('–');
    }
    const used = s.process.residentBytes > 0 ? s.process.residentBytes : s.process.heapCommittedBytes;
    memory.set(...byteParts(used), `heap ${bytes(s.process.heapUsedBytes)} of ${bytes(s.process.heapCommittedBytes)}`);
    cpu.set((s.process.cpuCores * 100).toFixed(0), '%', `of a core, ${whole(s.process.threads)} threads`);
  });

  poll(5000, signal, async () => showNode(node, await get('/api/node', signal)));

  return {
    title: 'Overview',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Overview')),
      h('div', {class: 'grid'}, [records, network, lag, jobs, requests, hits, memory, cpu].map((each) => each.element)),
      h('div', {class: 'grid'},
          chartCard(signal, 8, 'Records by topic', topicLines, rate, {tall: true}),
          node,
          chartCard(signal, 6, 'Kafka traffic', [
            {name: 'in', value: (s) => s.kafka?.bytesInPerSecond},
            {name: 'out', value: (s) => s.kafka?.bytesOutPerSecond},
          ], byteRate, {binary: true}),
          chartCard(signal, 6, 'Consumer lag by group', groupLines, count),
          chartCard(signal, 4, 'Edge requests', [
            {name: 'requests', value: (s) => s.edge?.requestsPerSecond},
            {name: 'to origins', value: (s) => s.edge?.originFetchesPerSecond},
          ], rate),
          chartCard(signal, 4, 'Memory', [
            {name: 'resident', value: (s) => (s.process.residentBytes > 0 ? s.process.residentBytes : null)},
            {name: 'heap', value: (s) => s.process.heapUsedBytes},
          ], bytes, {binary: true}),
          chartCard(signal, 4, 'CPU', [{name: 'cores', value: (s) => s.process.cpuCores}], (n) => n.toFixed(n < 10 ? 1 : 0))),
    ],
  };
}

/** The five busiest topics of now, and what all others do, the node's own among them. */
function topicLines() {
  const shown = (latest()?.topics ?? []).filter((topic) => !topic.topic.startsWith('__'));
  const names = shown.slice(0, 5).map((topic) => topic.topic).sort();
  const rateOf = (s, name) => s.topics.find((topic) => topic.topic === name)?.recordsPerSecond ?? 0;
  const lines = names.map((name) => ({name, value: (s) => rateOf(s, name)}));
  if (shown.length > 5) {
    lines.push({
      name: 'others',
      value: (s) => Math.max(0, s.total.recordsPerSecond - names.reduce((sum, name) => sum + rateOf(s, name), 0)),
    });
  }
  return lines.length ? lines : [{name: 'all topics', value: (s) => s.total.recordsPerSecond}];
}

function groupLines() {
  const names = (latest()?.groups ?? []).slice(0, 6).map((group) => group.group).sort();
  return names.length
    ? names.map((name) => ({name, value: (s) => s.groups.find((group) => group.group === name)?.lag}))
    : [{name: 'no groups', value: () => null}];
}

function showNode(element, node) {
  fill(element, h('header', null, h('h2', null, 'Node')), facts([
    ['Version', node.version],
    ['Up for', duration(node.uptimeMillis)],
    ['Started', `${instant(node.startTime).slice(0, 19)} UTC`],
    ...node.listeners.map((listener) => [listener.protocol, h('code', null, listener.address)]),
    ['Data', h('code', null, node.dataFolder)],
    ['Disk', node.disk.totalBytes > 0 ? `${bytes(node.disk.freeBytes)} free of ${bytes(node.disk.totalBytes)}` : '–'],
    ['Java', node.platform.java],
    ['System', `${node.platform.system}, ${node.platform.processors} cores`],
    ['Process', String(node.platform.pid)],
  ]));
}

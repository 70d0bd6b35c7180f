// Exchanges as a graph with live rates, queues, and the connections of AMQP clients.

import {badge, bar, card, fill, h, say} from './dom.js';
import {bytes, clock, count, whole} from './format.js';
import {get, poll} from './api.js';
import {table} from './table.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 1000;
const ROW = 58;
const BOX = {width: 250, height: 44};
const MOST_NODES = 60;
const STATES = {running: 'good', blocked: 'warn', closing: 'bad'};

/** An element of a drawing. Names go in as text only. */
function s(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties ?? {})) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** Rates of counters between two looks at them. */
function rates() {
  let before = new Map();
  let at = 0;
  return (items) => {
    const now = performance.now();
    const seconds = at ? (now - at) / 1000 : 0;
    const seen = new Map();
    const result = new Map();
    for (const [key, value] of items) {
      seen.set(key, value);
      const last = before.get(key);
      result.set(key, seconds && last !== undefined ? Math.max(0, value - last) / seconds : 0);
    }
    before = seen;
    at = now;
    return result;
  };
}

const perSecond = (rate) => `${count(rate)}/s`;
const title = (exchange) => exchange.name || '(default)';
const cut = (text) => (text.length > 30 ? `${text.slice(0, 29)}…` : text);

/** Where everything is: exchanges by how far they are from a publisher, queues at the end. */
function layout(topology) {
  const bound = new Set(topology.bindings.flatMap((b) => [b.source, b.toExchange ? b.destination : null]));
  const exchanges = topology.exchanges.filter((e) => bound.has(e.name) || e.in > 0 || !e.name.startsWith('amq.') && e.name)
    .slice(0, MOST_NODES);
  const queues = topology.queues.slice(0, MOST_NODES);
  const depth = new Map(exchanges.map((e) => [e.name, 0]));
  // Bindings between exchanges may go in circles, so there is an end to it.
  for (let round = 0; round < 3; round++) {
    for (const b of topology.bindings) {
      if (b.toExchange && depth.has(b.source) && depth.has(b.destination) && b.source !== b.destination) {
        depth.set(b.destination, Math.min(2, Math.max(depth.get(b.destination), depth.get(b.source) + 1)));
      }
    }
  }
  const last = Math.max(0, ...depth.values()) + 1;
  const columns = Array.from({length: last + 1}, () => []);
  for (const e of exchanges) columns[depth.get(e.name)].push({kind: 'exchange', item: e});
  for (const q of queues) columns[last].push({kind: 'queue', item: q});
  const rows = Math.max(1, ...columns.map((column) => column.length));
  const places = new Map();
  columns.forEach((column, x) => column.forEach((node, y) => {
    node.x = last === 0 ? 0 : (WIDTH - BOX.width) * x / last;
    node.y = 8 + (rows - column.length) * ROW / 2 + y * ROW;
    places.set(`${node.kind} ${node.item.name}`, node);
  }));
  return {places, height: rows * ROW + 8};
}

function draw(svg, topology, speed) {
  const {places, height} = layout(topology);
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
  const edges = topology.bindings.map((b) => {
    const from = places.get(`exchange ${b.source}`);
    const to = places.get(`${b.toExchange ? 'exchange' : 'queue'} ${b.destination}`);
    if (!from || !to) return null;
    const busy = (speed.get(`out ${b.source}`) ?? 0) > 0 && (b.toExchange || (speed.get(`queue ${b.destination}`) ?? 0) > 0);
    const x1 = from.x + BOX.width;
    const y1 = from.y + BOX.height / 2;
    const x2 = to.x;
    const y2 = to.y + BOX.height / 2;
    const bend = Math.max(40, Math.abs(x2 - x1) / 2);
    const key = s('text', {x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 4, 'text-anchor': 'middle'});
    key.textContent = cut(b.routingKey);
    return s('g', {class: busy ? 'edge busy' : 'edge'},
      s('path', {d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}), key);
  });
  const nodes = [...places.values()].map(({kind, item, x, y}) => {
    const rate = speed.get(`${kind} ${item.name}`) ?? 0;
    const name = s('text', {x: x + 12, y: y + 18});
    name.textContent = cut(kind === 'exchange' ? title(item) : item.name);
    const note = s('text', {x: x + 12, y: y + 35, class: 'note'});
    note.textContent = kind === 'exchange' ? `${item.type} · ${perSecond(rate)}`
      : `${whole(item.ready)} ready · in ${perSecond(rate)} · out ${perSecond(speed.get(`taken ${item.name}`) ?? 0)}`;
    const full = s('title');
    full.textContent = kind === 'exchange' ? title(item) : item.name;
    return s('g', {class: `node ${kind}${rate > 0 ? ' busy' : ''}`, 'data-name': item.name},
      full, s('rect', {x, y, width: BOX.width, height: BOX.height}), name, note);
  });
  svg.replaceChildren(...edges.filter(Boolean), ...nodes);
  svg.setAttribute('aria-label', `Exchanges, bindings and queues: ${topology.exchangeCount} exchanges, ${topology.queueCount} queues`);
}

export function amqp({signal}) {
  const host = h('select', {'aria-label': 'Virtual host'});
  const svg = s('svg', {class: 'graph', role: 'img'});
  const more = h('p', {class: 'muted', hidden: true});
  const problem = h('p', {class: 'problem', hidden: true});
  const measure = rates();
  const measureBytes = rates();
  let speed = new Map();
  let octets = new Map();
  let longest = 1;
  const queues = table([
    {name: 'Queue', class: 'name', render: (q) => q.name, sort: (q) => q.name},
    {name: 'Type', render: (q) => badge(q.type), sort: (q) => q.type},
    {name: 'Policies', render: (q) => (q.policies.length ? q.policies.map((p) => [badge(p), ' ']) : '–')},
    {name: 'Ready', num: true, render: (q) => whole(q.ready), sort: (q) => q.ready},
    {name: '', render: (q) => bar(q.ready / longest, q.ready > 0 && q.consumers === 0 ? 'warn' : '')},
    {name: 'Unacknowledged', num: true, render: (q) => whole(q.unacknowledged), sort: (q) => q.unacknowledged},
    {name: 'Consumers', num: true, render: (q) => whole(q.consumers), sort: (q) => q.consumers},
    {name: 'In', num: true, render: (q) => perSecond(speed.get(`queue ${q.name}`) ?? 0), sort: (q) => speed.get(`queue ${q.name}`) ?? 0},
    {name: 'Out', num: true, render: (q) => perSecond(speed.get(`taken ${q.name}`) ?? 0), sort: (q) => speed.get(`taken ${q.name}`) ?? 0},
  ], {sort: 0, empty: 'No queues. One appears when a client declares it.'});
  const connections = table([
    {name: 'Connection', class: 'name', render: (c) => c.name, sort: (c) => c.name},
    {name: 'User', render: (c) => c.user || '–', sort: (c) => c.user},
    {name: 'Virtual host', render: (c) => c.host || '–', sort: (c) => c.host},
    {name: 'State', render: (c) => [badge(c.state, STATES[c.state]), c.encrypted && [' ', badge('TLS')]], sort: (c) => c.state},
    {name: 'Client', render: (c) => c.client || '–', sort: (c) => c.client},
    {name: 'Channels', num: true, render: (c) => whole(c.channels), sort: (c) => c.channels},
    {name: 'Consumers', num: true, render: (c) => whole(c.consumers), sort: (c) => c.consumers},
    {name: 'In', num: true, render: (c) => `${bytes(octets.get(`in ${c.name}`) ?? 0)}/s`, sort: (c) => octets.get(`in ${c.name}`) ?? 0},
    {name: 'Out', num: true, render: (c) => `${bytes(octets.get(`out ${c.name}`) ?? 0)}/s`, sort: (c) => octets.get(`out ${c.name}`) ?? 0},
    {name: 'Since', render: (c) => clock(c.connectedMillis), sort: (c) => c.connectedMillis},
  ], {sort: 0, empty: 'No client is connected at this moment.'});

  async function look() {
    try {
      const asked = host.value ? `?host=${encodeURIComponent(host.value)}` : '';
      const topology = await get(`/api/amqp/topology${asked}`, signal);
      if (topology.hosts.join('\n') !== [...host.options].map((o) => o.value).join('\n')) {
        fill(host, topology.hosts.map((name) => h('option', {value: name, selected: name === topology.host}, name)));
      }
      speed = measure([
        ...topology.exchanges.flatMap((e) => [[`exchange ${e.name}`, e.in], [`out ${e.name}`, e.out]]),
        ...topology.queues.flatMap((q) => [[`queue ${q.name}`, q.in], [`taken ${q.name}`, q.out]]),
      ]);
      longest = Math.max(1, ...topology.queues.map((q) => q.ready));
      draw(svg, topology, speed);
      queues.set(topology.queues);
      more.hidden = topology.queueCount <= MOST_NODES;
      say(more, `The ${MOST_NODES} longest of ${whole(topology.queueCount)} queues are drawn.`);
      const open = await get('/api/amqp/connections', signal);
      octets = measureBytes(open.connections.flatMap((c) => [[`in ${c.name}`, c.bytesIn], [`out ${c.name}`, c.bytesOut]]));
      connections.set(open.connections);
      problem.hidden = true;
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  }

  host.addEventListener('change', look);
  poll(2000, signal, look);
  return {
    title: 'AMQP',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Exchanges and queues'), host),
      problem,
      h('div', {class: 'grid'},
        card(12, 'Where messages go', svg, more),
        card(12, 'Queues', queues.element),
        card(12, 'Connections', connections.element)),
    ],
  };
}

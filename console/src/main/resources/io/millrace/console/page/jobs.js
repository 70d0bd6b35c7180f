// Stream jobs: how far event time has come, what holds it back, and what each step does.

import {ask, badge, card, fill, h, notify, say, tile} from './dom.js';
import {bytes, clock, count, countParts, duration, instant, whole} from './format.js';
import {get, path, poll, send} from './api.js';
import {chartCard} from './chart.js';
import {follow} from './live.js';
import {table} from './table.js';
import {topicLink} from './topics.js';

const KINDS = {RUNNING: 'good', FAILED: 'bad', CANCELLED: 'warn'};

const state = (name) => badge(name.toLowerCase(), KINDS[name]);

const of = (s, id) => s.jobs.find((job) => job.id === id);

export function jobs({signal}) {
  let rates = new Map();
  follow(signal, (s) => {
    rates = new Map(s.jobs.map((job) => [job.id, job]));
  });
  const list = table([
    {name: 'Job', class: 'name', render: (j) => h('a', {href: `#/jobs/${encodeURIComponent(j.id)}`}, j.name), sort: (j) => j.name},
    {name: 'State', render: (j) => state(j.state), sort: (j) => j.state},
    {name: 'Rows in', num: true, render: (j) => whole(j.rowsIn), sort: (j) => j.rowsIn},
    {name: 'Rows in/s', num: true, render: (j) => count(rates.get(j.id)?.rowsInPerSecond ?? 0), sort: (j) => rates.get(j.id)?.rowsInPerSecond ?? 0},
    {name: 'Rows out', num: true, render: (j) => whole(j.rowsOut), sort: (j) => j.rowsOut},
    {name: 'Behind', num: true, render: (j) => whole(j.lag), sort: (j) => j.lag},
    {name: 'Watermark (UTC)', render: (j) => instant(j.watermark), sort: (j) => j.watermark},
    {name: 'Late rows', num: true, render: (j) => whole(j.lateRows), sort: (j) => j.lateRows},
    {name: 'Checkpoint', render: (j) => (j.checkpoint ? `${whole(j.checkpoint.number)} at ${clock(j.checkpoint.time)}` : '–')},
  ], {empty: ['No jobs. ', h('a', {href: '#/sql'}, 'Start one with SQL'), '.']});
  poll(1000, signal, async () => list.set((await get('/api/jobs', signal)).jobs));
  return {
    title: 'Jobs',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Jobs'), h('div', {class: 'push'}, h('a', {class: 'button', href: '#/sql'}, 'New job'))),
      h('section', {class: 'card'}, list.element),
    ],
  };
}

export function job({signal, name: id}) {
  const title = h('h1', null, id);
  const standing = h('span');
  const cancel = h('button', {type: 'button', class: 'danger', hidden: true, onclick: () => end(id, title.textContent)}, 'Cancel job');
  const problem = h('p', {class: 'problem', hidden: true, role: 'alert'});
  const rowsIn = tile(3, 'Rows in');
  const rowsOut = tile(3, 'Rows out');
  const watermark = tile(3, 'Watermark (UTC)');
  const checkpoint = tile(3, 'Last checkpoint');
  const steps = h('ol', {class: 'steps'});
  const sources = table([
    {name: 'Topic', class: 'name', render: (p) => p.topic ? topicLink(p.topic) : p.table, sort: (p) => p.topic ?? p.table},
    {name: 'Partition', num: true, render: (p) => p.partition, sort: (p) => p.partition},
    {name: 'Offset', num: true, render: (p) => whole(p.offset), sort: (p) => p.offset},
    {name: 'Behind', num: true, render: (p) => whole(p.lag), sort: (p) => p.lag},
    {name: 'Watermark (UTC)', render: (p) => instant(p.watermark), sort: (p) => p.watermark},
    {name: '', render: (p) => (p.holdsBack ? badge('holds the watermark back', 'warn') : p.idle ? badge('idle') : '')},
  ], {rowClass: (p) => (p.holdsBack ? 'held' : null), empty: 'This job reads no topic.'});

  follow(signal, (s) => {
    const now = of(s, id);
    if (now) {
      rowsIn.note = `${count(now.rowsInPerSecond)}/s, ${count(now.lagRecords)} records behind`;
      rowsOut.note = `${count(now.rowsOutPerSecond)}/s`;
    }
  });
  poll(1000, signal, async () => {
    try {
      const j = await get(path('jobs', id), signal);
      const partitions = j.sources.flatMap((source) => source.partitions.map((p) => ({topic: source.topic, table: source.table, ...p})));
      say(title, j.name);
      document.title = `${j.name} – Millrace`;
      fill(standing, state(j.state));
      cancel.hidden = j.state !== 'RUNNING';
      problem.hidden = !(j.failure ?? j.warning);
      say(problem, j.failure ?? j.warning ?? '');
      rowsIn.set(...countParts(j.rowsIn), rowsIn.note ?? '');
      rowsOut.set(...countParts(j.rowsOut), `${rowsOut.note ?? ''}${j.lateRows ? `, ${count(j.lateRows)} late` : ''}`);
      watermark.set(j.watermark === null ? '–' : instant(j.watermark).slice(0, 16), '', j.watermark === null ? 'none yet' : `event time of ${partitions.filter((p) => !p.idle).length} partitions`);
      checkpoint.set(j.checkpoint ? whole(j.checkpoint.number) : '–', '',
          j.checkpoint ? `${clock(j.checkpoint.time).slice(0, 8)}, took ${duration(j.checkpoint.durationMillis)}, ${bytes(j.checkpoint.bytes)}` : 'none yet');
      sources.set(partitions);
      fill(steps, j.sources.map((source) => step({name: `Scan ${source.table}`, rowsIn: source.records, rowsOut: source.rows, unreadable: source.unreadableRecords})),
          j.operators.map(step), j.sinks.map((sink) => step({name: `Write ${sink.topic ?? sink.table}`, rowsIn: sink.rows})));
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  });

  return {
    title: id,
    elements: [
      h('div', {class: 'head'}, h('p', {class: 'crumb'}, h('a', {href: '#/jobs'}, 'Jobs')), title, standing, h('div', {class: 'push'}, cancel)),
      problem,
      h('div', {class: 'grid'}, [rowsIn, rowsOut, watermark, checkpoint].map((each) => each.element)),
      h('div', {class: 'grid'},
          card(12, 'Steps', steps),
          chartCard(signal, 6, 'Rows', [
            {name: 'in', value: (s) => of(s, id)?.rowsInPerSecond},
            {name: 'out', value: (s) => of(s, id)?.rowsOutPerSecond},
          ], (n) => `${count(n)}/s`),
          chartCard(signal, 6, 'Records behind', [{name: 'records', value: (s) => of(s, id)?.lagRecords, color: 2}], count),
          card(12, 'Sources', sources.element)),
    ],
  };
}

function step(operator) {
  const pairs = [['in', whole(operator.rowsIn)]];
  if (operator.rowsOut !== undefined) pairs.push(['out', whole(operator.rowsOut)]);
  if (operator.unreadable) pairs.push(['unreadable', whole(operator.unreadable)]);
  if (operator.failedRows) pairs.push(['failed', whole(operator.failedRows)]);
  if (operator.lateRows) pairs.push(['late', whole(operator.lateRows)]);
  if (operator.stateEntries) pairs.push(['state', `${whole(operator.stateEntries)}, ${bytes(operator.stateBytes)}`]);
  return h('li', null, h('b', null, operator.name), h('dl', null, pairs.map(([term, value]) => [h('dt', null, term), h('dd', null, value)])));
}

function end(id, name) {
  ask('Cancel job', `This stops ${name}. What it has written stays.`, {}, 'Cancel job', async () => {
    await send('DELETE', path('jobs', id));
    notify(`Job ${name} was cancelled.`);
  }, true);
}

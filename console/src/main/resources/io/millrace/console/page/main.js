// The frame of the page: navigation, the theme, the state of the live feed, and which view is shown.

import {h, fill, icon, say} from './dom.js';
import {connect} from './live.js';
import {overview} from './overview.js';
import {topics} from './topics.js';
import {topic} from './topic.js';
import {groups, group} from './groups.js';
import {jobs, job} from './jobs.js';
import {edge} from './edge.js';
import {schemas, subject} from './schemas.js';
import {access} from './access.js';
import {amqp} from './amqp.js';
import {sql} from './sql.js';

const PLACES = [
  ['', 'Overview', 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z'],
  ['topics', 'Topics', 'M4 6h16M4 12h16M4 18h10'],
  ['groups', 'Groups', 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.6-3.6 3-5.5 6.500-5.500s5.900 1.900 6.500 5.500M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.800c2 .7 3.200 2.400 3.500 5.200'],
  ['schemas', 'Schemas', 'M8 4H6a2 2 0 0 0-2 2v4l-1.500 2L4 14v4a2 2 0 0 0 2 2h2M16 4h2a2 2 0 0 1 2 2v4l1.500 2-1.500 2v4a2 2 0 0 1-2 2h-2'],
  ['access', 'Access', 'M7 10V7a5 5 0 0 1 10 0v3M5 10h14v10H5zM12 14v2.500'],
  ['amqp', 'AMQP', 'M4 5h6v4H4zM14 3h6v4h-6zM14 10h6v4h-6zM14 17h6v4h-6zM10 7c2 0 2-2 4-2M10 7c2 0 2 5 4 5M10 7c2 0 2 12 4 12'],
  ['jobs', 'Jobs', 'M4 6h5v5H4zM15 13h5v5h-5zM9 8.500h4a2 2 0 0 1 2 2V15.500'],
  ['sql', 'SQL', 'M5 7l5 5-5 5M12 18h7'],
  ['edge', 'Edge', 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 2.800 3 15.200 0 18M12 3c-3 2.800-3 15.200 0 18'],
];

const VIEWS = {
  '': {1: overview},
  topics: {1: topics, 2: topic},
  groups: {1: groups, 2: group},
  schemas: {1: schemas, 2: subject},
  access: {1: access},
  amqp: {1: amqp},
  jobs: {1: jobs, 2: job},
  sql: {1: sql},
  edge: {1: edge},
};

let leaving = new AbortController();

function show() {
  leaving.abort();
  leaving = new AbortController();
  const [address, query] = location.hash.replace(/^#\/?/, '').split('?');
  const segments = address.split('/').map(decodeURIComponent);
  const place = segments[0];
  const view = VIEWS[place]?.[segments.length];
  for (const link of document.querySelectorAll('#nav a')) {
    if (link.dataset.place === place) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const main = document.getElementById('view');
  if (!view) {
    fill(main, h('div', {class: 'head'}, h('h1', null, 'There is nothing here')), h('p', null, h('a', {href: '#/'}, 'To the overview')));
    return;
  }
  const shown = view({signal: leaving.signal, name: segments[1], query: new URLSearchParams(query)});
  document.title = `${shown.title} – Millrace`;
  fill(main, shown.elements);
  scrollTo(0, 0);
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  const other = name === 'dark' ? 'light' : 'dark';
  const button = document.getElementById('theme');
  fill(button, name === 'dark' ? '☀' : '☾');
  button.setAttribute('aria-label', `Switch to the ${other} theme`);
  button.title = `Switch to the ${other} theme`;
  window.dispatchEvent(new Event('theme'));
}

const preferred = matchMedia('(prefers-color-scheme: dark)');
theme(localStorage.getItem('theme') ?? (preferred.matches ? 'dark' : 'light'));
preferred.addEventListener('change', () => {
  if (!localStorage.getItem('theme')) theme(preferred.matches ? 'dark' : 'light');
});
document.getElementById('theme').addEventListener('click', () => {
  const other = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('theme', other);
  theme(other);
});

fill(document.getElementById('nav'), PLACES.map(([place, label, drawing]) =>
  h('a', {href: `#/${place}`, 'data-place': place, title: label}, icon(drawing), h('span', null, label))));

const feed = document.getElementById('feed');
connect((state) => {
  feed.dataset.state = state;
  say(feed.lastElementChild, {live: 'live', connecting: 'connecting', lost: 'connection lost'}[state]);
});

window.addEventListener('hashchange', show);
show();

// Who may do what, who logs in, and how much each may use.

import {badge, card, h} from './dom.js';
import {whole} from './format.js';
import {get, poll} from './api.js';
import {table} from './table.js';

const words = (name) => name.toLowerCase().replaceAll('_', ' ');
const name = (text) => (text === '' ? badge('default') : text);

const resource = (e) => [`${words(e.type)} `, h('code', null, e.name), e.pattern === 'PREFIXED' && [' ', badge('prefix')]];

const limits = (q) => Object.entries(q.limits).map(([key, limit]) =>
  h('div', null, `${words(key)} `, h('b', null, whole(limit))));

export function access({signal}) {
  const entries = table([
    {name: 'Principal', class: 'name', render: (e) => e.principal, sort: (e) => e.principal},
    {name: 'From', render: (e) => (e.host === '*' ? 'anywhere' : e.host), sort: (e) => e.host},
    {name: 'Permission', render: (e) => badge(words(e.permission), e.permission === 'DENY' ? 'bad' : 'good'), sort: (e) => e.permission},
    {name: 'Operation', render: (e) => words(e.operation), sort: (e) => e.operation},
    {name: 'On', render: resource, sort: (e) => `${e.type} ${e.name}`},
  ], {sort: 0, empty: 'No access control entries. “millrace acl allow” adds one; they count once kafka.authorizer.enabled is set.'});
  const users = table([
    {name: 'User', class: 'name', render: (u) => u.name, sort: (u) => u.name},
    {name: 'Mechanism', render: (u) => u.mechanism.replaceAll('_', '-'), sort: (u) => u.mechanism},
    {name: 'Iterations', num: true, render: (u) => whole(u.iterations), sort: (u) => u.iterations},
  ], {sort: 0, empty: 'No SCRAM users. “millrace user set” makes one.'});
  const quotas = table([
    {name: 'User', class: 'name', render: (q) => name(q.user ?? '–'), sort: (q) => q.user},
    {name: 'Client id', render: (q) => name(q.clientId ?? '–'), sort: (q) => q.clientId},
    {name: 'Address', render: (q) => name(q.ip ?? '–'), sort: (q) => q.ip},
    {name: 'Limits', render: limits},
  ], {empty: 'No quotas: every client may take what there is. “millrace quota set” limits one.'});

  poll(3000, signal, async () => {
    const found = await get('/api/access', signal);
    entries.set(found.entries);
    users.set(found.users);
    quotas.set(found.quotas);
  });

  return {
    title: 'Access',
    elements: [
      h('div', {class: 'head'}, h('h1', null, 'Access')),
      h('div', {class: 'grid'},
          card(12, 'Who may do what', entries.element),
          card(6, 'Quotas', quotas.element),
          card(6, 'SCRAM users', users.element)),
    ],
  };
}

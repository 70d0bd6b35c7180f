// Subjects of the schema registry, and the versions of one.

import {badge, card, h, say} from './dom.js';
import {whole} from './format.js';
import {get, poll} from './api.js';
import {table} from './table.js';

const TYPES = {AVRO: 'Avro', JSON: 'JSON Schema', PROTOBUF: 'Protobuf'};

const typeOf = (version) => TYPES[version.schemaType ?? 'AVRO'];

const subjectLink = (name) => h('a', {href: `#/schemas/${encodeURIComponent(name)}`}, name);

/** A schema as people read it: JSON comes without white space. */
function readable(version) {
  if (version.schemaType === 'PROTOBUF') return version.schema;
  try {
    return JSON.stringify(JSON.parse(version.schema), null, 2);
  } catch {
    return version.schema;
  }
}

export function schemas({signal}) {
  const problem = h('p', {class: 'problem', hidden: true});
  const list = table([
    {name: 'Subject', class: 'name', render: (v) => subjectLink(v.subject), sort: (v) => v.subject},
    {name: 'Format', render: typeOf, sort: typeOf},
    {name: 'Latest version', num: true, render: (v) => whole(v.version), sort: (v) => v.version},
    {name: 'Id', num: true, render: (v) => whole(v.id), sort: (v) => v.id},
  ], {sort: 0, empty: 'No schemas. A serializer registers one when it sends its first record.'});
  poll(3000, signal, async () => {
    try {
      list.set(await get('/schemas?subjectPrefix=:*:&latestOnly=true&limit=5000', signal));
      problem.hidden = true;
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.status === 404 ? 'This node has no schema registry (schema-registry.enabled).' : error.message);
    }
  });
  return {
    title: 'Schemas',
    elements: [h('div', {class: 'head'}, h('h1', null, 'Schemas')), problem, h('section', {class: 'card'}, list.element)],
  };
}

export function subject({signal, name}) {
  const level = h('span');
  const problem = h('p', {class: 'problem', hidden: true});
  const shown = h('div', {class: 'grid'});
  let before = '';
  poll(3000, signal, async () => {
    const at = `/subjects/${encodeURIComponent(name)}/versions`;
    try {
      const numbers = await get(at, signal);
      const config = await get(`/config/${encodeURIComponent(name)}?defaultToGlobal=true`, signal);
      level.replaceChildren(badge(config.compatibilityLevel.toLowerCase().replaceAll('_', ' ')));
      problem.hidden = true;
      // Versions do not change: the page is made anew only when there are others.
      if (before === numbers.join()) return;
      before = numbers.join();
      const newest = numbers.slice(-20).reverse();
      const versions = await Promise.all(newest.map((number) => get(`${at}/${number}`, signal)));
      shown.replaceChildren(...versions.map((version) =>
        card(12, `Version ${version.version}`,
            h('p', null, `${typeOf(version)}, id ${version.id}`,
                version.references?.map((r) => [', uses ', subjectLink(r.subject), ` version ${r.version}`])),
            h('pre', null, readable(version)))));
    } catch (error) {
      if (signal.aborted) return;
      problem.hidden = false;
      say(problem, error.message);
    }
  });
  return {
    title: name,
    elements: [
      h('div', {class: 'head'}, h('p', {class: 'crumb'}, h('a', {href: '#/schemas'}, 'Schemas')), h('h1', null, name), level),
      problem,
      shown,
    ],
  };
}

// Tables that can be sorted, and whose rows can be replaced while people read.

import {h, fill} from './dom.js';

/**
 * A table.
 *
 * @param columns [{name, render: row → child, sort: row → number or string, num, class}]
 * @param options {empty: what is said without rows, sort: index of the first sorting, descending,
 *     rowClass: row → class}
 */
export function table(columns, options = {}) {
  let sort = options.sort ?? null;
  let descending = options.descending ?? false;
  let rows = [];
  const head = h('tr');
  const body = h('tbody');
  const element = h('div', {class: 'scroll'}, h('table', null, h('thead', null, head), body));

  function heads() {
    fill(head, columns.map((column, index) => {
      const sorted = sort === index ? (descending ? 'descending' : 'ascending') : null;
      return h('th', {class: column.num ? 'num' : null, scope: 'col', 'aria-sort': sorted},
          column.sort ? h('button', {type: 'button', onclick: () => by(index)}, column.name) : column.name);
    }));
  }

  function by(index) {
    descending = sort === index ? !descending : Boolean(columns[index].num);
    sort = index;
    heads();
    show();
  }

  function show() {
    const key = sort === null ? null : columns[sort].sort;
    const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const ordered = key ? [...rows].sort((a, b) => compare(key(a), key(b)) * (descending ? -1 : 1)) : rows;
    fill(body, ordered.length
      ? ordered.map((row) => h('tr', {class: options.rowClass?.(row)}, columns.map((column) =>
          h('td', {class: [column.num && 'num', column.class].filter(Boolean).join(' ') || null}, column.render(row)))))
      : h('tr', null, h('td', {class: 'empty', colspan: columns.length}, options.empty ?? 'Nothing here yet.')));
    if (focused) body.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  heads();
  return {
    element,
    set(newRows) {
      rows = newRows;
      // A person who selects text in the table is not disturbed; the next second will do.
      const selection = getSelection();
      if (selection && !selection.isCollapsed && element.contains(selection.anchorNode)) return;
      show();
    },
  };
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return typeof a === 'string' ? a.localeCompare(b, 'en', {numeric: true}) : a - b;
}

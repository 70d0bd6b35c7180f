// Builds elements. Text always goes in as text: nothing in the console turns a string into markup,
// so whatever a topic, a record or a client is called, it can only be read.

const SVG = 'http://www.w3.org/2000/svg';

/** An element: h('td', {class: 'num'}, 'text', otherElement, [more]). */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts other children in the place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** Changes a text only if it is another, so that selections and screen readers are left in peace. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A line drawing of 24 by 24. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** A white card with a heading. */
export function card(width, title, ...children) {
  return h('section', {class: `card w${width}`}, title && h('header', null, h('h2', null, title)), children);
}

/** A figure with a label; set(value, unit, note) changes it. */
export function tile(width, label) {
  const number = h('span', null, '–');
  const unit = h('small');
  const note = h('div', {class: 'note'});
  const element = h('section', {class: `card tile w${width}`},
      h('div', {class: 'label'}, label), h('div', {class: 'value'}, number, unit), note);
  return {
    element,
    set(value, itsUnit = '', itsNote = '') {
      say(number, value);
      say(unit, itsUnit);
      say(note, itsNote);
    },
  };
}

/** A share of a whole, from 0 to 1. */
export function bar(share, kind = '') {
  const inner = h('i');
  inner.style.width = `${Math.max(0, Math.min(1, share || 0)) * 100}%`;
  return h('span', {class: `bar ${kind}`}, inner);
}

export function badge(text, kind = '') {
  return h('span', {class: `badge ${kind}`}, text);
}

/** Terms and their values. */
export function facts(pairs) {
  return h('dl', {class: 'facts'}, pairs.map(([term, value]) => [h('dt', null, term), h('dd', null, value)]));
}

/** Says something in the corner for a few seconds. */
export function notify(text, kind = '') {
  const notice = h('p', {class: kind}, text);
  document.getElementById('notices').append(notice);
  setTimeout(() => notice.remove(), 6000);
}

/**
 * A dialog with a form.
 *
 * @param fields label → input element
 * @param submit called on submission; when it throws, the message is shown and the dialog stays
 */
export function ask(title, text, fields, action, submit, danger = false) {
  const problem = h('p', {class: 'problem', role: 'alert', hidden: true});
  const go = h('button', {class: danger ? 'primary danger' : 'primary'}, action);
  const dialog = h('dialog', {'aria-label': title},
      h('form', {
        method: 'dialog',
        async onsubmit(event) {
          event.preventDefault();
          go.disabled = true;
          try {
            await submit();
            dialog.close();
          } catch (error) {
            problem.hidden = false;
            say(problem, error.message);
          } finally {
            go.disabled = false;
          }
        },
      },
      h('h2', null, title), text && h('p', {class: 'muted'}, text),
      Object.entries(fields).map(([label, input]) => h('label', null, label, input)),
      problem,
      h('div', {class: 'actions'},
          h('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel'), go)));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// Line charts of the live feed on a canvas: time goes to the left, a second at a time.

import {h, fill} from './dom.js';
import {clock} from './format.js';
import {snapshots, follow} from './live.js';

const SPAN = 180_000;
const BOTTOM = 20;
const TOP = 8;

/**
 * A chart of some series.
 *
 * @param series [{name, value: snapshot → number or null}], or a function that gives them anew for
 *     each drawing
 * @param format number → text, for the axis and the tip
 * @param options {tall, max, binary, label}: max fixes the axis; binary steps it by powers of 1024; label says what is shown to those
 *     who cannot see it
 */
export function chart(signal, series, format, options = {}) {
  const canvas = h('canvas', {role: 'img', 'aria-label': options.label ?? 'chart'});
  const tip = h('div', {class: 'tip', hidden: true});
  const element = h('div', {class: options.tall ? 'chart tall' : 'chart'}, canvas, tip);
  const legend = h('div', {class: 'legend'});
  let pointer = null;
  let legendNames = '';
  let left = 52;

  const current = () => (typeof series === 'function' ? series() : series);

  function draw() {
    const box = element.getBoundingClientRect();
    if (box.width < 40 || !element.isConnected) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(box.width * ratio);
    const height = Math.round(box.height * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const lines = current();
    showLegend(lines);
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const pen = canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);

    const now = snapshots.at(-1)?.time ?? Date.now();
    const right = box.width - 4;
    const floor = box.height - BOTTOM;
    const top = options.max ?? scaleTop(lines, options.binary ? 1024 : 1000);
    pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    left = 14 + Math.max(...[0, 0.5, 1].map((share) => pen.measureText(format(top * share)).width));
    const x = (time) => left + (right - left) * (1 - (now - time) / SPAN);
    const y = (value) => floor - (floor - TOP) * Math.min(1, value / top);

    axes(pen, color, format, top, x, y, now, left, right, floor);
    lines.forEach((line, index) => {
      plot(pen, line, color(`--series-${line.color ?? index % 6}`), x, y, left, floor, lines.length <= 2);
    });
    if (!snapshots.some((snapshot) => lines.some((line) => Number.isFinite(line.value(snapshot))))) {
      pen.textAlign = 'center';
      pen.fillStyle = color('--muted');
      pen.fillText('nothing to show', (left + right) / 2, (TOP + floor) / 2 + 16);
    }
    if (pointer !== null) cross(pen, color, lines, x, y, now, box, floor);
    canvas.setAttribute('aria-label', `${options.label ?? 'chart'}: ` + lines.map((line) => {
      const value = snapshots.length ? line.value(snapshots.at(-1)) : null;
      return `${line.name} ${value === null || value === undefined ? 'unknown' : format(value)}`;
    }).join(', '));
  }

  function showLegend(lines) {
    const names = lines.map((line) => line.name).join('\n');
    if (names === legendNames) return;
    legendNames = names;
    fill(legend, lines.map((line, index) =>
      h('span', {title: line.name}, h('i', {class: 'swatch', 'data-series': line.color ?? index % 6}), line.name)));
  }

  function cross(pen, color, lines, x, y, now, box, floor) {
    const time = now - SPAN * (1 - (pointer - left) / (box.width - 4 - left));
    let nearest = null;
    for (const snapshot of snapshots) {
      if (nearest === null || Math.abs(snapshot.time - time) < Math.abs(nearest.time - time)) nearest = snapshot;
    }
    if (nearest === null || now - nearest.time > SPAN) return;
    const at = x(nearest.time);
    pen.strokeStyle = color('--muted');
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    stroke(pen, [[at, TOP], [at, floor]]);
    pen.setLineDash([]);
    const rows = lines.map((line, index) => {
      const value = line.value(nearest);
      if (value !== null && value !== undefined) {
        pen.fillStyle = color(`--series-${line.color ?? index % 6}`);
        pen.beginPath();
        pen.arc(at, y(value), 3.2, 0, 7);
        pen.fill();
      }
      return h('p', null,
          h('span', null, h('i', {class: 'swatch', 'data-series': line.color ?? index % 6}), line.name),
          h('b', null, value === null || value === undefined ? '–' : format(value)));
    });
    fill(tip, h('p', {class: 'muted'}, clock(nearest.time).slice(0, 8)), rows);
    tip.hidden = false;
    tip.style.left = at > box.width / 2 ? '' : `${at + 12}px`;
    tip.style.right = at > box.width / 2 ? `${box.width - at + 12}px` : '';
  }

  canvas.addEventListener('pointermove', (event) => {
    pointer = Math.max(left, event.offsetX);
    draw();
  });
  canvas.addEventListener('pointerleave', () => {
    pointer = null;
    tip.hidden = true;
    draw();
  });
  const resized = new ResizeObserver(draw);
  resized.observe(element);
  window.addEventListener('theme', draw);
  signal.addEventListener('abort', () => {
    resized.disconnect();
    window.removeEventListener('theme', draw);
  });
  follow(signal, draw);
  return {element, legend};
}

/** A card with a chart and its legend. */
export function chartCard(signal, width, title, series, format, options = {}) {
  const {element, legend} = chart(signal, series, format, {label: title, ...options});
  return h('section', {class: `card plot w${width}`}, h('header', null, h('h2', null, title), legend), element);
}

/** The end of the axis: a round number a little above all that is shown. */
function scaleTop(lines, base) {
  let most = 0;
  for (const snapshot of snapshots) {
    for (const line of lines) most = Math.max(most, line.value(snapshot) ?? 0);
  }
  if (most === 0) return 1;
  let unit = 1;
  while (most >= unit * base) unit *= base;
  const wanted = most * 1.08 / unit;
  const step = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((n) => n * step >= wanted) * step * unit;
}

function axes(pen, color, format, top, x, y, now, left, right, floor) {
  pen.strokeStyle = color('--line');
  pen.fillStyle = color('--muted');
  pen.lineWidth = 1;
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  for (const share of [0, 0.5, 1]) {
    const at = Math.round(y(top * share)) + 0.5;
    stroke(pen, [[left, at], [right, at]]);
    pen.fillText(format(top * share), left - 8, at);
  }
  pen.textBaseline = 'alphabetic';
  for (const minute of [3, 2, 1, 0]) {
    pen.textAlign = minute === 3 ? 'left' : minute === 0 ? 'right' : 'center';
    pen.fillText(minute === 0 ? 'now' : `-${minute} min`, x(now - minute * 60_000), floor + 16);
  }
}

function plot(pen, line, color, x, y, left, floor, filled) {
  const points = [];
  let before = null;
  const runs = [];
  for (const snapshot of snapshots) {
    const value = line.value(snapshot);
    const gap = before !== null && snapshot.time - before > 5000;
    if ((value === null || value === undefined || gap) && points.length) runs.push(points.splice(0));
    if (value !== null && value !== undefined) points.push([x(snapshot.time), y(value)]);
    before = snapshot.time;
  }
  if (points.length) runs.push(points);
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, 1e5, 1e5);
  pen.clip();
  for (const run of runs) {
    if (filled && run.length > 1) {
      const shade = pen.createLinearGradient(0, TOP, 0, floor);
      shade.addColorStop(0, `color-mix(in srgb, ${color} 26%, transparent)`);
      shade.addColorStop(1, `color-mix(in srgb, ${color} 2%, transparent)`);
      pen.fillStyle = shade;
      pen.beginPath();
      pen.moveTo(run[0][0], floor);
      run.forEach(([px, py]) => pen.lineTo(px, py));
      pen.lineTo(run.at(-1)[0], floor);
      pen.fill();
    }
    pen.strokeStyle = color;
    pen.lineWidth = 1.8;
    pen.lineJoin = 'round';
    pen.lineCap = 'round';
    stroke(pen, run.length === 1 ? [run[0], run[0]] : run);
  }
  pen.restore();
}

function stroke(pen, points) {
  pen.beginPath();
  points.forEach(([px, py], index) => (index ? pen.lineTo(px, py) : pen.moveTo(px, py)));
  pen.stroke();
}

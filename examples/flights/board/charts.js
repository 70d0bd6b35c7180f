// The two charts of an airport, drawn on canvas: they move with event time.

import { delayColour } from "./colour.js";
import { DAY, HOUR, dayAndMonth } from "./time.js";

const INK = { text: "#8391a3", line: "#1d2633", bar: "#4fb3d9", delay: "#ffc53d" };
const FONT = '11px system-ui, "DejaVu Sans", sans-serif';
const PAD = { left: 30, right: 34, top: 8, bottom: 20 };

/** A canvas as sharp as the screen, with the plot's own coordinates. */
class Plot {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  /** Starts a new picture; false while the canvas has no size. */
  begin() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return false;
    const scale = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.pen.clearRect(0, 0, width, height);
    this.pen.font = FONT;
    this.left = PAD.left;
    this.right = width - PAD.right;
    this.top = PAD.top;
    this.bottom = height - PAD.bottom;
    return true;
  }

  /** From a range of values to places on the canvas. */
  scaleX(from, to) {
    return (value) => this.left + ((value - from) / (to - from)) * (this.right - this.left);
  }

  scaleY(from, to) {
    return (value) => this.bottom - ((value - from) / (to - from)) * (this.bottom - this.top);
  }

  text(text, x, y, align, colour = INK.text) {
    this.pen.fillStyle = colour;
    this.pen.textAlign = align;
    this.pen.fillText(text, x, y);
  }

  rule(y) {
    this.pen.fillStyle = INK.line;
    this.pen.fillRect(this.left, Math.round(y), this.right - this.left, 1);
  }

  inside(draw) {
    this.pen.save();
    this.pen.beginPath();
    this.pen.rect(this.left, 0, this.right - this.left, this.bottom + 1);
    this.pen.clip();
    draw();
    this.pen.restore();
  }
}

/** The least of the usual ends of an axis that is not below the value. */
const axisEnd = (value, ends) => ends.find((end) => end >= value) ?? Math.ceil(value / 100) * 100;

/** Bars of departures by the hour under a line of the sliding mean delay, both up to now. */
export class HourChart {
  static SPAN = 7 * DAY;
  #plot;

  constructor(canvas) {
    this.#plot = new Plot(canvas);
  }

  draw(now, departures, delays) {
    const plot = this.#plot;
    if (!plot.begin()) return;
    const from = now - HourChart.SPAN;
    const x = plot.scaleX(from, now);
    const bars = departures.filter((row) => row.end > from);
    const line = delays.filter((row) => row.end > from - 3 * HOUR);
    const most = axisEnd(Math.max(2, ...bars.map((row) => row.departures)), [2, 4, 6, 8, 10, 15, 20, 30, 50]);
    const late = axisEnd(Math.max(30, ...line.map((row) => row.delay)), [30, 60, 90, 120, 180, 240, 360]);
    const barY = plot.scaleY(0, most * 1.02);
    const early = Math.max(late / 3, ...line.map((row) => -1.1 * row.delay));
    const delayY = plot.scaleY(-early, late);

    for (const part of [0, 0.5, 1]) {
      plot.rule(barY(most * part));
      plot.text(String(most * part), plot.left - 6, barY(most * part) + 4, "right");
    }
    for (const minutes of [0, late / 2, late]) {
      plot.text(String(minutes), plot.right + 6, delayY(minutes) + 4, "left", INK.delay);
    }
    for (let day = Math.ceil(from / DAY) * DAY; day < now; day += DAY) {
      plot.pen.fillStyle = INK.line;
      plot.pen.fillRect(Math.round(x(day)), plot.top, 1, plot.bottom - plot.top);
      if (x(day) < plot.right - 36) plot.text(dayAndMonth(day), x(day) + 4, plot.bottom + 14, "left");
    }
    plot.inside(() => {
      const width = Math.max(1.5, x(from + HOUR) - x(from) - 1);
      plot.pen.fillStyle = INK.bar;
      for (const row of bars) {
        plot.pen.fillRect(x(row.start), barY(row.departures), width, plot.bottom - barY(row.departures));
      }
      this.#line(line, x, delayY);
    });
  }

  /** Joins windows that follow each other; a gap of hours without flights stays a gap. */
  #line(rows, x, y) {
    const { pen } = this.#plot;
    pen.strokeStyle = INK.delay;
    pen.lineWidth = 1.6;
    pen.lineJoin = "round";
    pen.beginPath();
    let last;
    for (const row of rows) {
      const at = x(row.end - HOUR / 2);
      if (last !== undefined && row.end - last <= HOUR) pen.lineTo(at, y(row.delay));
      else {
        pen.moveTo(at - 1, y(row.delay));
        pen.lineTo(at, y(row.delay));
      }
      last = row.end;
    }
    pen.stroke();
  }
}

/** A bar for each day of the quarter, coloured by its mean delay. */
export class DayChart {
  #plot;

  constructor(canvas) {
    this.#plot = new Plot(canvas);
  }

  draw(from, to, days) {
    const plot = this.#plot;
    if (!plot.begin()) return;
    const x = plot.scaleX(from, to);
    const most = axisEnd(Math.max(4, ...days.map((row) => row.departures)), [4, 6, 8, 10, 16, 20, 24, 30, 40, 60]);
    const y = plot.scaleY(0, most * 1.02);
    for (const part of [0, 0.5, 1]) {
      plot.rule(y(most * part));
      plot.text(String(most * part), plot.left - 6, y(most * part) + 4, "right");
    }
    for (let day = from; day < to; day += DAY) {
      if ([1, 15].includes(new Date(day).getUTCDate())) {
        plot.text(dayAndMonth(day), x(day), plot.bottom + 14, "left");
      }
    }
    const width = Math.max(1.5, x(from + DAY) - x(from) - 1.5);
    plot.inside(() => {
      for (const row of days) {
        plot.pen.fillStyle = delayColour(row.delay);
        plot.pen.fillRect(x(row.start), y(row.departures), width, plot.bottom - y(row.departures));
      }
    });
  }
}

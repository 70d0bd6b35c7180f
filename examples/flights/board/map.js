// The map: a bubble for each airport with departures in the day shown, its area by their number, its
// colour by their mean delay.

import { HEIGHT, WIDTH, project } from "./albers.js";
import { delayColour, delayText } from "./colour.js";
import { OUTLINE } from "./outline.js";

const LABELS = 7;

/** Radius on the drawing: the area of a bubble is in proportion to the departures. */
export const radius = (departures) => 5 * Math.sqrt(departures);

function element(name, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class AirportMap {
  #bubbles = new Map();
  #labels = element("g");
  #ring = element("circle", { class: "chosen", r: 0 });
  #places = new Map();
  #chosen;

  /** @param onChoose called with the code of the airport that was clicked */
  constructor(svg, airports, onChoose) {
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    const dots = element("g");
    const bubbles = element("g");
    for (const [code, airport] of airports) {
      const [cx, cy] = project(airport.longitude, airport.latitude);
      this.#places.set(code, { cx, cy, airport });
      dots.append(element("circle", { class: "airport-dot", cx, cy, r: 1.6 }));
      const bubble = element("circle", { class: "airport-bubble", cx, cy, r: 0 });
      bubble.append(element("title"));
      bubble.addEventListener("click", () => onChoose(code));
      this.#bubbles.set(code, bubble);
      bubbles.append(bubble);
    }
    svg.append(element("path", { class: "land", d: OUTLINE }), dots, bubbles, this.#ring, this.#labels);
  }

  choose(code) {
    this.#chosen = code;
    const place = this.#places.get(code);
    if (place) {
      this.#ring.setAttribute("cx", place.cx);
      this.#ring.setAttribute("cy", place.cy);
    }
  }

  /** @param day code → {departures, delay} of the airports with departures */
  show(day) {
    for (const [code, bubble] of this.#bubbles) {
      const row = day.get(code);
      bubble.setAttribute("r", row ? radius(row.departures) : 0);
      if (row) {
        const colour = delayColour(row.delay);
        bubble.setAttribute("fill", colour);
        bubble.setAttribute("stroke", colour);
        const { airport } = this.#places.get(code);
        bubble.firstChild.textContent =
          `${code} ${airport.name}: ${row.departures} departures, ${delayText(row.delay)}`;
      }
    }
    this.#ring.setAttribute("r", radius(day.get(this.#chosen)?.departures ?? 0) + 4);
    const busiest = [...day]
      .filter(([code]) => this.#places.has(code))
      .sort(([, a], [, b]) => b.departures - a.departures)
      .slice(0, LABELS);
    this.#labels.replaceChildren(...busiest.map(([code]) => this.#label(code)));
  }

  #label(code) {
    const { cx, cy } = this.#places.get(code);
    const label = element("text", { x: cx, y: cy + 4 });
    label.textContent = code;
    return label;
  }
}

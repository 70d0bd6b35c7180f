// The list of the busiest airports, on flaps.

import { delayColour, delayText } from "./colour.js";
import { Flaps } from "./flaps.js";

const ROWS = 15;

export class AirportList {
  #rows;

  /** @param onChoose called with the code of the row that was chosen */
  constructor(body, airports, onChoose) {
    this.airports = airports;
    this.#rows = Array.from({ length: ROWS }, () => new Row(onChoose));
    body.replaceChildren(...this.#rows.map((row) => row.element));
  }

  /**
   * @param ranked codes, the busiest first
   * @param day code → {departures, delay} of the airports with departures
   */
  show(ranked, day, chosen) {
    this.#rows.forEach((row, i) => {
      const code = ranked[i];
      row.show(code, this.airports.get(code), day.get(code), code === chosen);
    });
  }
}

class Row {
  element = document.createElement("tr");
  #code;
  #flaps;
  #place = document.createElement("td");
  #departures = document.createElement("td");
  #delay = document.createElement("td");
  #delayText = document.createElement("span");

  constructor(onChoose) {
    const cell = document.createElement("td");
    const host = document.createElement("span");
    cell.append(host);
    this.#flaps = new Flaps(host);
    this.#delayText.className = "delay";
    this.#delay.append(this.#delayText);
    this.element.append(cell, this.#place, this.#departures, this.#delay);
    this.element.tabIndex = 0;
    const choose = () => this.#code && onChoose(this.#code);
    this.element.addEventListener("click", choose);
    this.element.addEventListener("keydown", (event) => event.key === "Enter" && choose());
  }

  show(code, airport, row, chosen) {
    this.#code = code;
    this.#flaps.show(code ?? "   ");
    this.#place.textContent = airport ? `${airport.city}, ${airport.state}` : "";
    this.#departures.textContent = code ? (row?.departures ?? 0) : "";
    this.#delayText.textContent = row ? delayText(row.delay) : code ? "–" : "";
    if (row) this.#delayText.style.setProperty("--ink", delayColour(row.delay));
    else this.#delayText.style.removeProperty("--ink");
    this.element.setAttribute("aria-selected", String(chosen));
  }
}

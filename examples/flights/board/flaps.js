// Split-flap letters: a cell turns when its letter changes.

export class Flaps {
  #host;
  #cells = [];
  #text = "";

  constructor(host) {
    this.#host = host;
    host.classList.add("flaps");
  }

  show(text) {
    if (text === this.#text) return;
    this.#text = text;
    if (this.#cells.length !== text.length) {
      this.#cells = [...text].map(() => document.createElement("span"));
      this.#host.replaceChildren(...this.#cells);
    }
    [...text].forEach((letter, i) => turn(this.#cells[i], letter));
  }
}

function turn(cell, letter) {
  if (cell.textContent === letter) return;
  cell.textContent = letter;
  cell.className = letter === " " ? "flap gap" : "flap";
  cell.getAnimations().forEach((animation) => animation.cancel());
  if (letter !== " ") cell.classList.add("turn");
}

// The board: what is known of all airports, what is known of the chosen one, and when to draw.

import { HourChart, DayChart } from "./charts.js";
import { delayRamp, delayText } from "./colour.js";
import { airports as readAirports, followAll, followOne } from "./feed.js";
import { Flaps } from "./flaps.js";
import { AirportList } from "./list.js";
import { AirportMap, radius } from "./map.js";
import { DAY, boardClock, longDay } from "./time.js";

const QUARTER = [Date.UTC(2001, 0, 1), Date.UTC(2001, 3, 1)];
const FIRST_CHOICE = "DFW";
const EASING = 0.18; // share of the way to now that the picture moves in a frame
const EDGE_MILLIS = 2_000;
const MEMORY = 0.985; // how much of an airport's rank stays from one day to the next

const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en-US");

const airports = await readAirports();
const map = new AirportMap($("map"), airports, choose);
const list = new AirportList($("list"), airports, choose);
const clock = new Flaps($("clock"));
const sign = new Flaps($("airport-code"));
const hourChart = new HourChart($("hours"));
const dayChart = new DayChart($("days"));

// Of all airports.
const newestDay = new Map(); // code → row
const rank = new Map(); // code → departures a day, with the past fading
let shownDay = 0;
let results = 0;
let now = 0;
let allChanged = false;
let following = false;
let stopAll = () => {};

// Of the chosen one.
let chosen;
let chosenRows = empty();
let stopOne = () => {};
let chosenChanged = false;
let drawnNow = 0;

function empty() {
  return { departures: [], delays: [], days: [] };
}

/** Takes rows of any airport. */
function take({ key, departures, delays, days }) {
  for (const row of [...departures, ...delays, ...days]) now = Math.max(now, row.end);
  results += departures.length + delays.length + days.length;
  for (const row of days) {
    // What a new connection tells first may be known.
    if (row.start <= (newestDay.get(key)?.start ?? -Infinity)) continue;
    newestDay.set(key, row);
    rank.set(key, (rank.get(key) ?? 0) * MEMORY + row.departures);
    shownDay = Math.max(shownDay, row.start);
  }
  allChanged = true;
}

/** Adds rows of the chosen airport; a row that is there already is not added twice. */
function add(update) {
  for (const [name, rows] of Object.entries(chosenRows)) {
    const last = rows.at(-1)?.start ?? -Infinity;
    rows.push(...update[name].filter((row) => row.start > last));
  }
  forgetOld(chosenRows);
  chosenChanged = true;
}

function forgetOld(rows) {
  for (const name of ["departures", "delays"]) {
    const oldest = (rows[name].at(-1)?.end ?? 0) - HourChart.SPAN - DAY;
    rows[name] = rows[name].filter((row) => row.end > oldest);
  }
}

function choose(code) {
  if (!airports.has(code) || code === chosen) return;
  chosen = code;
  chosenRows = empty();
  history.replaceState(null, "", `#${code}`);
  const airport = airports.get(code);
  sign.show(code);
  $("airport-name").textContent = airport.name;
  $("airport-place").textContent = `${airport.city}, ${airport.state}`;
  $("document").href = `/board/${code}.json`;
  $("document").textContent = `/board/${code}.json`;
  $("live").href = `/board/${code}/live`;
  map.choose(code);
  if (following) followChosen();
  allChanged = true;
  chosenChanged = true;
}

function followChosen() {
  stopOne();
  stopOne = followOne(
    chosen,
    (all) => {
      chosenRows = empty();
      add(all);
    },
    add,
  );
}

/** A page that nobody sees holds no streams: a browser has six connections for all pages of a host. */
function followWhileVisible() {
  stopAll();
  stopOne();
  following = !document.hidden;
  if (following) {
    stopAll = followAll(take, link);
    followChosen();
  } else {
    link("paused");
  }
}

function showAll() {
  const day = new Map([...newestDay].filter(([, row]) => row.start === shownDay));
  const ranked = [...rank].sort(([, a], [, b]) => b - a).map(([code]) => code);
  map.show(day);
  list.show(ranked, day, chosen);
  const departures = [...day.values()].reduce((sum, row) => sum + row.departures, 0);
  const delay = [...day.values()].reduce((sum, row) => sum + row.departures * row.delay, 0) / departures;
  $("figure-departures").textContent = departures ? number.format(departures) : "–";
  $("figure-delay").textContent = departures ? delayText(delay) : "–";
  $("figure-results").textContent = number.format(results);
  $("map-day").textContent = shownDay ? `· ${longDay(shownDay)}` : "";
  if (now) clock.show(boardClock(now));
}

function showChosen() {
  const { departures, delays, days } = chosenRows;
  const total = days.reduce((sum, row) => sum + row.departures, 0);
  $("airport-departures").textContent = total ? `${number.format(total)} flights` : "–";
  $("airport-delay").textContent = delays.length ? delayText(delays.at(-1).delay) : "–";
  $("airport-p95").textContent = departures.length ? delayText(departures.at(-1).p95) : "–";
  dayChart.draw(...QUARTER, days);
  hourChart.draw(drawnNow, departures, delays);
}

/** One frame: all that changed since the last one is drawn together. */
function frame() {
  if (allChanged) {
    allChanged = false;
    showAll();
  }
  const step = now - drawnNow;
  const moves = step > 60_000;
  if (moves) drawnNow = step > HourChart.SPAN ? now : drawnNow + Math.max(60_000, step * EASING);
  if (chosenChanged || moves) {
    chosenChanged = false;
    showChosen();
  }
  requestAnimationFrame(frame);
}

function legend() {
  $("legend-ramp").style.background = delayRamp(-15, 60);
  const svg = (departures, x) =>
    `<circle cx="${x}" cy="${30 - radius(departures)}" r="${radius(departures)}"/>` +
    `<text x="${x + radius(departures) + 3}" y="30">${departures}</text>`;
  $("legend-sizes").innerHTML = svg(1, 14) + svg(5, 46);
}

function link(state) {
  $("link").textContent = state;
  $("link").dataset.state = state;
}

/** Says how the edge answered for the document of the chosen airport: a hit, or asked its origin. */
async function askEdge() {
  try {
    const response = await fetch(`/board/${chosen}.json`, { cache: "no-cache" });
    const age = response.headers.get("age");
    const status = response.headers.get("cache-status")?.replace(/^millrace; /, "");
    $("edge").textContent = [`edge: ${response.status}`, status, age && `age ${age} s`].filter(Boolean).join(" · ");
  } catch {
    $("edge").textContent = "edge: no answer";
  }
}

legend();
setInterval(() => following && askEdge(), EDGE_MILLIS);
addEventListener("hashchange", () => choose(location.hash.slice(1)));
addEventListener("resize", () => (chosenChanged = true));
choose(airports.has(location.hash.slice(1)) ? location.hash.slice(1) : FIRST_CHOICE);
followWhileVisible();
document.addEventListener("visibilitychange", followWhileVisible);
requestAnimationFrame(frame);

// What the edge serves of the board.
//
//   /board/KEY.json      {"key":"SFO","departures":[…],"delays":[…],"days":[…],"version":7}, oldest first
//   /board/KEY/live      events: "replace" with a document, then "update" with the rows that are new
//   /board/index.json    {"keys":{"SFO":{"departures":…,"delays":…,"days":…,"version":7},…},"version":9}
//   /board/live          events: "state" with an index, then "replace" or "update" of one key each

import { parse } from "./time.js";

export const MEMBERS = ["departures", "delays", "days"];

/** Rows of one member, with times as milliseconds. */
const rows = (list) => (list ?? []).filter((row) => row !== null).map(readRow);

function readRow(row) {
  return {
    start: parse(row.window_start),
    end: parse(row.window_end),
    departures: row.departures,
    delay: row.mean_delay,
    p95: row.p95_delay,
  };
}

function readDocument(data) {
  return { key: data.key, ...Object.fromEntries(MEMBERS.map((name) => [name, rows(data[name])])) };
}

/**
 * Follows all airports.
 *
 * @param onRows called with the newest rows of one airport: {key, departures, delays, days}
 * @param onLink called with "live" or "lost"
 * @returns ends it
 */
export function followAll(onRows, onLink) {
  const source = new EventSource("/board/live");
  const state = (event) => {
    for (const [key, newest] of Object.entries(JSON.parse(event.data).keys)) {
      onRows(readDocument({ key, ...wrap(newest) }));
    }
  };
  source.addEventListener("state", state);
  // An airport's first rows come as its whole document.
  for (const name of ["replace", "update"]) {
    source.addEventListener(name, (event) => onRows(readDocument(JSON.parse(event.data))));
  }
  source.addEventListener("open", () => onLink("live"));
  source.addEventListener("error", () => onLink("lost"));
  return () => source.close();
}

const wrap = (newest) => Object.fromEntries(MEMBERS.map((name) => [name, [newest[name] ?? null]]));

/**
 * Follows one airport.
 *
 * @param onDocument called with all that is kept of it, in place of what came before
 * @param onUpdate called with rows to add
 * @returns ends it
 */
export function followOne(key, onDocument, onUpdate) {
  const source = new EventSource(`/board/${encodeURIComponent(key)}/live`);
  source.addEventListener("replace", (event) => onDocument(readDocument(JSON.parse(event.data))));
  source.addEventListener("update", (event) => onUpdate(readDocument(JSON.parse(event.data))));
  return () => source.close();
}

/** The airports of the map: code → {name, city, state, longitude, latitude}. */
export async function airports() {
  const response = await fetch("airports.csv");
  if (!response.ok) throw new Error(`airports.csv: ${response.status}`);
  const lines = (await response.text()).trimEnd().split("\n").slice(1);
  return new Map(
    lines.map((line) => {
      const [code, name, city, state, , latitude, longitude] = fields(line);
      return [code, { name, city, state, longitude: Number(longitude), latitude: Number(latitude) }];
    }),
  );
}

/** The fields of a line of CSV (RFC 4180). */
function fields(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

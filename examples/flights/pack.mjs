#!/usr/bin/env node
// Makes the compact copies in this folder from an unpacked vega-datasets package:
//
//   node pack.mjs FOLDER/package/data
//
// flights.csv.gz        the flights, in the order of the source file
// board/airports.csv    the airports that occur in them
// board/outline.js      the outlines of the states as one SVG path, projected and simplified
//
// The same input gives the same bytes.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { project } from "./board/albers.js";

const source = process.argv[2];
if (!source) {
  console.error("usage: node pack.mjs FOLDER/package/data");
  process.exit(2);
}
const target = dirname(fileURLToPath(import.meta.url));

const flights = JSON.parse(readFileSync(join(source, "flights-20k.json"), "utf8"));
packFlights();
packAirports();
packOutline();

function packFlights() {
  const lines = ["scheduled,delay,distance,origin,destination"];
  for (const { date, delay, distance, origin, destination } of flights) {
    const scheduled = date.replaceAll("/", "-");
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(scheduled)) throw new Error(`not a minute: ${date}`);
    lines.push([scheduled, delay, distance, origin, destination].join(","));
  }
  write("flights.csv.gz", gzipSync(lines.join("\n") + "\n", { level: 9 }));
}

function packAirports() {
  const used = new Set(flights.flatMap((flight) => [flight.origin, flight.destination]));
  const [head, ...rows] = readFileSync(join(source, "airports.csv"), "utf8").trimEnd().split(/\r?\n/);
  const kept = rows.filter((row) => used.has(row.slice(0, row.indexOf(","))));
  if (kept.length !== used.size) throw new Error("an airport of the flights is not in airports.csv");
  write("board/airports.csv", [head, ...kept].join("\n") + "\n");
}

function packOutline() {
  const atlas = JSON.parse(readFileSync(join(source, "us-10m.json"), "utf8"));
  const { scale, translate } = atlas.transform;
  // TopoJSON: an arc is a run of differences in whole steps; neighbours share the arc of their border.
  const arcs = atlas.arcs.map((arc) => {
    let x = 0;
    let y = 0;
    const points = arc.map(([dx, dy]) => {
      x += dx;
      y += dy;
      return project(x * scale[0] + translate[0], y * scale[1] + translate[1]);
    });
    return simplify(points, 0.6);
  });
  const arcOf = (index) => (index >= 0 ? arcs[index] : [...arcs[~index]].reverse());
  const rings = atlas.objects.states.geometries
    .flatMap((state) => (state.type === "MultiPolygon" ? state.arcs : [state.arcs]))
    .flatMap((polygon) => polygon)
    .map((ring) => ring.flatMap((index) => arcOf(index).slice(0, -1)))
    .filter((ring) => ring.length > 2 && Math.abs(area(ring)) > 3);
  write(
    "board/outline.js",
    "// The outlines of the states, made by pack.mjs: see README.md in the folder above.\n" +
      `export const OUTLINE =\n  "${rings.map(path).join("")}";\n`);
}

/** Douglas and Peucker's line simplification: no point is further than the tolerance from the result. */
function simplify(points, tolerance) {
  const keep = new Set([0, points.length - 1]);
  const open = [[0, points.length - 1]];
  while (open.length > 0) {
    const [first, last] = open.pop();
    let furthest = -1;
    let most = tolerance;
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToLine(points[i], points[first], points[last]);
      if (distance > most) {
        most = distance;
        furthest = i;
      }
    }
    if (furthest > 0) {
      keep.add(furthest);
      open.push([first, furthest], [furthest, last]);
    }
  }
  return points.filter((_, index) => keep.has(index));
}

function distanceToLine([x, y], [x1, y1], [x2, y2]) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  return length === 0
    ? Math.hypot(x - x1, y - y1)
    : Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}

function area(ring) {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

/** A closed SVG path in tenths, written as differences. */
function path(ring) {
  const tenths = ring.map((point) => point.map((value) => Math.round(value * 10)));
  const steps = tenths.slice(1).map(([x, y], i) => [x - tenths[i][0], y - tenths[i][1]]);
  const text = (values) => values.map((value) => value / 10).join(",");
  return `M${text(tenths[0])}l${steps.map(text).join(" ")}z`;
}

function write(name, content) {
  writeFileSync(join(target, name), content);
  console.log(`${name}: ${content.length} bytes`);
}

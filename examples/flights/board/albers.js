// Albers' equal-area conic projection of the United States: areas of the map compare as they do on
// the ground. Alaska (at 0.35 of the scale), Hawaii and Puerto Rico are moved into the corners, as
// atlases do. Formulas: J. P. Snyder, Map Projections: A Working Manual (1987), chapter 14.

/** The size of the drawing, in its own units. */
export const WIDTH = 975;
export const HEIGHT = 610;

const SCALE = 1300;
const RADIANS = Math.PI / 180;

/** One cone: meridian, parallels and centre in degrees, and where on the drawing the centre is. */
function cone({ meridian, parallels, centre, scale, x, y }) {
  const sin1 = Math.sin(parallels[0] * RADIANS);
  const n = (sin1 + Math.sin(parallels[1] * RADIANS)) / 2;
  const c = 1 + sin1 * (2 * n - sin1);
  const radius = (latitude) => Math.sqrt(c - 2 * n * Math.sin(latitude * RADIANS)) / n;
  const raw = (degrees, latitude) => {
    const angle = n * degrees * RADIANS;
    return [radius(latitude) * Math.sin(angle), -radius(latitude) * Math.cos(angle)];
  };
  const [centreX, centreY] = raw(centre[0], centre[1]);
  return (longitude, latitude) => {
    const [rawX, rawY] = raw(longitude - meridian, latitude);
    return [x + scale * (rawX - centreX), y - scale * (rawY - centreY)];
  };
}

const cones = {
  mainland: cone({
    meridian: -96, parallels: [29.5, 45.5], centre: [-0.6, 38.7],
    scale: SCALE, x: WIDTH / 2, y: HEIGHT / 2,
  }),
  alaska: cone({
    meridian: -154, parallels: [55, 65], centre: [-2, 58.5],
    scale: SCALE * 0.35, x: WIDTH / 2 - 0.307 * SCALE, y: HEIGHT / 2 + 0.201 * SCALE,
  }),
  hawaii: cone({
    meridian: -157, parallels: [8, 18], centre: [-3, 19.9],
    scale: SCALE, x: WIDTH / 2 - 0.205 * SCALE, y: HEIGHT / 2 + 0.212 * SCALE,
  }),
  caribbean: cone({
    meridian: -66, parallels: [8, 18], centre: [0, 18],
    scale: SCALE, x: WIDTH / 2 + 0.32 * SCALE, y: HEIGHT / 2 + 0.205 * SCALE,
  }),
};

/** Which part of the drawing a place is on. */
function part(longitude, latitude) {
  if (latitude > 50 && longitude < -129) return cones.alaska;
  if (latitude < 24 && longitude < -150) return cones.hawaii;
  if (latitude < 20 && longitude > -70) return cones.caribbean;
  return cones.mainland;
}

/** Where a place is on the drawing: [x, y] from the top left. */
export function project(longitude, latitude) {
  const west = longitude > 0 ? longitude - 360 : longitude; // the Aleutians cross the date line
  return part(west, latitude)(west, latitude);
}

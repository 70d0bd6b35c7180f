// Numbers, sizes and times as people read them.

const WHOLE = new Intl.NumberFormat('en', {maximumFractionDigits: 0});

/** A whole number with separators. */
export const whole = (n) => (n === null || n === undefined ? '–' : WHOLE.format(n));

function scaled(value, base, units) {
  let at = 0;
  let left = Math.abs(value);
  while (left >= base && at < units.length - 1) {
    left /= base;
    at++;
  }
  const digits = left >= 100 || at === 0 && Number.isInteger(left) ? 0 : left >= 10 ? 1 : 2;
  return [`${value < 0 ? '-' : ''}${Number(left.toFixed(digits))}`, units[at]];
}

/** A count in at most four digits, as [number, unit]. */
export const countParts = (n) => scaled(n ?? 0, 1000, ['', 'k', 'M', 'G', 'T']);

/** A count in at most four digits. */
export function count(n) {
  if (n === null || n === undefined) return '–';
  const [number, unit] = countParts(n);
  return unit ? `${number} ${unit}` : number;
}

/** Bytes as [number, unit]. */
export const byteParts = (n) => scaled(n ?? 0, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);

/** Bytes. */
export const bytes = (n) => (n === null || n === undefined || n < 0 ? '–' : byteParts(n).join(' '));

/** A share from 0 to 1. */
export const percent = (share) =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(share > 0.995 && share < 1 ? 2 : 1)} %`;

/** A span of time. */
export function duration(millis) {
  if (millis === null || millis === undefined) return '–';
  if (Math.abs(millis) < 1000) return `${Math.round(millis)} ms`;
  const s = Math.floor(Math.abs(millis) / 1000);
  const sign = millis < 0 ? '-' : '';
  if (s < 60) return `${sign}${(Math.abs(millis) / 1000).toFixed(1)} s`;
  if (s < 3600) return `${sign}${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${sign}${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
  return `${sign}${WHOLE.format(Math.floor(s / 86400))} d ${Math.floor(s / 3600) % 24} h`;
}

/** A limit in milliseconds as Kafka's settings have it. */
export const limit = (millis) => (millis < 0 ? 'forever' : duration(millis));

/** An instant, in UTC, to the millisecond. */
export function instant(millis) {
  if (millis === null || millis === undefined || millis < 0) return '–';
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString().replace('T', ' ').replace('Z', '');
}

/** An instant's time of day, with its date when that is not today's. */
export function clock(millis) {
  const text = instant(millis);
  return text.startsWith(new Date().toISOString().slice(0, 10)) ? text.slice(11) : text.slice(0, 19);
}

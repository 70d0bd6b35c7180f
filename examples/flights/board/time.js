// Times are local times of the airports, kept as milliseconds of the same time in UTC.

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** "2001-01-02 03:04:05", as SQL writes a TIMESTAMP. */
export function parse(text) {
  return Date.parse(`${text.replace(" ", "T")}Z`);
}

const named = (options) => {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options });
  return (millis) => format.format(millis);
};

/** "Feb 3". */
export const dayAndMonth = named({ month: "short", day: "numeric" });

/** "Saturday, February 3". */
export const longDay = named({ weekday: "long", month: "long", day: "numeric" });

/** "FEB 03 14:00", always as long. */
export function boardClock(millis) {
  const date = new Date(millis);
  const two = (number) => String(number).padStart(2, "0");
  const month = dayAndMonth(millis).slice(0, 3).toUpperCase();
  return `${month} ${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

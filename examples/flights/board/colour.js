// One colour for one mean delay, on the map, in the list and in the charts.

const STOPS = [
  [-15, [84, 152, 222]],
  [0, [58, 186, 160]],
  [15, [255, 197, 61]],
  [45, [255, 90, 79]],
  [90, [201, 36, 108]],
];

/** CSS colour of a mean delay in minutes. */
export function delayColour(minutes) {
  const last = STOPS.length - 1;
  if (minutes <= STOPS[0][0]) return css(STOPS[0][1]);
  for (let i = 0; i < last; i++) {
    const [from, low] = STOPS[i];
    const [to, high] = STOPS[i + 1];
    if (minutes <= to) {
      const part = (minutes - from) / (to - from);
      return css(low.map((channel, c) => Math.round(channel + part * (high[c] - channel))));
    }
  }
  return css(STOPS[last][1]);
}

/** A gradient for the legend, from the first value to the last. */
export function delayRamp(from, to) {
  const steps = Array.from({ length: 13 }, (_, i) => delayColour(from + ((to - from) * i) / 12));
  return `linear-gradient(90deg, ${steps.join(", ")})`;
}

/** "+12 min", "−3 min", "on time". */
export function delayText(minutes) {
  const whole = Math.round(minutes);
  if (whole === 0) return "on time";
  return `${whole > 0 ? "+" : "−"}${Math.abs(whole)} min`;
}

function css(channels) {
  return `rgb(${channels.join(" ")})`;
}

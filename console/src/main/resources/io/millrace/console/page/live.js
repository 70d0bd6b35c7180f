// The live feed: snapshots of the last three minutes, and whoever wants the next one.

const MOST = 180;
const followers = new Set();

/** Snapshots, oldest first. */
export const snapshots = [];

/** The newest snapshot, or null. */
export const latest = () => snapshots.at(-1) ?? null;

/** Calls back with each snapshot, and at once when there is one, until the signal. */
export function follow(signal, onSnapshot) {
  followers.add(onSnapshot);
  signal.addEventListener('abort', () => followers.delete(onSnapshot));
  if (latest()) onSnapshot(latest());
}

function tell(snapshot) {
  for (const follower of followers) {
    try {
      follower(snapshot);
    } catch (error) {
      console.error(error);
    }
  }
}

/** Connects for as long as the page lives; the browser reconnects. */
export function connect(onState) {
  const source = new EventSource('/api/live');
  source.addEventListener('open', () => onState('live'));
  source.addEventListener('error', () => onState(source.readyState === EventSource.CLOSED ? 'lost' : 'connecting'));
  source.addEventListener('history', (event) => {
    snapshots.splice(0, snapshots.length, ...JSON.parse(event.data));
    if (latest()) tell(latest());
  });
  source.addEventListener('snapshot', (event) => {
    snapshots.push(JSON.parse(event.data));
    if (snapshots.length > MOST) snapshots.shift();
    tell(latest());
  });
}

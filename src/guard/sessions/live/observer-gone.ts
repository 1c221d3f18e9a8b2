/** Whoever observes and has fetched nothing for so long has left. They fetch every two seconds. */
export const OBSERVER_GONE_MS = 8_000;

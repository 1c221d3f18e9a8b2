/** What lets nothing of a session flow, as people read it. */
export const heldWords = {
  paused: 'paused',
  observer: 'waits for an observer',
  recording: 'waits for its recording',
} as const;

/** What is wrong with the store of a recording. */
export const behindWords = {
  unwritable: 'its store cannot be written',
  full: 'its store is full',
  slow: 'its store is too slow',
} as const;

/** Nobody is helped by trying this again; a person has to look. */
export class Stuck extends Error {}
/** It is ordered where others carry it out, and not yet to be seen: nothing went wrong, and it is looked at again later. */
export class StillAwaited extends Error {}

/** A connector says so of what it ordered. */
export const isAwaited = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'awaited';

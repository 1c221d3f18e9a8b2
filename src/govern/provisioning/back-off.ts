/** Why a try failed, as connectors say it; anything else counts as `failed`. */
export type FailureClass = 'unreachable' | 'failed';

const SECOND = 1000;
/** A target that is away is looked for every minute, for as long as it takes: it may be back any moment. */
const UNREACHABLE_MOST_MS = 60 * SECOND;
/** What went wrong half way is tried less and less often, and given to a person after so many times. */
const FAILED_MOST_MS = 15 * 60 * SECOND;
const FAILED_TRIES = 20;

/** Milliseconds until a task is tried again, after `tries` that failed; undefined: a person has to look. */
export function nextTryMs(failure: FailureClass, tries: number): number | undefined {
  const grown = SECOND * 2 ** Math.min(Math.max(tries, 1) - 1, 20);
  if (failure === 'unreachable') return Math.min(grown, UNREACHABLE_MOST_MS);
  return tries >= FAILED_TRIES ? undefined : Math.min(grown, FAILED_MOST_MS);
}

/** How a failure counts. */
export const failureClass = (error: unknown): FailureClass =>
  error instanceof Error && 'code' in error && error.code === 'unreachable' ? 'unreachable' : 'failed';

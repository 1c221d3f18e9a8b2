/** What sessions have to meet that rest on a grant. */
interface Controls {
  readonly stepUpSeconds: number | null;
  readonly sessionSeconds: number | null;
  readonly oneSession: boolean;
  readonly idleSeconds: number | null;
  readonly observerSeconds: number | null;
}

const lengthOf = (seconds: number): string =>
  seconds % 3600 === 0
    ? `${String(seconds / 3600)} h`
    : seconds % 60 === 0
      ? `${String(seconds / 60)} min`
      : `${String(seconds)} s`;

/** Each in a sentence of its own; none where nothing is asked. */
export const controlWords = (controls: Controls): string[] => [
  ...(controls.stepUpSeconds === null
    ? []
    : [`Sign in at most ${lengthOf(controls.stepUpSeconds)} before each session.`]),
  ...(controls.sessionSeconds === null ? [] : [`A session lasts at most ${lengthOf(controls.sessionSeconds)}.`]),
  ...(controls.oneSession ? ['One session at a time.'] : []),
  ...(controls.idleSeconds === null ? [] : [`A session ends after ${lengthOf(controls.idleSeconds)} unused.`]),
  ...(controls.observerSeconds === null
    ? []
    : [`Somebody must watch; a session waits ${lengthOf(controls.observerSeconds)} for one at most.`]),
];

/** What a session has to meet that rests on a grant. */
export interface GrantControls {
  /** Seconds since the last sign-in with a passkey or a second factor, at most, when a session starts. */
  readonly stepUpSeconds: number | null;
  /** Seconds that a session lasts, at most. */
  readonly sessionSeconds: number | null;
  /** One session at a time. */
  readonly oneSession: boolean;
  /** Seconds that a session goes on without being used, at most. */
  readonly idleSeconds: number | null;
  /** Somebody must watch; a session waits so many seconds for one, at most, when it starts and when they leave. */
  readonly observerSeconds: number | null;
}

export const NO_CONTROLS: GrantControls = {
  stepUpSeconds: null,
  sessionSeconds: null,
  oneSession: false,
  idleSeconds: null,
  observerSeconds: null,
};

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

/** All of them at once, the stricter of two: whoever allows under a control is not undone by whoever allows without. */
export const uniteControls = (all: readonly GrantControls[]): GrantControls =>
  all.reduce(
    (a, b) => ({
      stepUpSeconds: least(a.stepUpSeconds, b.stepUpSeconds),
      sessionSeconds: least(a.sessionSeconds, b.sessionSeconds),
      oneSession: a.oneSession || b.oneSession,
      idleSeconds: least(a.idleSeconds, b.idleSeconds),
      observerSeconds: least(a.observerSeconds, b.observerSeconds),
    }),
    NO_CONTROLS,
  );

/** What of `wanted` is stricter than `had`; undefined where nothing is. */
export const stricterThan = (had: GrantControls, wanted: GrantControls): GrantControls | undefined => {
  const both = uniteControls([had, wanted]);
  const added = {
    stepUpSeconds: both.stepUpSeconds === had.stepUpSeconds ? null : both.stepUpSeconds,
    sessionSeconds: both.sessionSeconds === had.sessionSeconds ? null : both.sessionSeconds,
    oneSession: both.oneSession && !had.oneSession,
    idleSeconds: both.idleSeconds === had.idleSeconds ? null : both.idleSeconds,
    observerSeconds: both.observerSeconds === had.observerSeconds ? null : both.observerSeconds,
  };
  return asksForNothing(added) ? undefined : added;
};

export const asksForNothing = (c: GrantControls): boolean =>
  c.stepUpSeconds === null && c.sessionSeconds === null && !c.oneSession && !onlyInSessions(c);

/** Whether they ask for what only a session through a gateway can keep: somebody who watches, an end when it is idle. */
export const onlyInSessions = (c: GrantControls): boolean => c.idleSeconds !== null || c.observerSeconds !== null;

const LENGTHS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;
const lengthOf = (seconds: number): string => {
  const [size, unit] = LENGTHS.find(([length]) => seconds % length === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
};

/** `a sign-in at most 15 min before each session; sessions of at most 1 h; one session at a time`. Empty for none. */
export const controlsInWords = (c: GrantControls): string =>
  [
    ...(c.stepUpSeconds === null ? [] : [`a sign-in at most ${lengthOf(c.stepUpSeconds)} before each session`]),
    ...(c.sessionSeconds === null ? [] : [`sessions of at most ${lengthOf(c.sessionSeconds)}`]),
    ...(c.oneSession ? ['one session at a time'] : []),
    ...(c.idleSeconds === null ? [] : [`an end after ${lengthOf(c.idleSeconds)} unused`]),
    ...(c.observerSeconds === null ? [] : [`somebody who watches, waited for ${lengthOf(c.observerSeconds)} at most`]),
  ].join('; ');

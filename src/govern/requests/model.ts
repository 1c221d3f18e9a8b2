/** The states of a request and its steps, pure. README.md has the words. */

export type RequestState = 'pending' | 'approved' | 'denied' | 'withdrawn' | 'expired';
export type StepState = 'waiting' | 'open' | 'approved' | 'denied' | 'skipped';
export const STEP_KINDS = ['manager', 'owner', 'role_owner', 'system_owner', 'named', 'holders'] as const;
export type StepKind = (typeof STEP_KINDS)[number];
export const LINE_STATES = [
  'pending',
  'scheduled',
  'granted',
  'removed',
  'refused',
  'not_granted',
  'withdrawn',
] as const;
export type LineState = (typeof LINE_STATES)[number];
export type Effect = 'none' | 'pending' | 'effective' | 'withdrawing' | 'withdrawn';
export type Risk = 'low' | 'medium' | 'high' | 'critical';

/** What of a request the state machine moves: its state and its steps in their order. */
export interface Progress {
  readonly state: RequestState;
  readonly steps: readonly StepState[];
}

/** `approve` and `deny` decide an open step; the others end the request as a whole. */
export type Move = 'approve' | 'deny' | 'withdraw' | 'expire';

const ENDS: Readonly<Record<Exclude<Move, 'approve'>, RequestState>> = {
  deny: 'denied',
  withdraw: 'withdrawn',
  expire: 'expired',
};

/** One step after another: each is a stage of its own. */
const oneByOne = (steps: number): number[] => Array.from({ length: steps }, (_, i) => i + 1);

/**
 * A new request: the steps of its first stage are open, the others wait. Throws when there is no step: nothing waits
 * for nobody, and what a policy gives without asking is never pending.
 */
export const begin = (steps: number, stages: readonly number[] = oneByOne(steps)): Progress => {
  if (steps < 1) throw new Error('a request has at least one step');
  return { state: 'pending', steps: stages.map((stage) => (stage === stages[0] ? 'open' : 'waiting')) };
};

/**
 * Where a move leads; undefined where it is not allowed. What is over stays as it ended. A stage is over when all its
 * steps are approved; then those of the next are open. `at` is the step that is decided; default the first that is open.
 */
export const move = (
  progress: Progress,
  kind: Move,
  stages: readonly number[] = oneByOne(progress.steps.length),
  at: number = progress.steps.indexOf('open'),
): Progress | undefined => {
  if (progress.state !== 'pending' || progress.steps[at] !== 'open') return undefined;
  if (kind === 'approve') {
    const steps = progress.steps.map((s, i): StepState => (i === at ? 'approved' : s));
    if (steps.includes('open')) return { state: 'pending', steps };
    const next = stages[steps.indexOf('waiting')];
    if (next === undefined) return { state: 'approved', steps };
    return { state: 'pending', steps: steps.map((s, i) => (s === 'waiting' && stages[i] === next ? 'open' : s)) };
  }
  return {
    state: ENDS[kind],
    steps: progress.steps.map((s, i) =>
      i === at && kind === 'deny' ? 'denied' : s === 'open' || s === 'waiting' ? 'skipped' : s,
    ),
  };
};

/** One side of a conflict of duties as people are shown it: names only. */
export interface SodSideShown {
  readonly function: string;
  readonly paths: readonly (readonly string[])[];
}

/** A conflict of duties that a line would cause. */
export interface SodHit {
  readonly ruleId: string;
  readonly name: string;
  readonly severity: Risk;
  readonly mode: 'record' | 'warn' | 'enforce';
  /** True where an exception tolerates it. */
  readonly tolerated: boolean;
  readonly sides: readonly SodSideShown[];
}

export interface Request {
  readonly id: string;
  readonly number: number;
  readonly requesterId: string;
  readonly beneficiaryId: string;
  /** The cart it was sent with; null: it was asked for by itself. */
  readonly orderId: string | null;
  /** When what it gives begins, where that was to be later than its approval. */
  readonly startsAt: Date | null;
  readonly reason: string;
  readonly ticket: string | null;
  readonly state: RequestState;
  readonly endedBecause: string | null;
  readonly policyNumber: number;
  readonly submittedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
}

export interface RequestLine {
  readonly id: string;
  readonly requestId: string;
  readonly n: number;
  readonly beneficiaryId: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** How long from the last approval on; exclusive with `until`, and without an end when both are null. */
  readonly seconds: number | null;
  readonly until: Date | null;
  readonly extendsGrantId: string | null;
  /** The grant that is to end; null: the line asks for access. */
  readonly takesGrantId: string | null;
  /** The eligibility that it activates; null: it asks for something of its own. */
  readonly byEligibilityId: string | null;
  readonly risk: Risk;
  readonly privileged: boolean;
  readonly sod: readonly SodHit[];
  /** The rule of the request's policy that decided when it was asked for, counted from one; 0: none held; null: not known. */
  readonly rule: number | null;
  readonly state: LineState;
  readonly because: string | null;
  readonly grantId: string | null;
  readonly effect: Effect;
}

export interface Step {
  readonly id: string;
  readonly requestId: string;
  readonly n: number;
  /** Steps of one stage are open together; stages follow one another. */
  readonly stage: number;
  readonly kind: StepKind;
  readonly lineIds: readonly string[];
  readonly candidates: readonly string[];
  /** Why these people: a sentence for those who wait. */
  readonly because: string;
  readonly state: StepState;
  readonly openedAt: Date | null;
  readonly dueAt: Date | null;
  readonly escalateAt: Date | null;
  readonly remindedAt: Date | null;
  readonly escalations: number;
  readonly decidedBy: string | null;
  /** Whose deputy decided; null: who decided was asked themselves. */
  readonly decidedFor: string | null;
  readonly decidedAt: Date | null;
  readonly comment: string | null;
  /** How and when whoever decided proved afresh that it was them; null: that was not asked for. */
  readonly stepUpMethod: 'passkey' | 'totp' | null;
  readonly stepUpAt: Date | null;
}

export interface Note {
  readonly id: string;
  readonly requestId: string;
  readonly lineId: string | null;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A line that is still to give or to take something away. */
export const isLive = (line: { readonly state: LineState }): boolean =>
  line.state === 'pending' || line.state === 'scheduled';

/** When a line's access would end if it began at `now`; null: without an end. */
export const endOf = (line: { readonly seconds: number | null; readonly until: Date | null }, now: Date): Date | null =>
  line.until ?? (line.seconds === null ? null : new Date(now.getTime() + line.seconds * 1000));

/** What is known of a grant's way to its targets. */
export interface Follow {
  /** How many things on targets must be made so; 0 where Reeve itself keeps what was granted. */
  readonly targets: number;
  readonly realised: number;
  readonly ended: boolean;
  readonly withdrawn: number;
}

/** How far the targets agree, in whatever order it was told: in effect, and gone, only when all of them are. */
export const effectOf = ({ targets, realised, ended, withdrawn }: Follow): Effect => {
  if (ended) return withdrawn >= targets ? 'withdrawn' : 'withdrawing';
  return realised >= targets ? 'effective' : 'pending';
};

const RISKS: readonly Risk[] = ['low', 'medium', 'high', 'critical'];
/** The highest of these; `low` of none. */
export const highestRisk = (risks: readonly Risk[]): Risk =>
  risks.reduce((a, b) => (RISKS.indexOf(b) > RISKS.indexOf(a) ? b : a), 'low');

import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { PLATFORM, type ResourceRef } from '#spine/decide/index.ts';
import { findIdentitiesByEmail, findIdentityByUsername, getIdentity } from '#spine/graph/index.ts';
import type { AskedLine } from '../lines/find-targets.ts';
import { myWaiting } from '../deputies/my-waiting.ts';
import type { Verdict } from '../lines/judge-lines.ts';
import { LINE_STATES, STEP_KINDS } from '../model.ts';
import { requestIdOf } from '../store.ts';

export const ref = z.object({ id: z.uuid(), name: z.string() });
const risk = z.enum(['low', 'medium', 'high', 'critical']);

export const whatOut = z.object({
  kind: z.enum(['entitlement', 'role']),
  id: z.uuid(),
  name: z.string(),
  systemId: z.uuid().nullable(),
  systemName: z.string().nullable(),
  risk,
  privileged: z.boolean(),
});
export const sodOut = z.object({
  ruleId: z.uuid(),
  name: z.string(),
  severity: risk,
  mode: z.enum(['record', 'warn', 'enforce']),
  /** An exception tolerates it. */
  tolerated: z.boolean(),
  /** Each side with every path by which it is held, as names. Empty where the asker may not see them. */
  sides: z.array(z.object({ function: z.string(), paths: z.array(z.array(z.string())) })),
});
/** What sessions have to meet that rest on what is given; null and false: nothing of the kind. */
export const controlsOut = z.object({
  /** Seconds since the last sign-in with a passkey or a second factor, at most. */
  stepUpSeconds: z.int().nullable(),
  /** Seconds that a session lasts, at most. */
  sessionSeconds: z.int().nullable(),
  oneSession: z.boolean(),
  /** Seconds that a session goes on without being used, at most. */
  idleSeconds: z.int().nullable(),
  /** It runs only while somebody watches, and waits so many seconds for one, at most. */
  observerSeconds: z.int().nullable(),
});
const lineOut = z.object({
  id: z.uuid(),
  what: whatOut,
  seconds: z.int().nullable(),
  until: instantOut.nullable(),
  extendsGrantId: z.uuid().nullable(),
  /** The grant that is to end; null: the line asks for access. */
  takesGrantId: z.uuid().nullable(),
  /** The eligibility that it activates; null: it asks for something of its own. */
  byEligibilityId: z.uuid().nullable(),
  state: z.enum(LINE_STATES),
  because: z.string().nullable(),
  sod: z.array(sodOut),
  /** What is given is under these, or would be. */
  controls: controlsOut,
  grant: z.object({ id: z.uuid(), validTo: instantOut.nullable(), endedBecause: z.string().nullable() }).nullable(),
  effect: z.enum(['none', 'pending', 'effective', 'withdrawing', 'withdrawn']),
});
const stepOut = z.object({
  id: z.uuid(),
  n: z.int(),
  /** Steps of one stage are asked for at the same time. */
  stage: z.int(),
  kind: z.enum(STEP_KINDS),
  state: z.enum(['waiting', 'open', 'approved', 'denied', 'skipped']),
  approvers: z.array(ref),
  /** Who may take it in the name of one of them now; only while it is open. */
  deputies: z.array(z.object({ id: z.uuid(), name: z.string(), of: ref })),
  because: z.string(),
  lineIds: z.array(z.uuid()),
  openedAt: instantOut.nullable(),
  dueAt: instantOut.nullable(),
  decidedBy: ref.nullable(),
  /** In whose name, where a deputy decided. */
  decidedFor: ref.nullable(),
  decidedAt: instantOut.nullable(),
  comment: z.string().nullable(),
  /** How and when whoever decided proved afresh that it was them; null: that was not asked for. */
  stepUp: z.object({ method: z.enum(['passkey', 'totp']), at: instantOut }).nullable(),
});
export const requestOut = z.object({
  id: z.uuid(),
  /** `R-1042`; takes the place of the id wherever one is asked for. */
  number: z.string(),
  requester: ref,
  beneficiary: ref,
  state: z.enum(['pending', 'approved', 'denied', 'withdrawn', 'expired']),
  /** What is asked for, in one line. */
  summary: z.string(),
  endedBecause: z.string().nullable(),
  /** The cart it was sent with. */
  orderId: z.uuid().nullable(),
  /** When what it gives begins, where that is later than its approval. */
  startsAt: instantOut.nullable(),
  reason: z.string(),
  ticket: z.string().nullable(),
  risk,
  privileged: z.boolean(),
  submittedAt: instantOut,
  expiresAt: instantOut,
  decidedAt: instantOut.nullable(),
  lines: z.array(lineOut),
  steps: z.array(stepOut),
});
export const noteOut = z.object({
  id: z.uuid(),
  at: instantOut,
  kind: z.string(),
  lineId: z.uuid().nullable(),
  actor: z.object({ id: z.uuid().nullable(), name: z.string() }),
  text: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export const verdicts = [
  'allowed',
  'unknown',
  'not_requestable',
  'too_long',
  'already_held',
  'asked_already',
  'not_eligible',
  'prerequisite_missing',
  'conflict',
] as const satisfies readonly Verdict[];
export const verdictOut = z.object({
  /** What the line asked for, as asked. */
  asked: z.string(),
  what: whatOut.nullable(),
  seconds: z.int().nullable(),
  until: instantOut.nullable(),
  verdict: z.enum(verdicts),
  because: z.string(),
  longestSeconds: z.int().nullable(),
  /** What is given would be under these. */
  controls: controlsOut,
  sod: z.array(sodOut),
});
export const plannedOut = z.object({
  n: z.int(),
  stage: z.int(),
  kind: z.enum(STEP_KINDS),
  approvers: z.array(ref),
  because: z.string(),
});

export const stepsOut = z.array(plannedOut);

/** A request by its id or by its number. */
export const requestRef = z.string().min(1).max(60);
export const requestResource = async (input: { readonly id: string }, tx: Tx): Promise<ResourceRef> => ({
  type: 'Request',
  id: await requestIdOf(tx, input.id),
});

export const duration = z.string().regex(/^[1-9]\d{0,6}[smhdw]$/, 'is a number with s, m, h, d or w, for instance 2h');
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const LONGEST = 10 * 366 * 86_400;

/** Seconds of `90m`, `2h`, `3d`. */
export const secondsOf = (text: string): number => Number.parseInt(text, 10) * (SECONDS[text.slice(-1)] ?? 1);

export const timeIn = {
  /** How long, from the last approval on: 30m, 2h, 1d. Neither this nor an end: without an end. */
  for: duration.optional(),
  seconds: z.int().positive().max(LONGEST).optional(),
  until: instantIn.optional(),
};
const values = z
  .record(z.string(), text(100))
  .optional()
  .describe('of a role with parameters: a value for each, by name');
export const eligible = z.boolean().optional().describe('ask to be eligible for it, to activate it when it is needed');
/** One thing to ask for; one of the first three says what. */
export const itemIn = z.object({
  what: text(300).optional(),
  entitlementId: z.uuid().optional(),
  roleId: z.uuid().optional(),
  values,
  eligible,
  ...timeIn,
});
const lineIn = z.object({
  what: text(300).optional(),
  entitlementId: z.uuid().optional(),
  roleId: z.uuid().optional(),
  values,
  eligible,
  extendsGrantId: z.uuid().optional(),
  ...timeIn,
});

/** What a cart is made of: lines, or one line in short. */
export const cartIn = {
  /** `<system>:<entitlement>`, `role:<name>`, or an id. */
  what: text(300).optional(),
  values,
  eligible,
  ...timeIn,
  lines: z.array(lineIn).min(1).max(1000).optional(),
  /** When it is to begin; absent: with its approval. */
  startsAt: instantIn.optional(),
  /** Whom it is for: an id, a username or a mail address. Absent: for oneself. */
  forIdentity: text(200).optional(),
};
export type CartIn = Omit<z.output<z.ZodObject<typeof cartIn>>, 'startsAt'>;

const oneTime = (at: string, line: z.output<typeof lineIn>): { seconds?: number; until?: Date } => {
  const given = [line.for, line.seconds, line.until].filter((x) => x !== undefined).length;
  if (given > 1) throw invalid(`${at}/for`, 'says the end in more than one way', 'give one of for, seconds and until');
  if (line.for !== undefined) {
    const seconds = secondsOf(line.for);
    if (seconds > LONGEST) throw invalid(`${at}/for`, 'is longer than ten years', 'ask for less');
    return { seconds };
  }
  return {
    ...(line.seconds === undefined ? {} : { seconds: line.seconds }),
    ...(line.until === undefined ? {} : { until: line.until }),
  };
};

/** A line as it was asked for, with its time said one way. */
export const asked = (at: string, line: z.output<typeof lineIn>): AskedLine => {
  const { what, entitlementId, roleId, values: said, eligible: toBeEligible, extendsGrantId } = line;
  const named = [what, entitlementId, roleId].filter((x) => x !== undefined).length;
  if (named > 1 || (named === 0 && extendsGrantId === undefined))
    throw invalid(
      `${at}/what`,
      'says what is asked for once',
      'give one of what, entitlementId, roleId and extendsGrantId',
    );
  return {
    what,
    entitlementId,
    roleId,
    ...(said === undefined ? {} : { values: said }),
    ...(toBeEligible === true ? { eligible: true } : {}),
    extendsGrantId,
    ...oneTime(at, line),
  };
};

/** The lines of a cart, however it was written. */
export const linesIn = (input: CartIn): AskedLine[] => {
  if (input.lines !== undefined) {
    if (input.what !== undefined) throw invalid('/what', 'cannot be given beside lines', 'put it among the lines');
    return input.lines.map((line, i) => asked(`/lines/${i}`, line));
  }
  return [
    asked('', {
      what: input.what,
      values: input.values,
      eligible: input.eligible,
      for: input.for,
      seconds: input.seconds,
      until: input.until,
    }),
  ];
};

/** Who is meant by an id, a username or a mail address; undefined when it is nobody, or more than one. */
export const identityMeant = async (tx: Tx, whoever: string): Promise<string | undefined> => {
  if (z.uuid().safeParse(whoever).success) return whoever;
  const named = await findIdentityByUsername(tx, whoever);
  if (named !== undefined) return named.id;
  const [first, second] = await findIdentitiesByEmail(tx, whoever);
  return second === undefined ? first?.id : undefined;
};

/** For oneself Reeve as such is asked; for another, that identity. Somebody unknown is a 404. */
export const forWhom = async (input: { readonly forIdentity?: string | undefined }, tx: Tx): Promise<ResourceRef> =>
  input.forIdentity === undefined
    ? PLATFORM
    : { type: 'Identity', id: (await identityMeant(tx, input.forIdentity)) ?? input.forIdentity };

/** Who answers for whom it is for; policy lets owners ask for their services. */
export const ownerContext = async (
  input: { readonly forIdentity?: string | undefined },
  tx: Tx,
): Promise<Record<string, unknown>> => {
  const id = input.forIdentity === undefined ? undefined : await identityMeant(tx, input.forIdentity);
  const ownerId = id === undefined ? undefined : (await getIdentity(tx, id))?.ownerId;
  return ownerId === undefined || ownerId === null ? {} : { owner: { entity: { type: 'Identity', id: ownerId } } };
};

/** Counts exactly, for lists whose size people act on. */
export const countWaiting = async (tx: Tx, identityId: string): Promise<number> =>
  (await tx.one<{ n: number }>(sql`select count(*) as n from (${myWaiting(tx.now, identityId)}) w`)).n;

import type { Tx } from '#kit/db/index.ts';
import type { SodVerdict } from '#spine/decide/index.ts';
import type { ApprovalRule, ApprovalRules } from '../approvers/approval-rules.ts';
import type { AskFacts } from '../approvers/line-facts.ts';
import { underPolicy } from '../approvers/under-policy.ts';
import { endOf, type SodHit } from '../model.ts';
import type { AskedLine, Target } from './find-targets.ts';
import { judgeDutiesOf, type Duty, type Proposal } from './judge-duties.ts';
import { needsOf } from './judge-prerequisites.ts';
import { NOTHING_HELD, readHeld, type Held } from './read-held.ts';

export type Verdict =
  | 'allowed'
  | 'unknown'
  | 'not_requestable'
  | 'too_long'
  | 'already_held'
  | 'asked_already'
  | 'not_eligible'
  | 'prerequisite_missing'
  | 'conflict';

/** What would become of one line, and why, before anything is sent. */
export interface JudgedLine {
  readonly asked: AskedLine;
  readonly target: Target | undefined;
  readonly verdict: Verdict;
  readonly because: string;
  /** The longest it may be asked for; null: no limit. */
  readonly longestSeconds: number | null;
  readonly sod: readonly SodHit[];
  /** The rule of the approval policy that decides about it; undefined where there is nothing to decide about. */
  readonly rule?: ApprovalRule | undefined;
  /** The live grant that it would follow on; undefined where there is none that ends. */
  readonly follows?: string | undefined;
  /** What separation of duties says to it, after the lines before it. */
  readonly duties?: SodVerdict | undefined;
}

/** What of a cart as a whole is looked at. */
export type CartFacts = AskFacts & {
  readonly beneficiaryId: string;
  /** As if nothing were held or asked for yet: for trying a policy on what was asked for once. */
  readonly afresh?: boolean;
  /** When what is asked for is to begin, where that is later than its approval. */
  readonly startsAt?: Date | null | undefined;
};

/** When access would begin that were approved at once. */
const beginOf = ({ startsAt, askedAt }: CartFacts): Date =>
  startsAt !== null && startsAt !== undefined && startsAt > askedAt ? startsAt : askedAt;

const duration = (seconds: number): string =>
  seconds % 86_400 === 0 ? `${seconds / 86_400} d` : seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;

const atMost = (seconds: number): string => `it may be asked for at most ${duration(seconds)} at a time`;

/** An end as far from now as it was from then. */
const shifted = (end: Date | null, ms: number): Date | null => (end === null ? null : new Date(end.getTime() + ms));

/** All but prerequisites and duties: pure, once what is held is known. */
const judgeAlone = (
  rules: ApprovalRules,
  ask: CartFacts,
  held: Held,
  asked: AskedLine,
  target: Target | undefined,
): JudgedLine => {
  const begins = beginOf(ask);
  const policy = target === undefined ? undefined : underPolicy(rules, ask, { target, asked, conflict: false }, begins);
  const longest = policy?.longest;
  const say = (verdict: Verdict, because: string): JudgedLine => ({
    asked,
    target,
    verdict,
    because,
    longestSeconds: longest ?? null,
    sod: [],
    rule: policy?.rule,
  });
  if (target === undefined) return say('unknown', 'there is nothing of that name you could ask for');
  if (target.gone) return say('not_requestable', `${target.name} is gone from its system`);
  const by = asked.byEligibilityId;
  if (by === undefined && (asked.eligible === true || !target.requestable))
    return say('not_requestable', `${target.name} cannot be asked for; its owner has not opened it`);
  if (by !== undefined && ask.afresh !== true && !held.ends.has(by))
    return say('not_eligible', `not eligible for ${target.name}: ask to be eligible for it first`);
  if (target.parameters.length > 0)
    return say(
      'not_requestable',
      `${target.name} has parameters: say a value for each (values), or name the role bound to them`,
    );
  const end = endOf({ seconds: asked.seconds ?? null, until: asked.until ?? null }, begins);
  if (end !== null && end <= begins)
    return say('too_long', begins > ask.askedAt ? 'it would end before it begins' : 'the end lies in the past');
  if (policy?.tooLong === true && longest !== undefined) return say('too_long', atMost(longest));
  const waiting = held.pending.get(target.id);
  if (waiting !== undefined) return say('asked_already', `request R-${waiting} asks for it already`);
  if (asked.extendsGrantId !== undefined && held.live.get(asked.extendsGrantId) !== target.id)
    return say('unknown', 'there is no such grant to extend');
  const until = held.ends.get(target.id);
  if (until === null) return say('already_held', 'is held without an end');
  if (until !== undefined && end !== null && until >= end)
    return say('already_held', `is held until ${until.toISOString()}`);
  const follows = asked.extendsGrantId ?? held.grants.get(target.id)?.id;
  if (until === undefined || follows === undefined) return say('allowed', 'can be asked for');
  return { ...say('allowed', `follows on what is held until ${until.toISOString()}`), follows };
};

/** What one person asks for, or has asked for them. */
export interface AskedLines extends CartFacts {
  readonly lines: readonly { readonly asked: AskedLine; readonly target: Target | undefined }[];
}

/**
 * One verdict a line, in their order, for many people: every kind of fact is read with one statement for all of them.
 * A line that an enforced rule of duties blocks is refused, also where the conflict is with an earlier line of the same
 * person; the other lines go on.
 */
export const judgeLinesOf = async (
  tx: Tx,
  rules: ApprovalRules,
  asks: readonly AskedLines[],
): Promise<readonly (readonly JudgedLine[])[]> => {
  const real = asks.filter((ask) => ask.afresh !== true);
  const heldBy = await readHeld(
    tx,
    real.map((ask) => ask.beneficiaryId),
  );
  const different = new Map(real.flatMap((ask) => ask.lines.flatMap(({ target: t }) => (t ? [[t.id, t]] : []))));
  const lacks = await needsOf(tx, [...different.values()]);
  const judged = asks.map((ask) => {
    const held = ask.afresh === true ? NOTHING_HELD : heldBy(ask.beneficiaryId);
    const seen = new Set<string>();
    return ask.lines.map(({ asked, target }): JudgedLine => {
      const alone = judgeAlone(rules, ask, held, asked, target);
      if (alone.verdict !== 'allowed' || target === undefined) return alone;
      const missing = ask.afresh === true ? undefined : lacks(held.having, target);
      if (missing !== undefined)
        return { ...alone, verdict: 'prerequisite_missing', because: `what must be had before is missing: ${missing}` };
      if (seen.has(target.id)) return { ...alone, verdict: 'asked_already', because: 'is in this request twice' };
      seen.add(target.id);
      return alone;
    });
  });
  const duties = await judgeDutiesOf(
    tx,
    asks.map((ask, i) => ({
      beneficiaryId: ask.beneficiaryId,
      waiting: ask.afresh === true ? [] : heldBy(ask.beneficiaryId).waiting,
      proposals: (judged[i] ?? []).map((line) => proposalOf(tx, ask, line)),
    })),
  );
  return asks.map((ask, i) =>
    (judged[i] ?? []).map((line, at) => {
      const duty = duties[i]?.[at];
      return duty === undefined ? line : withDuty(rules, ask, line, duty);
    }),
  );
};

/** As `judgeLinesOf` for one person. */
export const judgeLines = async (
  tx: Tx,
  rules: ApprovalRules,
  ask: CartFacts,
  lines: AskedLines['lines'],
): Promise<readonly JudgedLine[]> => (await judgeLinesOf(tx, rules, [{ ...ask, lines }]))[0] ?? [];

/** What duties are asked about a line: from its beginning on, seen from now. */
const proposalOf = (tx: Tx, ask: CartFacts, { verdict, target, asked }: JudgedLine): Proposal | undefined => {
  if (verdict !== 'allowed' || target === undefined) return undefined;
  const begins = beginOf(ask);
  const end = endOf({ seconds: asked.seconds ?? null, until: asked.until ?? null }, begins);
  const since = tx.now.getTime() - ask.askedAt.getTime();
  return {
    target,
    ...(begins > ask.askedAt ? { validFrom: new Date(begins.getTime() + since) } : {}),
    validTo: shifted(end, since),
  };
};

const withDuty = (rules: ApprovalRules, ask: CartFacts, line: JudgedLine, duty: Duty): JudgedLine => {
  if (duty.blocked)
    return { ...line, verdict: 'conflict', because: duty.because, sod: duty.hits, duties: duty.verdict };
  const said = { sod: duty.hits, duties: duty.verdict };
  if (duty.hits.length === 0 || line.target === undefined) return { ...line, ...said };
  const { rule, longest, tooLong } = underPolicy(
    rules,
    ask,
    { target: line.target, asked: line.asked, conflict: true },
    beginOf(ask),
  );
  const judgedAgain = { ...line, ...said, rule, longestSeconds: longest ?? null, because: duty.because };
  return tooLong && longest !== undefined
    ? { ...judgedAgain, verdict: 'too_long', because: `${duty.because}; ${atMost(longest)}` }
    : judgedAgain;
};

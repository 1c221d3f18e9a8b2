import type { Tx } from '#kit/db/index.ts';
import { sql } from '#kit/db/index.ts';
import type { SodVerdict } from '#spine/decide/index.ts';
import { effectiveAccess, getGrant } from '#spine/graph/index.ts';
import type { ApprovalRule, ApprovalRules } from '../approvers/approval-rules.ts';
import type { AskFacts } from '../approvers/line-facts.ts';
import { underPolicy } from '../approvers/under-policy.ts';
import { endOf, type SodHit } from '../model.ts';
import type { AskedLine, Target } from './find-targets.ts';
import { judgeDuties, type Proposal } from './judge-duties.ts';
import { havingOf, missingFor } from './judge-prerequisites.ts';

export type Verdict =
  | 'allowed'
  | 'unknown'
  | 'not_requestable'
  | 'too_long'
  | 'already_held'
  | 'asked_already'
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
  /** What separation of duties says to it, after the lines before it. */
  readonly duties?: SodVerdict | undefined;
}

interface Held {
  /** Ends by entitlement or role; null: held without an end. */
  readonly ends: ReadonlyMap<string, Date | null>;
  readonly pending: ReadonlyMap<string, number>;
}

const later = (a: Date | null | undefined, b: Date | null): Date | null =>
  a === undefined ? b : a === null || b === null ? null : a > b ? a : b;

/** What the beneficiary has by grants now and has asked for already. */
const heldBy = async (tx: Tx, beneficiaryId: string): Promise<Held> => {
  const ends = new Map<string, Date | null>();
  for (const access of await effectiveAccess(tx, beneficiaryId)) {
    if (access.via !== 'grant' || access.entitlementId === undefined) continue;
    ends.set(access.entitlementId, later(ends.get(access.entitlementId), access.validTo));
  }
  const roles = await tx.many<{ roleId: string; validTo: Date | null }>(sql`
    select role_id, valid_to from access_grant
     where identity_id = ${beneficiaryId} and role_id is not null and ended_because is null
       and valid_from <= ${tx.now} and (valid_to is null or valid_to > ${tx.now})`);
  for (const role of roles) ends.set(role.roleId, later(ends.get(role.roleId), role.validTo));
  const waiting = await tx.many<{ id: string; number: number }>(sql`
    select coalesce(l.entitlement_id, l.role_id) as id, r.number
      from request_line l join request r on r.id = l.request_id
     where l.beneficiary_id = ${beneficiaryId} and l.state = 'pending'`);
  return { ends, pending: new Map(waiting.map((w) => [w.id, w.number])) };
};

/** What of a cart as a whole is looked at. */
export type CartFacts = AskFacts & {
  readonly beneficiaryId: string;
  /** As if nothing were held or asked for yet: for trying a policy on what was asked for once. */
  readonly afresh?: boolean;
};

const NOTHING: Held = { ends: new Map(), pending: new Map() };

const duration = (seconds: number): string =>
  seconds % 86_400 === 0 ? `${seconds / 86_400} d` : seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;

const atMost = (seconds: number): string => `it may be asked for at most ${duration(seconds)} at a time`;

/** An end as far from now as it was from then. */
const shifted = (end: Date | null, ms: number): Date | null => (end === null ? null : new Date(end.getTime() + ms));

const extendsLive = async (tx: Tx, line: AskedLine, target: Target, beneficiaryId: string): Promise<boolean> => {
  if (line.extendsGrantId === undefined) return false;
  const grant = await getGrant(tx, line.extendsGrantId);
  return (
    grant !== undefined &&
    grant.identityId === beneficiaryId &&
    (grant.entitlementId ?? grant.roleId) === target.id &&
    grant.endedBecause === null
  );
};

/** All but duties: those need the whole cart. */
const judgeAlone = async (
  tx: Tx,
  rules: ApprovalRules,
  ask: CartFacts,
  held: Held,
  asked: AskedLine,
  target: Target | undefined,
): Promise<JudgedLine> => {
  const policy =
    target === undefined ? undefined : underPolicy(rules, ask, { target, asked, conflict: false }, ask.askedAt);
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
  if (!target.requestable)
    return say('not_requestable', `${target.name} cannot be asked for; its owner has not opened it`);
  const end = endOf({ seconds: asked.seconds ?? null, until: asked.until ?? null }, ask.askedAt);
  if (end !== null && end <= ask.askedAt) return say('too_long', 'the end lies in the past');
  if (policy?.tooLong === true && longest !== undefined) return say('too_long', atMost(longest));
  const waiting = held.pending.get(target.id);
  if (waiting !== undefined) return say('asked_already', `request R-${waiting} asks for it already`);
  if (asked.extendsGrantId !== undefined && !(await extendsLive(tx, asked, target, ask.beneficiaryId)))
    return say('unknown', 'there is no such grant to extend');
  const until = held.ends.get(target.id);
  if (until === null) return say('already_held', 'is held without an end');
  if (until !== undefined && end !== null && until >= end)
    return say('already_held', `is held until ${until.toISOString()}`);
  return say('allowed', 'can be asked for');
};

/**
 * One verdict a line, in their order. A line that an enforced rule of duties blocks is refused, also where the
 * conflict is with an earlier line of the same cart; the other lines go on.
 */
export const judgeLines = async (
  tx: Tx,
  rules: ApprovalRules,
  ask: CartFacts,
  lines: readonly { readonly asked: AskedLine; readonly target: Target | undefined }[],
): Promise<JudgedLine[]> => {
  const { beneficiaryId } = ask;
  const held = ask.afresh === true ? NOTHING : await heldBy(tx, beneficiaryId);
  const targets = lines.flatMap(({ target }) => target ?? []);
  const missing =
    targets.length === 0 || ask.afresh === true
      ? undefined
      : await missingFor(tx, await havingOf(tx, beneficiaryId), targets);
  const judged: JudgedLine[] = [];
  const seen = new Set<string>();
  for (const { asked, target } of lines) {
    const alone = await judgeAlone(tx, rules, ask, held, asked, target);
    const lacks = target === undefined || alone.verdict !== 'allowed' ? undefined : missing?.get(target.id);
    const line: JudgedLine =
      lacks === undefined
        ? alone
        : { ...alone, verdict: 'prerequisite_missing', because: `what must be had before is missing: ${lacks}` };
    const again = target !== undefined && line.verdict === 'allowed' && seen.has(target.id);
    judged.push(again ? { ...line, verdict: 'asked_already', because: 'is in this request twice' } : line);
    if (target !== undefined && line.verdict === 'allowed') seen.add(target.id);
  }
  const proposals = judged.map((line): Proposal | undefined =>
    line.verdict === 'allowed' && line.target !== undefined
      ? {
          target: line.target,
          validTo: shifted(
            endOf({ seconds: line.asked.seconds ?? null, until: line.asked.until ?? null }, ask.askedAt),
            tx.now.getTime() - ask.askedAt.getTime(),
          ),
        }
      : undefined,
  );
  const duties = await judgeDuties(tx, beneficiaryId, proposals);
  return judged.map((line, i) => {
    const duty = duties[i];
    if (duty === undefined) return line;
    if (duty.blocked)
      return { ...line, verdict: 'conflict', because: duty.because, sod: duty.hits, duties: duty.verdict };
    const said = { sod: duty.hits, duties: duty.verdict };
    if (duty.hits.length === 0 || line.target === undefined) return { ...line, ...said };
    const { rule, longest, tooLong } = underPolicy(
      rules,
      ask,
      { target: line.target, asked: line.asked, conflict: true },
      ask.askedAt,
    );
    const judgedAgain = { ...line, ...said, rule, longestSeconds: longest ?? null, because: duty.because };
    return tooLong && longest !== undefined
      ? { ...judgedAgain, verdict: 'too_long', because: `${duty.because}; ${atMost(longest)}` }
      : judgedAgain;
  });
};

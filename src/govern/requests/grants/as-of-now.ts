import type { Tx } from '#kit/db/index.ts';
import { eligibleNow, getIdentity, holdIdentities, holdLiveGrants, type Eligible } from '#spine/graph/index.ts';
import { placeOf, ruleOf, seatsOf, type ApprovalRule, type ApprovalRules } from '../approvers/approval-rules.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { underPolicy } from '../approvers/under-policy.ts';
import { loadTargets, type Target } from '../lines/find-targets.ts';
import { judgeDuties, type Duty, type Proposal } from '../lines/judge-duties.ts';
import { endOf, isLive, type Request, type RequestLine } from '../model.ts';
import { linesOf, stepsOf } from '../store.ts';

/** A line that is about to be given, judged as things are now. */
export interface LineNow {
  readonly line: RequestLine;
  /** The rule that decides about it by now; undefined where what it is about is not known any more. */
  readonly rule: ApprovalRule | undefined;
  readonly duty: Duty | undefined;
  /** Why it cannot be given, whoever approves; undefined where it can. */
  readonly refused: string | undefined;
  /** What its approvals lack by now; undefined: nothing. */
  readonly lacks: string | undefined;
  /** Whether another rule decides by now than when it was asked for, with other steps. */
  readonly differs: boolean;
  /** What grew since it was asked for, in words; empty where nothing did. */
  readonly grew: string;
  /** Of an activation: what it rests on. */
  readonly eligible: Eligible | undefined;
}

/**
 * Judges the lines of a request that give, as things are at this instant and under its own version of the policy: gone,
 * closed by its owner, in conflict of duties, or riskier than what was approved. The beneficiary is held meanwhile.
 */
export const asOfNow = async (tx: Tx, request: Request, rules: ApprovalRules): Promise<readonly LineNow[]> => {
  await holdIdentities(tx, [request.beneficiaryId]);
  const lines = (await linesOf(tx, [request.id])).filter((l) => isLive(l) && l.takesGrantId === null);
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const steps = (await stepsOf(tx, [request.id])).filter((s) => s.state === 'approved');
  const beneficiary = await getIdentity(tx, request.beneficiaryId);
  const begins = request.startsAt !== null && request.startsAt > tx.now ? request.startsAt : tx.now;
  const eligibleFor = await heldEligibilities(tx, request.beneficiaryId, lines);
  const found = lines.map((line) => {
    const target = targets.get(line.entitlementId ?? line.roleId ?? '');
    const gone = beneficiary === undefined || beneficiary.state === 'leaver';
    const eligible = line.byEligibilityId === null ? undefined : eligibleFor.get(line.byEligibilityId);
    const because = gone ? 'whoever it was for has left' : refusalOf(line, target, begins, eligible);
    return { line, target, eligible, refused: because };
  });
  const duties = await judgeDuties(
    tx,
    request.beneficiaryId,
    found.map(({ line, target, refused }): Proposal | undefined =>
      refused !== undefined || target === undefined
        ? undefined
        : { target, ...(begins > tx.now ? { validFrom: begins } : {}), validTo: endOf(line, begins) },
    ),
  );
  const ask = {
    identityKind: beneficiary?.kind ?? 'person',
    personRisk: (await personRisks(tx, rules, [request.beneficiaryId]))(request.beneficiaryId),
    askedAt: request.submittedAt,
  };
  return found.map(({ line, target, eligible, refused }, i): LineNow => {
    const duty = duties[i];
    const because = refused ?? (duty?.blocked === true ? duty.because : undefined);
    if (target === undefined)
      return { line, rule: undefined, duty, refused: because, lacks: undefined, differs: false, grew: '', eligible };
    const conflict = (duty?.hits.length ?? 0) > 0;
    const { rule, tooLong } = underPolicy(rules, ask, { target, asked: line, conflict }, begins);
    const approvals = steps.filter((s) => s.lineIds.includes(line.id));
    return {
      line,
      rule,
      duty,
      refused: because ?? (tooLong ? 'by now it may not be asked for that long' : undefined),
      lacks:
        rule.stepUp === true && approvals.some((s) => s.stepUpAt === null)
          ? 'by now whoever approves it has to prove afresh who they are, and somebody did not'
          : approvals.length < seatsOf(rule).length
            ? 'by now it needs more approvals than it got'
            : undefined,
      differs: asksOtherwise(rules, line, rule),
      grew: grewSince(line, target, conflict, personGrew(rules, line, rule, ask.personRisk)),
      eligible,
    };
  });
};

/** What somebody is eligible for, of what these lines activate, held so that it does not end while that is given. */
const heldEligibilities = async (
  tx: Tx,
  identityId: string,
  lines: readonly RequestLine[],
): Promise<ReadonlyMap<string, Eligible>> => {
  const ids = lines.flatMap((line) => line.byEligibilityId ?? []);
  if (ids.length === 0) return new Map();
  const eligible = await eligibleNow(tx, [identityId], ids);
  const live = await holdLiveGrants(
    tx,
    eligible.flatMap((e) => e.grantIds),
  );
  return new Map(
    eligible
      .map((e) => ({ ...e, grantIds: e.grantIds.filter((id) => live.has(id)) }))
      .filter((e) => e.grantIds.length > 0)
      .map((e) => [e.eligibilityId, e]),
  );
};

const refusalOf = (
  line: RequestLine,
  target: Target | undefined,
  begins: Date,
  eligible: Eligible | undefined,
): string | undefined => {
  const end = endOf(line, begins);
  if (target === undefined || target.gone) return 'it is gone from its system';
  if (line.byEligibilityId !== null && eligible === undefined) return 'whoever it is for is no longer eligible for it';
  if (line.byEligibilityId === null && !target.requestable) return 'it can no longer be asked for';
  if (end !== null && end <= begins) return 'the time it was asked for has passed';
  return undefined;
};

const asksOtherwise = (rules: ApprovalRules, line: RequestLine, now: ApprovalRule): boolean =>
  line.rule !== null &&
  line.rule !== placeOf(rules, now) &&
  JSON.stringify(ruleOf(rules, { ...line, rule: line.rule }).steps) !== JSON.stringify(now.steps);

/** That the risk of whom it is for is why another rule decides by now, in words; empty where it is not. */
export const personGrew = (rules: ApprovalRules, line: RequestLine, now: ApprovalRule, risk: string): string =>
  now.when.personRisk !== undefined && line.rule !== placeOf(rules, now)
    ? `the risk of whom it is for is ${risk} by now`
    : '';

/** What grew since a line was asked for, in words; empty where nothing did. */
export const grewSince = (line: RequestLine, target: Target, conflict: boolean, person: string): string =>
  [
    ...(target.risk === line.risk ? [] : [`its risk went from ${line.risk} to ${target.risk}`]),
    ...(target.privileged && !line.privileged ? ['it became privileged'] : []),
    ...(conflict && line.sod.length === 0 ? ['it causes a conflict of duties'] : []),
    ...(person === '' ? [] : [person]),
  ].join(', ');

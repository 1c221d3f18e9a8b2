import { recordVerdicts, type Permit } from '#spine/decide/index.ts';
import { getEntitlements, getIdentity, holdIdentities, roleContent, startGrant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { loadTargets, type Target } from '../lines/find-targets.ts';
import { judgeDuties, type Proposal } from '../lines/judge-duties.ts';
import { effectOf, endOf, isLive, type Request, type RequestLine } from '../model.ts';
import { addNote, linesOf, settleLine, stepsOf } from '../store.ts';
import { seatsOf, type ApprovalRules } from '../approvers/approval-rules.ts';
import { underPolicy } from '../approvers/under-policy.ts';

/** What became of the lines when the last step approved. */
export interface Given {
  readonly grantIds: readonly string[];
  readonly refused: readonly { readonly lineId: string; readonly because: string }[];
}

/** Entitlements that Reeve itself keeps: they are in effect with the grant. */
const KEPT_BY_REEVE = new Set(['account', 'admin_role', 'role_member']);

/**
 * Turns what was approved into grants, as things are at this instant: something gone, closed by its owner or in
 * conflict of duties by now is refused, line by line, whoever approved it before.
 */
export const giveAccess = async (ctx: Ctx, permit: Permit, request: Request, rules: ApprovalRules): Promise<Given> => {
  await holdIdentities(ctx.tx, [request.beneficiaryId]);
  const lines = (await linesOf(ctx.tx, [request.id])).filter((l) => isLive(l) && l.takesGrantId === null);
  const targets = await loadTargets(ctx.tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const steps = (await stepsOf(ctx.tx, [request.id])).filter((s) => s.state === 'approved');
  const beneficiary = await getIdentity(ctx.tx, request.beneficiaryId);
  const refusals = lines.map((line): string | undefined => {
    const target = targets.get(line.entitlementId ?? line.roleId ?? '');
    const end = endOf(line, ctx.now);
    if (beneficiary === undefined || beneficiary.state === 'leaver') return 'whoever it was for has left';
    if (target === undefined || target.gone) return 'it is gone from its system';
    if (!target.requestable) return 'it can no longer be asked for';
    if (end !== null && end <= ctx.now) return 'the time it was asked for has passed';
    return undefined;
  });
  const duties = await judgeDuties(
    ctx.tx,
    request.beneficiaryId,
    lines.map((line, i): Proposal | undefined => {
      const target = targets.get(line.entitlementId ?? line.roleId ?? '');
      return refusals[i] !== undefined || target === undefined ? undefined : { target, validTo: endOf(line, ctx.now) };
    }),
  );
  await recordVerdicts(
    ctx,
    permit,
    duties.flatMap((duty) =>
      duty === undefined ? [] : [{ identityId: request.beneficiaryId, way: 'request' as const, verdict: duty.verdict }],
    ),
  );
  /** Risk, labels and conflicts may have grown since: what the same version asks for now must have been done. */
  const stricterByNow = (line: RequestLine, target: Target | undefined, conflict: boolean): string | undefined => {
    if (target === undefined) return undefined;
    const ask = { identityKind: beneficiary?.kind ?? 'person', askedAt: request.submittedAt };
    const { rule, tooLong } = underPolicy(rules, ask, { target, asked: line, conflict }, ctx.now);
    if (tooLong) return 'by now it may not be asked for that long';
    const approvals = steps.filter((s) => s.lineIds.includes(line.id));
    if (rule.stepUp === true && approvals.some((s) => s.stepUpAt === null))
      return 'by now whoever approves it has to prove afresh who they are, and somebody did not';
    return approvals.length < seatsOf(rule).length ? 'by now it needs more approvals than it got' : undefined;
  };
  const grantIds: string[] = [];
  const refused: { lineId: string; because: string }[] = [];
  for (const [i, line] of lines.entries()) {
    const duty = duties[i];
    const because =
      refusals[i] ??
      (duty?.blocked === true ? duty.because : undefined) ??
      stricterByNow(line, targets.get(line.entitlementId ?? line.roleId ?? ''), (duty?.hits.length ?? 0) > 0);
    if (because !== undefined) {
      refused.push({ lineId: line.id, because });
      await settleLine(ctx.tx, {
        id: line.id,
        state: 'refused',
        because,
        ...(duty === undefined ? {} : { sod: duty.hits }),
      });
      await addNote(ctx.tx, ctx.principal, {
        requestId: request.id,
        lineId: line.id,
        kind: 'line_refused',
        detail: { because },
      });
      continue;
    }
    grantIds.push(await giveLine(ctx, permit, request, line));
  }
  return { grantIds, refused };
};

/** How many things on targets a line comes to, given or taken away: a role as many as it contains, what Reeve itself keeps none. */
export const targetsOf = async (ctx: Ctx, line: RequestLine): Promise<number> => {
  const entitlements = new Set(line.entitlementId === null ? [] : [line.entitlementId]);
  const roles = line.roleId === null ? [] : [line.roleId];
  for (const role of roles) {
    const content = await roleContent(ctx.tx, role);
    for (const id of content.entitlementIds) entitlements.add(id);
    for (const id of content.roleIds) if (!roles.includes(id)) roles.push(id);
  }
  const found = await getEntitlements(ctx.tx, [...entitlements]);
  return found.filter((e) => !KEPT_BY_REEVE.has(e.kind)).length;
};

const giveLine = async (ctx: Ctx, permit: Permit, request: Request, line: RequestLine): Promise<string> => {
  const grant = await startGrant(ctx, permit, {
    identityId: request.beneficiaryId,
    entitlementId: line.entitlementId ?? undefined,
    roleId: line.roleId ?? undefined,
    validTo: endOf(line, ctx.now) ?? undefined,
    origin: 'request',
    originId: request.id,
    reason: request.reason,
    said: `request R-${request.number}`,
  });
  const targets = await targetsOf(ctx, line);
  const effect = effectOf({ targets, realised: 0, ended: false, withdrawn: 0 });
  await settleLine(ctx.tx, { id: line.id, state: 'granted', grantId: grant.id, effect });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    lineId: line.id,
    kind: 'granted',
    detail: { grantId: grant.id, until: grant.validTo?.toISOString() ?? null, targets },
  });
  return grant.id;
};

import { recordVerdicts, type Permit } from '#spine/decide/index.ts';
import { controlsInWords, ELIGIBILITY, getEntitlements, roleContent, startGrant } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { linesMissingSteps } from '../approvals/reevaluation/plan-anew.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { controlsFor, saysWho } from '../approvers/rule-controls.ts';
import { effectOf, endOf, type Request, type RequestLine } from '../model.ts';
import { addNote, settleLine } from '../store.ts';
import { asOfNow, type LineNow } from './as-of-now.ts';

/** What became of the lines when the last step approved. */
export interface Given {
  readonly grantIds: readonly string[];
  readonly refused: readonly { readonly lineId: string; readonly because: string }[];
}

/** Entitlements that Reeve itself keeps: they are in effect with the grant. */
const KEPT_BY_REEVE = new Set(['account', 'admin_role', 'role_member', ELIGIBILITY]);

/**
 * Turns what was approved into grants, as things are at this instant: something gone, closed by its owner, in conflict of
 * duties or without approvals it needs by now is refused, line by line, whoever approved it before. What is given is
 * under what was asked of it when it was asked for and what is by now.
 */
export const giveAccess = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  rules: ApprovalRules,
  judged?: readonly LineNow[],
): Promise<Given> => {
  const lines = judged ?? (await asOfNow(ctx.tx, request, rules));
  await recordVerdicts(
    ctx,
    permit,
    lines.flatMap(({ duty }) =>
      duty === undefined ? [] : [{ identityId: request.beneficiaryId, way: 'request' as const, verdict: duty.verdict }],
    ),
  );
  const missing = lines.some((now) => now.differs) ? await linesMissingSteps(ctx.tx, request, rules) : undefined;
  const grantIds: string[] = [];
  const refused: { lineId: string; because: string }[] = [];
  for (const now of lines) {
    const { line, duty } = now;
    const lacks = now.lacks ?? (missing?.has(line.id) === true ? 'by now others have to approve it' : undefined);
    const because = now.refused ?? (lacks === undefined || now.grew === '' ? lacks : `${lacks}: ${now.grew}`);
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
    grantIds.push(await giveLine(ctx, permit, request, rules, now));
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

/** What is active ends with what it rests on, at the latest. */
const earlier = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a);

const giveLine = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  rules: ApprovalRules,
  { line, rule, grew, eligible }: LineNow,
): Promise<string> => {
  const controls = controlsFor(rules, line, rule);
  const grant = await startGrant(ctx, permit, {
    identityId: request.beneficiaryId,
    entitlementId: line.entitlementId ?? undefined,
    roleId: line.roleId ?? undefined,
    validTo: earlier(endOf(line, ctx.now), eligible?.until ?? null) ?? undefined,
    origin: line.byEligibilityId === null ? 'request' : 'jit',
    originId: request.id,
    reason: request.reason,
    said: `request R-${request.number}`,
    under: { controls, because: saysWho(request, rules, rule, grew) },
    goesOnFrom: eligible?.grantIds[0],
  });
  const targets = await targetsOf(ctx, line);
  const effect = effectOf({ targets, realised: 0, ended: false, withdrawn: 0 });
  await settleLine(ctx.tx, { id: line.id, state: 'granted', grantId: grant.id, effect });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    lineId: line.id,
    kind: 'granted',
    detail: {
      grantId: grant.id,
      until: grant.validTo?.toISOString() ?? null,
      targets,
      under: controlsInWords(controls),
    },
  });
  return grant.id;
};

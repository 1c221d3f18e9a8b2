import { notFound } from '#kit/errors/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { NO_CONTROLS } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { controlsOf } from '../approvers/rule-controls.ts';
import type { JudgedLine } from '../lines/judge-lines.ts';
import { showRequests, showTarget } from '../show-request.ts';
import { findRequest } from '../store.ts';

/** One request as answered. Throws `request.not_found`. */
export const showOne = async (ctx: Ctx, id: string) => {
  const request = await findRequest(ctx.tx, id);
  const [shown] = request === undefined ? [] : await showRequests(ctx.tx, [request]);
  if (shown === undefined) throw notFound('request', id);
  return shown;
};

/** Verdicts as answered. Paths of conflicts name what the beneficiary has: only who may see that is shown them. */
export const showVerdicts = async (ctx: Ctx, decide: Decide, beneficiaryId: string, lines: readonly JudgedLine[]) => {
  const seen = await decide.may(ctx.tx, {
    principal: ctx.principal,
    action: 'access.explain',
    resource: { type: 'Identity', id: beneficiaryId },
  });
  return lines.map(({ asked, target, sod, verdict, because, longestSeconds, rule }) => ({
    asked: asked.what ?? asked.entitlementId ?? asked.roleId ?? asked.extendsGrantId ?? '',
    what: target === undefined ? null : showTarget(target, target.id, target.kind),
    seconds: asked.seconds ?? null,
    until: asked.until ?? null,
    verdict,
    because: sod.length > 0 && !seen.allowed ? 'conflicts with duties that are kept apart' : because,
    longestSeconds,
    controls: rule === undefined ? NO_CONTROLS : controlsOf(rule),
    sod: seen.allowed ? sod : sod.map((hit) => ({ ...hit, sides: [] })),
  }));
};

import { invalid } from '#kit/errors/index.ts';
import { requireOpen } from '#spine/calendars/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import {
  eligibilitiesAmong,
  eligibleNow,
  getEntitlements,
  type Eligibility,
  type Eligible,
} from '#spine/graph/index.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { targetNamed } from '../lines/find-targets.ts';
import type { JudgedLine } from '../lines/judge-lines.ts';
import { submitRequest } from '../submit-request.ts';

/** What somebody activates: `<system>:<entitlement>`, `role:<name>` or an id, of it or of the eligibility. */
export interface Activation {
  readonly what: string;
  readonly seconds: number;
  readonly reason: string;
  readonly ticket?: string | undefined;
}

/**
 * Which of what whoever asks is eligible for is meant. What they are not eligible for reads like what is not there.
 * Throws `input.invalid`.
 */
const meant = async (
  ctx: Ctx,
  what: string,
): Promise<{ readonly eligible: Eligible; readonly eligibility: Eligibility }> => {
  const named = await targetNamed(ctx.tx, what);
  const mine = await eligibleNow(ctx.tx, [ctx.principal.id]);
  const eligibilities = await eligibilitiesAmong(
    ctx.tx,
    mine.map((e) => e.eligibilityId),
  );
  for (const eligible of mine) {
    const eligibility = eligibilities.get(eligible.eligibilityId);
    if (eligibility === undefined || named === undefined) continue;
    const { entitlementId, forEntitlementId, forRoleId } = eligibility;
    if ([entitlementId, forEntitlementId, forRoleId].includes(named)) return { eligible, eligibility };
  }
  throw invalid(
    '/what',
    `is nothing you are eligible for: ${what}`,
    'see what you are eligible for with reeve eligible, or ask to be: reeve request create --eligible',
  );
};

const systemOf = async (ctx: Ctx, entitlementId: string | null): Promise<string | undefined> =>
  entitlementId === null ? undefined : (await getEntitlements(ctx.tx, [entitlementId]))[0]?.systemId;

/**
 * Activates what somebody is eligible for, for a while: as a request of its own, judged as things are now and asked of
 * whom the approval policy wants asked about activations. Never for longer than they are eligible, nor outside or beyond
 * their hours of access. Where its rule says
 * `stepUp`, whoever activates proves afresh that it is them.
 */
export const activate = async (
  ctx: Ctx,
  permit: Permit<'request.activate'>,
  edges: { readonly decide: Decide; readonly takeStepUp: TakeStepUp },
  input: Activation,
): Promise<{ readonly requestId: string; readonly lines: readonly JudgedLine[] }> => {
  const { eligible, eligibility } = await meant(ctx, input.what);
  const ends = new Date(ctx.now.getTime() + input.seconds * 1000);
  const bounds = [eligible.until, await requireOpen(ctx.tx, ctx.principal.id)].filter((end) => end !== null);
  const [first] = bounds.toSorted((a, b) => a.getTime() - b.getTime());
  const time = first !== undefined && first < ends ? { until: first } : { seconds: input.seconds };
  const { forEntitlementId, forRoleId } = eligibility;
  await refuseWhenLocked(ctx.tx, ctx.now, { systemId: await systemOf(ctx, forEntitlementId) });
  return await submitRequest(ctx, permit, edges.decide, {
    beneficiaryId: ctx.principal.id,
    lines: [
      {
        entitlementId: forEntitlementId ?? undefined,
        roleId: forRoleId ?? undefined,
        byEligibilityId: eligible.eligibilityId,
        ...time,
      },
    ],
    reason: input.reason,
    ticket: input.ticket,
    proves: async (going) => {
      if (going.some(({ rule }) => rule.activation?.stepUp === true))
        await edges.takeStepUp(ctx, { action: 'request.activate', resourceId: eligible.eligibilityId });
    },
  });
};

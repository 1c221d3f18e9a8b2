import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { grantEnded, grantShortened } from '../events.ts';

interface Ending {
  readonly id: string;
  readonly identityId: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly systemId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly ended: boolean;
}

/**
 * Ends many grants at once, each as `endGrant` would: now, or at its `at` where that is later. An end that is nearer
 * stays; one that has ended already is left alone. One update for all, and an event each. Returns those it changed.
 */
export async function endGrants(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly because: string;
    readonly grants: readonly { readonly grantId: string; readonly at?: Date | undefined }[];
  },
): Promise<string[]> {
  const { because } = input;
  const wanted = new Map(input.grants.map((g) => [g.grantId, g.at ?? ctx.now]));
  if (wanted.size === 0) return [];
  const grants = await ctx.tx.many<Omit<Ending, 'ended'>>(sql`
    select g.id, g.identity_id, g.entitlement_id, g.role_id, g.valid_from, g.valid_to,
           (select system_id from entitlement e where e.id = g.entitlement_id) as system_id
      from access_grant g where g.id = any(${sql.array([...wanted.keys()])}::uuid[]) and g.ended_because is null
     order by g.id for no key update of g`);
  const changing = grants.flatMap((grant): Ending[] => {
    const asked = wanted.get(grant.id) ?? ctx.now;
    if (asked > ctx.now)
      return grant.validTo !== null && grant.validTo <= asked ? [] : [{ ...grant, validTo: asked, ended: false }];
    const last = grant.validTo !== null && grant.validTo < ctx.now ? grant.validTo : ctx.now;
    return [{ ...grant, validTo: last < grant.validFrom ? grant.validFrom : last, ended: true }];
  });
  await ctx.tx.run(sql`
    update access_grant g set valid_to = e.valid_to, ended_because = case when e.ended then ${because} end
      from unnest(${sql.array(changing.map((e) => e.id))}::uuid[], ${sql.array(changing.map((e) => e.validTo))}::timestamptz[],
                  ${sql.array(changing.map((e) => e.ended))}::boolean[]) as e(id, valid_to, ended)
     where g.id = e.id`);
  const said = (e: Ending) => ({
    grantId: e.id,
    identityId: e.identityId,
    entitlementId: e.entitlementId ?? undefined,
    roleId: e.roleId ?? undefined,
    systemId: e.systemId ?? undefined,
    reason: because,
  });
  await ctx.recordAll(
    permit,
    changing.filter((e) => e.ended).map((e) => ({ event: grantEnded, subject: e.identityId, data: said(e) })),
  );
  await ctx.recordAll(
    permit,
    changing
      .filter((e) => !e.ended)
      .map((e) => ({
        event: grantShortened,
        subject: e.identityId,
        data: { ...said(e), validTo: (e.validTo ?? ctx.now).toISOString() },
      })),
  );
  return changing.map((e) => e.id);
}

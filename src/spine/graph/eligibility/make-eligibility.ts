import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { REEVE_SYSTEM_ID } from '../admin-roles.ts';
import { describeEntitlement } from '../entitlements/put-entitlement.ts';
import { getEntitlements } from '../entitlements/read-entitlements.ts';
import { entitlementPut } from '../events.ts';
import { inWords } from '../errors.ts';
import type { Risk } from '../model.ts';
import { ROLE_MEMBER } from '../roles/role-marks.ts';
import { getRoles } from '../roles/roles.ts';
import { eligibilitiesFor, ELIGIBILITY } from './read-eligibility.ts';

/** How long somebody may be eligible unless its owner says otherwise: a year. */
const LONGEST_ELIGIBLE = 366 * 86_400;

interface WhatFor {
  readonly id: string;
  readonly isRole: boolean;
  readonly name: string;
  readonly ownerId: string | null;
  readonly risk: Risk;
}

const whatFor = async (tx: Tx, targetId: string): Promise<WhatFor | undefined> => {
  const [role] = await getRoles(tx, [targetId]);
  const [entitlement] = role === undefined ? await getEntitlements(tx, [targetId]) : [];
  const found = role ?? entitlement;
  if (found === undefined || (found.validTo !== null && found.validTo <= tx.now)) return undefined;
  // That somebody has a role follows from the role alone.
  if (entitlement?.kind === ROLE_MEMBER) return undefined;
  const system =
    entitlement === undefined
      ? undefined
      : await tx.one<{ name: string; ownerId: string | null }>(
          sql`select name, owner_id from system where id = ${entitlement.systemId}`,
        );
  return {
    id: found.id,
    isRole: role !== undefined,
    name: system === undefined ? `role ${found.name}` : `${found.name} on ${system.name}`,
    ownerId: found.ownerId ?? system?.ownerId ?? null,
    risk: found.risk,
  };
};

/** The eligibility for something, whether it is there yet or not: looked at twice as it would be, it is the same. */
const idOf = (targetId: string): string => `${targetId.slice(0, 14)}6${targetId.slice(15)}`;

/**
 * Lays out the eligibility for an entitlement or role: owned and as risky as that, giving nothing, and therefore
 * not privileged.
 * Records nothing: who calls this does, or takes it back. Throws for what is gone or is itself an eligibility.
 */
export const layOutEligibility = async (
  tx: Tx,
  targetId: string,
): Promise<{ readonly entitlementId: string; readonly made: boolean }> => {
  const known = (await eligibilitiesFor(tx, [targetId])).get(targetId);
  if (known !== undefined) return { entitlementId: known.entitlementId, made: false };
  const what = await whatFor(tx, targetId);
  if (what === undefined) throw notFound('entitlement', targetId);
  const id = idOf(targetId);
  const made = await inWords(async () => {
    const n = await tx.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, description, owner_id, risk, requestable,
                               max_seconds, source, valid_from)
      values (${id}, ${REEVE_SYSTEM_ID}, ${ELIGIBILITY}, ${`eligible:${targetId}`}, ${`Eligible for ${what.name}`},
              ${`Lets somebody activate ${what.name} for a while, when it is needed. Gives nothing by itself.`},
              ${what.ownerId}, ${what.risk}, ${what.ownerId !== null},
              ${LONGEST_ELIGIBLE}, 'reeve', ${tx.now})
      on conflict do nothing`);
    await tx.run(sql`
      insert into eligibility (entitlement_id, for_entitlement_id, for_role_id)
      values (${id}, ${what.isRole ? null : targetId}, ${what.isRole ? targetId : null}) on conflict do nothing`);
    return n === 1;
  });
  return { entitlementId: id, made };
};

/** Makes it possible to be eligible for an entitlement or role, and says so; where it is already, that stays. */
export const makeEligibility = async (ctx: Ctx, permit: Permit, targetId: string): Promise<string> => {
  const { entitlementId, made } = await layOutEligibility(ctx.tx, targetId);
  if (made)
    await ctx.record(permit, {
      event: entitlementPut,
      data: { entitlementId, systemId: REEVE_SYSTEM_ID, changed: ['created'] },
    });
  return entitlementId;
};

/** Says of an eligibility what is said of what it is for by now: who answers for it, how risky it is. True where it changed. */
export const followWhatItIsFor = async (ctx: Ctx, permit: Permit, targetId: string): Promise<boolean> => {
  const known = (await eligibilitiesFor(ctx.tx, [targetId])).get(targetId);
  if (known === undefined) return false;
  const what = await whatFor(ctx.tx, targetId);
  const [said] = await getEntitlements(ctx.tx, [known.entitlementId]);
  if (what === undefined || said === undefined) return false;
  const ownerId = what.ownerId ?? said.ownerId;
  if (said.ownerId === ownerId && said.risk === what.risk) return false;
  await describeEntitlement(ctx, permit, {
    entitlementId: said.id,
    ownerId,
    risk: what.risk,
  });
  return true;
};

import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { holdIdentities } from '../identities/hold-identities.ts';
import { liveAt } from '../known-rows.ts';
import { grantPlanned, grantStarted, reasonOf } from '../events.ts';
import type { Grant, GrantOrigin } from '../model.ts';
import type { GrantControls } from './controls.ts';
import { addGrantControls, controlsOfGrants } from './grant-controls.ts';
import { lockGrant } from './read-grants.ts';

export interface NewGrant {
  readonly id?: string | undefined;
  readonly identityId: string;
  /** Exactly one of the two. */
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  /** Default now; later: the grant is planned, and `grant.started` follows when its time comes. */
  readonly validFrom?: Date | undefined;
  /** Absent: open-ended. It can only ever move earlier. */
  readonly validTo?: Date | undefined;
  readonly origin: GrantOrigin;
  /** The row that caused it: a request, a rule, a campaign item. */
  readonly originId?: string | undefined;
  readonly reason: string;
  /** What events say in clear instead, where `reason` is in somebody's own words: those are personal. */
  readonly said?: string | undefined;
  /** What sessions that rest on it have to meet, and why. */
  readonly under?: { readonly controls: GrantControls; readonly because: string } | undefined;
  /** The grant it goes on from: it is under what that one is under. */
  readonly goesOnFrom?: string | undefined;
}

/** The fields every event of a grant has. */
export async function grantEventData(
  tx: Tx,
  grant: Grant,
  why: { readonly reason: string; readonly words: string | undefined },
): Promise<{
  grantId: string;
  identityId: string;
  entitlementId: string | undefined;
  roleId: string | undefined;
  systemId: string | undefined;
  reason: string;
  words: string | undefined;
}> {
  const on =
    grant.entitlementId === null
      ? undefined
      : await tx.maybe<{ systemId: string }>(sql`select system_id from entitlement where id = ${grant.entitlementId}`);
  return {
    grantId: grant.id,
    identityId: grant.identityId,
    entitlementId: grant.entitlementId ?? undefined,
    roleId: grant.roleId ?? undefined,
    systemId: on?.systemId,
    ...why,
  };
}

/**
 * Says that an identity should have an entitlement or a role. What makes a target agree follows from the event.
 * Refuses an entitlement or role that is gone, an end that is past, an end before the beginning, and somebody who has
 * left, also where they leave at this instant: one of the two waits for the other.
 */
export async function startGrant(ctx: Ctx, permit: Permit, input: NewGrant): Promise<Grant> {
  const grant: Grant = {
    id: input.id ?? newId(),
    identityId: input.identityId,
    entitlementId: input.entitlementId ?? null,
    roleId: input.roleId ?? null,
    validFrom: input.validFrom ?? ctx.now,
    validTo: input.validTo ?? null,
    origin: input.origin,
    originId: input.originId ?? null,
    reason: input.reason,
    started: (input.validFrom ?? ctx.now) <= ctx.now,
    endedBecause: null,
  };
  if (grant.validTo !== null && grant.validTo <= ctx.now)
    throw invalid('/validTo', 'a grant cannot start when its end is past', 'choose a later end');
  await refuseGone(ctx.tx, grant);
  await refuseLeaver(ctx.tx, grant.identityId);
  await inWords(() =>
    ctx.tx.run(sql`
      insert into access_grant (id, identity_id, entitlement_id, role_id, valid_from, valid_to, origin, origin_id, reason, started)
      values (${grant.id}, ${grant.identityId}, ${grant.entitlementId}, ${grant.roleId}, ${grant.validFrom},
              ${grant.validTo}, ${grant.origin}, ${grant.originId}, ${grant.reason}, ${grant.started})`),
  );
  const data = await grantEventData(ctx.tx, grant, reasonOf(input.reason, input.said));
  if (grant.started) await ctx.record(permit, { event: grantStarted, subject: grant.identityId, data });
  else
    await ctx.record(permit, {
      event: grantPlanned,
      subject: grant.identityId,
      data: { ...data, validFrom: grant.validFrom.toISOString() },
    });
  if (input.under !== undefined) await addGrantControls(ctx, permit, { grantId: grant.id, ...input.under });
  if (input.goesOnFrom !== undefined)
    await addGrantControls(ctx, permit, {
      grantId: grant.id,
      controls: (await controlsOfGrants(ctx.tx, [input.goesOnFrom]))(input.goesOnFrom),
      because: `goes on from grant ${input.goesOnFrom}`,
    });
  return grant;
}

/** The identity is held first, and only then looked at: what was so before may have been decided meanwhile. */
async function refuseLeaver(tx: Tx, identityId: string): Promise<void> {
  await holdIdentities(tx, [identityId]);
  const left = await tx.maybe<{ displayName: string }>(sql`
    select f.display_name from identity_facts f
     where f.identity_id = ${identityId} and f.state = 'leaver' and ${liveAt('f', tx.now)}`);
  if (left !== undefined)
    throw conflict('grant.to_leaver', `${left.displayName} has left`, 'give access to somebody who works here');
}

async function refuseGone(tx: Tx, grant: Grant): Promise<void> {
  const [what, id] = grant.roleId === null ? ['entitlement', grant.entitlementId] : ['role', grant.roleId];
  if (id === null) throw invalid('/entitlementId', 'name an entitlement or a role', 'name exactly one');
  const row = await tx.maybe<{ validTo: Date | null }>(
    sql`select valid_to from ${sql.id(what ?? 'role')} where id = ${id}`,
  );
  if (row === undefined) throw notFound(what ?? 'role', id);
  if (row.validTo !== null && row.validTo <= tx.now)
    throw conflict(`${what}.gone`, `${what} ${id} is gone`, 'read the system again, or choose another');
}

/** Carries out the beginning of a planned grant; for the job that watches `grantsDueToStart`. Safe to repeat. */
export async function beginGrant(ctx: Ctx, permit: Permit, grantId: string): Promise<boolean> {
  const grant = await lockGrant(ctx.tx, grantId);
  if (grant.started || grant.endedBecause !== null || grant.validFrom > ctx.now) return false;
  await ctx.tx.run(sql`update access_grant set started = true where id = ${grantId}`);
  await ctx.record(permit, {
    event: grantStarted,
    subject: grant.identityId,
    data: await grantEventData(ctx.tx, grant, reasonOf('its time has come', undefined)),
  });
  return true;
}

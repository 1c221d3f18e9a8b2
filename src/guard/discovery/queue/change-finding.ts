import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { planRotation } from '#guard/rotation/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  changeGrantEnd,
  describeEntitlement,
  endGrant,
  getAccount,
  getEntitlement,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingRemovalAsked, findingTimed, findingVaulted } from '../events.ts';
import { lockFinding, type Finding } from '../store.ts';

export const REMOVE = 'discovery.remove';

/** Takes the account's credential into the vault, by giving it a new one that is proved. */
export async function vaultFinding(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly because: string },
): Promise<{ readonly rotationId: string }> {
  const found = await lockFinding(ctx.tx, input.id);
  const accountId = knownAccount(found);
  if (found.restsOn !== 'credential')
    throw conflict(
      'finding.no_credential',
      `this does not rest on the credential of ${found.accountName}: a new one changes nothing`,
      found.byHand ?? 'remove it',
    );
  const { rotation } = await planRotation(keys, ctx, permit, {
    accountId,
    because: input.because,
    said: 'its privilege was found',
  });
  await ctx.tx.run(sql`update finding set underway = 'vault', problem = null where id = ${found.id}`);
  await ctx.record(permit, {
    event: findingVaulted,
    data: { findingId: found.id, systemId: found.systemId, kind: found.kind, rotationId: rotation.id },
  });
  return { rotationId: rotation.id };
}

/**
 * Makes standing privilege access for a time: what the account holds becomes a grant of its owner that ends, and can be
 * asked for from then on. At the end it is taken away like any access.
 */
export async function timeFinding(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly hours: number; readonly because: string },
): Promise<{ readonly grantId: string; readonly until: Date }> {
  const found = await lockFinding(ctx.tx, input.id);
  const account = await getAccount(ctx.tx, knownAccount(found));
  if (account?.identityId === null || account === undefined)
    throw conflict(
      'finding.nobodys_account',
      `${found.accountName} belongs to nobody known, and a grant is somebody's`,
      'say whose it is first: reeve accounts link',
    );
  const held = await heldEntitlement(ctx, found);
  const until = new Date(ctx.now.getTime() + input.hours * 3_600_000);
  await makeRequestable(ctx, permit, found, held);
  const live = await ctx.tx.maybe<{ id: string; validTo: Date | null }>(sql`
    select id, valid_to from access_grant where identity_id = ${account.identityId} and entitlement_id = ${held} and ended_because is null
       and (valid_to is null or valid_to > ${ctx.now}) order by valid_to nulls first limit 1`);
  let grantId = live?.id;
  if (grantId === undefined)
    grantId = (
      await startGrant(ctx, permit, {
        identityId: account.identityId,
        entitlementId: held,
        validTo: until,
        origin: 'jit',
        originId: found.id,
        reason: input.because,
        said: 'standing privilege was made access for a time',
      })
    ).id;
  else if (live?.validTo === null || (live?.validTo ?? until) > until)
    await changeGrantEnd(ctx, permit, {
      grantId,
      validTo: until,
      because: 'standing privilege was made access for a time',
    });
  await ctx.tx.run(sql`update finding set underway = 'jit', problem = null where id = ${found.id}`);
  await ctx.record(permit, {
    event: findingTimed,
    data: { findingId: found.id, systemId: found.systemId, kind: found.kind, grantId, until: until.toISOString() },
  });
  return { grantId, until };
}

/** Takes the privilege away on the target. Grants of it end first, so that nothing gives it back. */
export async function removeFinding(
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly because: string },
): Promise<void> {
  const found = await lockFinding(ctx.tx, input.id);
  if (found.entitlement === null)
    throw conflict(
      'finding.removed_by_hand',
      `Reeve has no operation that takes this away from ${found.systemName}`,
      found.byHand ?? `change it there: ${found.evidence}`,
    );
  const grants =
    found.accountId === null
      ? []
      : await ctx.tx.many<{ id: string }>(sql`
    select g.id from access_grant g join account a on a.identity_id = g.identity_id join entitlement e on e.id = g.entitlement_id
     where a.id = ${found.accountId} and e.system_id = ${found.systemId} and e.native_id = ${found.entitlement} and g.ended_because is null
       and (g.valid_to is null or g.valid_to > ${ctx.now})`);
  for (const { id } of grants)
    await endGrant(ctx, permit, { grantId: id, because: 'the privilege was found and is removed' });
  await ctx.tx.run(sql`update finding set underway = 'remove', problem = null where id = ${found.id}`);
  await ctx.record(permit, {
    event: findingRemovalAsked,
    subject: ctx.principal.id,
    data: { findingId: found.id, systemId: found.systemId, kind: found.kind, because: input.because },
  });
  await queueRemoval(ctx.tx, found.id);
}

export const queueRemoval = (tx: Queryable, findingId: string): Promise<void> =>
  enqueue(tx, REMOVE, { findingId }, { key: `remove:${findingId}` });

/** Nobody can ask for what has no owner who would approve it: the owner of the finding becomes the entitlement's where it has none. */
async function makeRequestable(ctx: Ctx, permit: Permit, found: Finding, entitlementId: string): Promise<void> {
  const known = await getEntitlement(ctx.tx, entitlementId);
  if (known === undefined || known.requestable) return;
  const ownerId = known.ownerId ?? found.ownerId;
  if (ownerId === null)
    throw conflict(
      'finding.nobody_answers',
      `nobody answers for ${known.name}, so nobody could ask for it again`,
      'assign an owner first: reeve discover own',
    );
  await describeEntitlement(ctx, permit, {
    entitlementId,
    ownerId,
    description: known.description ?? `${known.name} on ${found.systemName}: ${found.reason}`.slice(0, 500),
    requestable: true,
    maxSeconds: 86_400,
  });
}

function knownAccount(found: Finding): string {
  if (found.accountId !== null) return found.accountId;
  if (found.nativeId === '')
    throw conflict(
      'finding.of_everybody',
      'this is about everybody, not about one account',
      found.byHand ?? 'remove it',
    );
  throw conflict(
    'finding.account_unknown',
    `${found.accountName} is not in the graph yet`,
    `read ${found.systemName} first: reeve discover run`,
  );
}

async function heldEntitlement(ctx: Ctx, found: Finding): Promise<string> {
  const held =
    found.entitlement === null
      ? undefined
      : await ctx.tx.maybe<{ id: string }>(sql`
    select e.id from entitlement e join holding h on h.entitlement_id = e.id and h.valid_to is null
     where e.system_id = ${found.systemId} and e.native_id = ${found.entitlement} and h.account_id = ${found.accountId} and e.valid_to is null`);
  if (held !== undefined) return held.id;
  if (found.entitlement !== null)
    throw conflict(
      'finding.held_by_others',
      `${found.accountName} does not hold ${found.entitlement} itself: it comes to it through a group`,
      'make the membership access for a time, or remove it',
    );
  throw invalid('/id', 'is nothing that can be granted', found.byHand ?? 'remove it');
}

import { conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { grantsStarted } from '../events.ts';
import { holdIdentities } from '../identities/hold-identities.ts';
import { liveAt } from '../known-rows.ts';
import { asksForNothing, uniteControls } from './controls.ts';
import { addGrantControls, controlsOfGrants } from './grant-controls.ts';
import type { GrantOrigin } from '../model.ts';

export interface GrantToStart {
  readonly identityId: string;
  /** Exactly one of the two. */
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** The row that caused it. */
  readonly originId: string | null;
  readonly reason: string;
  /** Grants it takes the place of: it is under what all of them are under. */
  readonly goesOnFrom?: readonly string[] | undefined;
}

/** Grants an event names at most, so that no event outgrows a page of the log. */
const NAMED = 300;

/**
 * Starts many grants at once, from now on and open-ended: one insert for all of them, and one event a person that
 * names each. Refuses what `startGrant` refuses, and then starts none. Returns their ids in the order given.
 */
export async function startGrants(
  ctx: Ctx,
  permit: Permit,
  input: { readonly origin: GrantOrigin; readonly grants: readonly GrantToStart[] },
): Promise<string[]> {
  const { origin, grants } = input;
  if (grants.length === 0) return [];
  await refuseGone(ctx.tx, 'entitlement', new Set(grants.flatMap((g) => g.entitlementId ?? [])));
  await refuseGone(ctx.tx, 'role', new Set(grants.flatMap((g) => g.roleId ?? [])));
  await refuseLeavers(ctx.tx, [...new Set(grants.map((g) => g.identityId))]);
  const started = grants.map((g) => ({ ...g, id: newId() }));
  const column = (value: (g: (typeof started)[number]) => string | null): string => sql.array(started.map(value));
  await inWords(() =>
    ctx.tx.run(sql`
      insert into access_grant (id, identity_id, entitlement_id, role_id, valid_from, origin, origin_id, reason, started, recorded_from)
      select g.id, g.identity_id, g.entitlement_id, g.role_id, ${ctx.now}, ${origin}, g.origin_id, g.reason, true, ${ctx.now}
        from unnest(${column((g) => g.id)}::uuid[], ${column((g) => g.identityId)}::uuid[],
                    ${column((g) => g.entitlementId)}::uuid[], ${column((g) => g.roleId)}::uuid[],
                    ${column((g) => g.originId)}::uuid[], ${column((g) => g.reason)}::text[])
          as g(id, identity_id, entitlement_id, role_id, origin_id, reason)`),
  );
  await ctx.recordAll(
    permit,
    [...byPerson(started)].flatMap(([identityId, all]) =>
      Array.from({ length: Math.ceil(all.length / NAMED) }, (_, i) => ({
        event: grantsStarted,
        subject: identityId,
        data: { identityId, origin, grants: all.slice(i * NAMED, (i + 1) * NAMED) },
      })),
    ),
  );
  const controls = await controlsOfGrants(
    ctx.tx,
    started.flatMap((g) => g.goesOnFrom ?? []),
  );
  for (const { id, goesOnFrom = [] } of started) {
    const under = uniteControls(goesOnFrom.map(controls));
    if (!asksForNothing(under))
      await addGrantControls(ctx, permit, { grantId: id, controls: under, because: 'of what it takes the place of' });
  }
  return started.map((g) => g.id);
}

interface NamedGrant {
  readonly grantId: string;
  readonly originId?: string;
  readonly entitlementId?: string;
  readonly roleId?: string;
}

function byPerson(started: readonly (GrantToStart & { readonly id: string })[]): ReadonlyMap<string, NamedGrant[]> {
  const named = new Map<string, NamedGrant[]>();
  for (const { id, identityId, originId, entitlementId, roleId } of started) {
    const list = named.get(identityId) ?? [];
    if (list.length === 0) named.set(identityId, list);
    list.push({
      grantId: id,
      ...(originId === null ? {} : { originId }),
      ...(entitlementId === null ? {} : { entitlementId }),
      ...(roleId === null ? {} : { roleId }),
    });
  }
  return named;
}

async function refuseGone(tx: Tx, what: 'entitlement' | 'role', ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const rows = await tx.many<{ id: string; validTo: Date | null }>(
    sql`select id, valid_to from ${sql.id(what)} where id = any(${[...ids]}::uuid[])`,
  );
  const known = new Map(rows.map((r) => [r.id, r.validTo]));
  for (const id of ids) {
    const validTo = known.get(id);
    if (validTo === undefined) throw notFound(what, id);
    if (validTo !== null && validTo <= tx.now)
      throw conflict(`${what}.gone`, `${what} ${id} is gone`, 'read the system again, or choose another');
  }
}

/** The identities are held first, and only then looked at: what was so before may have been decided meanwhile. */
async function refuseLeavers(tx: Tx, identityIds: readonly string[]): Promise<void> {
  await holdIdentities(tx, identityIds);
  const left = await tx.maybe<{ displayName: string }>(sql`
    select f.display_name from identity_facts f
     where f.identity_id = any(${sql.array(identityIds)}::uuid[]) and f.state = 'leaver' and ${liveAt('f', tx.now)} limit 1`);
  if (left !== undefined)
    throw conflict('grant.to_leaver', `${left.displayName} has left`, 'give access to somebody who works here');
}

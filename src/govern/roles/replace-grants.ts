import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrants, holdIdentities, startGrants, type GrantOrigin } from '#spine/graph/index.ts';
import type { MassItem, MassKind, Outcome } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { lasting } from './direct-grants-of.ts';

const leaves = (now: Date): Sql => sql`
  exists (select from identity_facts f where f.identity_id = g.identity_id and f.state = 'leaver'
             and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now}))`;

/**
 * Whose direct grants a role can take the place of without anything of their access changing (`identity_id, grants`): who
 * has all it gives already and for good, by grants of single entitlements or by other roles, at least one of them
 * directly, and does not have the role. Nobody where the role
 * contains roles or what it contains has an end: what it gives is then not what it is seen to give.
 */
export const fitting = (asked: { readonly roleId: string; readonly identityIds: Sql; readonly now: Date }): Sql => sql`
  with content as (
    select entitlement_id, child_role_id, valid_to from role_content
     where role_id = ${asked.roleId} and valid_from <= ${asked.now} and (valid_to is null or valid_to > ${asked.now})
  ), held as (
    select g.identity_id, g.entitlement_id, g.id as direct from access_grant g
     where g.identity_id = any(${asked.identityIds}) and g.entitlement_id in (select entitlement_id from content)
       and ${lasting} and not ${leaves(asked.now)}
    union all
    select g.identity_id, c.entitlement_id, null from access_grant g
      join role_content c on c.role_id = g.role_id and c.valid_from <= ${asked.now} and c.valid_to is null
     where g.identity_id = any(${asked.identityIds}) and c.entitlement_id in (select entitlement_id from content)
       and ${lasting} and not ${leaves(asked.now)}
  )
  select h.identity_id, count(distinct h.direct)::int as grants, array_remove(array_agg(distinct h.direct), null) as grant_ids
    from held h
   where not exists (select from content where child_role_id is not null or valid_to is not null)
     and not exists (select from access_grant r where r.identity_id = h.identity_id and r.role_id = ${asked.roleId}
                        and r.ended_because is null and r.valid_to is null)
   group by h.identity_id
  having count(distinct h.entitlement_id) = (select count(*) from content) and count(h.direct) > 0`;

/** What is kept with an item that was done, for the undo. */
interface Replaced {
  readonly roleGrantId: string;
  readonly grants: readonly {
    readonly entitlementId: string;
    readonly origin: GrantOrigin;
    readonly originId: string | null;
    readonly reason: string | null;
  }[];
}

const roleOf = (item: MassItem): string => String(item.data['roleId']);
const done = (item: MassItem, data?: Record<string, unknown>): Outcome => ({
  position: item.position,
  state: 'done',
  ...(data === undefined ? {} : { data }),
});
const skipped = (item: MassItem, problem: string): Outcome => ({ position: item.position, state: 'skipped', problem });

/**
 * Gives people a role in place of direct grants: per person the role begins and the grants it replaces end at the same
 * instant, in one transaction, and only where that changes nothing of what they can reach. All of it is looked at again
 * when it is done, with the person and the contents of roles held.
 */
export const replaceGrants: MassKind = {
  kind: 'mined_role',
  population: async (tx) => {
    const { n } = await tx.one<{ n: number }>(
      sql`select count(distinct g.identity_id)::int as n from access_grant g where ${lasting}`,
    );
    return new Map([[null, n]]);
  },
  apply: async (ctx, permit, items) => {
    await hold(ctx.tx, items);
    const outcomes: Outcome[] = [];
    for (const roleId of new Set(items.map(roleOf)))
      outcomes.push(
        ...(await replace(
          ctx,
          permit,
          roleId,
          items.filter((item) => roleOf(item) === roleId),
        )),
      );
    return outcomes;
  },
  undo: async (ctx, permit, items) => {
    await hold(ctx.tx, items);
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(await putBack(ctx, permit, item));
    return outcomes;
  },
};

/** People are held in the order of their ids, and nobody changes what roles are made of meanwhile. */
async function hold(tx: Tx, items: readonly MassItem[]): Promise<void> {
  await tx.run(sql`lock table role_content in share mode`);
  await holdIdentities(tx, [...new Set(items.flatMap((item) => item.identityId ?? []))]);
}

async function replace(ctx: Ctx, permit: Permit, roleId: string, items: readonly MassItem[]): Promise<Outcome[]> {
  const ids = sql`${sql.array(items.map((item) => item.identityId))}::uuid[]`;
  const { name } = await ctx.tx.one<{ name: string }>(sql`select name from role where id = ${roleId}`);
  const found = await ctx.tx.many<{ identityId: string; grantIds: string[] }>(
    fitting({ roleId, identityIds: ids, now: ctx.now }),
  );
  const before = await ctx.tx.many<Replaced['grants'][number] & { readonly id: string }>(sql`
    select id, entitlement_id, origin, origin_id, reason from access_grant
     where id = any(${sql.array(found.flatMap((f) => f.grantIds))}::uuid[])`);
  const byId = new Map(before.map(({ id, ...grant }) => [id, grant]));
  const started = await startGrants(ctx, permit, {
    origin: 'admin',
    grants: found.map(({ identityId, grantIds }) => ({
      identityId,
      entitlementId: null,
      roleId,
      originId: null,
      reason: `in place of direct grants: ${name}`,
      goesOnFrom: grantIds,
    })),
  });
  await endGrants(ctx, permit, {
    because: `role ${name} gives it`,
    grants: found.flatMap((f) => f.grantIds.map((grantId) => ({ grantId }))),
  });
  const replaced = new Map(
    found.map(({ identityId, grantIds }, n) => [
      identityId,
      { roleGrantId: started[n] ?? '', grants: grantIds.flatMap((id) => byId.get(id) ?? []) } satisfies Replaced,
    ]),
  );
  return items.map((item) => {
    const data = replaced.get(item.identityId ?? '');
    return data === undefined
      ? skipped(item, 'the role would change what they can reach now, or they have it already')
      : done(item, { ...data });
  });
}

/** Gives the direct grants again and takes the role, where the role still stands. */
async function putBack(ctx: Ctx, permit: Permit, item: MassItem): Promise<Outcome> {
  const { roleGrantId, grants } = item.data as unknown as Replaced;
  const identityId = item.identityId ?? '';
  const standing = await ctx.tx.maybe<{ id: string }>(sql`
    select g.id from access_grant g where g.id = ${roleGrantId} and g.ended_because is null and not ${leaves(ctx.now)}`);
  if (standing === undefined) return skipped(item, 'the role was taken away since, or the person has left');
  for (const origin of new Set(grants.map((grant) => grant.origin)))
    await startGrants(ctx, permit, {
      origin,
      grants: grants
        .filter((grant) => grant.origin === origin)
        .map(({ entitlementId, originId, reason }) => ({
          identityId,
          entitlementId,
          roleId: null,
          originId,
          reason: reason ?? 'put back',
          goesOnFrom: [roleGrantId],
        })),
    });
  await endGrants(ctx, permit, { because: 'direct grants were put back', grants: [{ grantId: roleGrantId }] });
  return done(item);
}

import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { grantsOfRoles, holdLiveGrants, type GrantOfRole } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { accessWanted } from './events.ts';
import { queueLanes } from './lanes.ts';

const TOGETHER = 1_000;

interface Turned extends GrantOfRole {
  readonly systemId: string;
}

/**
 * A role is made of something else now: everybody who has it, by itself or within another role, is to have on the targets
 * what it gives, and no more what it gave. Goes through the grants in pieces, each a transaction; done again it finds
 * nothing left to say.
 */
export async function followRole(
  job: JobCtx,
  change: { readonly roleId: string; readonly changed: readonly string[] },
  decidedAt: Date,
): Promise<void> {
  if (!change.changed.includes('content')) return;
  let after: GrantOfRole | undefined;
  do {
    after = await job.act({ action: 'access.provision' }, async (ctx, permit) => {
      const grants = await grantsOfRoles(ctx.tx, [change.roleId], { after, limit: TOGETHER });
      const live = await holdLiveGrants(
        ctx.tx,
        grants.map(({ id }) => id),
      );
      const ids = grants.flatMap(({ id }) => (live.has(id) ? [id] : []));
      const present = await wantWhatIsGiven(ctx.tx, ids, decidedAt);
      const absent = await wantNoMore(ctx.tx, ids, decidedAt);
      await ctx.recordAll(permit, [...sayOf('present', present), ...sayOf('absent', absent)]);
      await queueLanes(ctx.tx, [...present, ...absent]);
      return grants.length < TOGETHER ? undefined : grants.at(-1);
    });
  } while (after !== undefined);
}

/** What grants stand for on targets now, as common table expressions of a recursive `with`: `given(grant_id, identity_id, entitlement_id, system_id)`. */
const given = (grantIds: readonly string[], at: Date) => sql`
  part(grant_id, identity_id, entitlement_id, role_id) as (
    select g.id, g.identity_id, g.entitlement_id, g.role_id from access_grant g where g.id = any(${sql.array(grantIds)}::uuid[])
    union
    select p.grant_id, p.identity_id, c.entitlement_id, c.child_role_id from part p join role_content c on c.role_id = p.role_id
     where c.valid_from <= ${at} and (c.valid_to is null or c.valid_to > ${at})
  ), given as (
    select p.grant_id, p.identity_id, e.id as entitlement_id, e.system_id from part p join entitlement e on e.id = p.entitlement_id
     where e.kind not in ('account', 'admin_role', 'role_member', 'eligibility') and e.valid_to is null
  )`;

async function wantWhatIsGiven(tx: Tx, grantIds: readonly string[], decidedAt: Date): Promise<readonly Turned[]> {
  const missing = await tx.many<{ grantId: string; identityId: string; entitlementId: string; systemId: string }>(sql`
    with recursive ${given(grantIds, tx.now)}
    select g.grant_id, g.identity_id, g.entitlement_id, g.system_id from given g
     where not exists (select from provision_task t where t.grant_id = g.grant_id and t.entitlement_id = g.entitlement_id
                          and t.wanted = 'present')
     order by g.grant_id, g.entitlement_id`);
  return await tx.many<Turned>(sql`
    insert into provision_task as t (id, grant_id, entitlement_id, identity_id, system_id, wanted, decided_at)
    select w.id, w."grantId", w."entitlementId", w."identityId", w."systemId", 'present', ${decidedAt}::timestamptz
      from jsonb_to_recordset(${sql.json(missing.map((row) => ({ ...row, id: newId(tx.now.getTime()) })))}::jsonb)
           as w(id uuid, "grantId" uuid, "identityId" uuid, "entitlementId" uuid, "systemId" uuid)
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update
      set wanted = 'present', decided_at = excluded.decided_at, state = 'waiting', settled_at = null, tries = 0, problem = null,
          not_before = null
    returning grant_id as id, identity_id, system_id`);
}

const wantNoMore = async (tx: Tx, grantIds: readonly string[], decidedAt: Date): Promise<readonly Turned[]> =>
  await tx.many<Turned>(sql`
    with recursive ${given(grantIds, tx.now)}
    update provision_task t
       set wanted = 'absent', decided_at = ${decidedAt}, state = 'waiting', settled_at = null, tries = 0, problem = null, not_before = null
     where t.grant_id = any(${sql.array(grantIds)}::uuid[]) and t.wanted = 'present'
       and not exists (select from given g where g.grant_id = t.grant_id and g.entitlement_id = t.entitlement_id)
    returning t.grant_id as id, t.identity_id, t.system_id`);

/** One event a person. */
function sayOf(wanted: 'present' | 'absent', turned: readonly Turned[]) {
  const people = new Map<string, Map<string, number>>();
  for (const { id, identityId } of turned) {
    const grants = people.get(identityId) ?? new Map<string, number>();
    people.set(identityId, grants.set(id, (grants.get(id) ?? 0) + 1));
  }
  return [...people].map(([subject, grants]) => ({
    event: accessWanted,
    subject,
    data: { wanted, grants: [...grants].map(([grantId, targets]) => ({ grantId, targets })) },
  }));
}

import type { LockedOn } from '#spine/locks/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { JustifyingGrant } from '#guard/sessions/index.ts';
import type { Lease, LeaseState, LeaseTemplate } from './model.ts';

const templateColumns = sql`t.id, t.name, t.system_id, s.name as system_name, t.entitlement_id, t.entitlements, t.prefix,
  t.default_seconds, t.longest_seconds, t.heir, t.owner_id`;

export const getTemplate = (tx: Queryable, id: string): Promise<LeaseTemplate | undefined> =>
  tx.maybe<LeaseTemplate>(sql`
    select ${templateColumns} from lease_template t join system s on s.id = t.system_id where t.id = ${id} and t.removed_at is null`);

export const listTemplates = (tx: Queryable): Promise<LeaseTemplate[]> =>
  tx.many<LeaseTemplate>(sql`
    select ${templateColumns} from lease_template t join system s on s.id = t.system_id where t.removed_at is null order by t.name`);

const columns = sql`l.id, l.template_id, t.name as template_name, l.system_id, s.name as system_name, l.identity_id,
  (select display_name from identity_facts f where f.identity_id = l.identity_id order by valid_from desc limit 1) as identity_name,
  l.grant_ids, l.account, l.state, l.asked_at, l.ends_at, l.latest_at, l.made_at, l.taken_at, l.ending_because, l.ending_at, l.ended_at, l.problem`;
const named = sql`select ${columns} from lease l join lease_template t on t.id = l.template_id join system s on s.id = l.system_id`;

export const getLease = (tx: Queryable, id: string): Promise<Lease | undefined> =>
  tx.maybe<Lease>(sql`${named} where l.id = ${id}`);

/** Locks a lease against another change of it. */
export const lockLease = async (tx: Queryable, id: string): Promise<Lease | undefined> => {
  await tx.maybe(sql`select id from lease where id = ${id} for update`);
  return await getLease(tx, id);
};

export async function listLeases(
  tx: Queryable,
  input: {
    readonly identityId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly open?: boolean | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: Lease[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Lease>(sql`
    ${named} where (${input.identityId ?? null}::uuid is null or l.identity_id = ${input.identityId ?? null})
      and (${input.systemId ?? null}::uuid is null or l.system_id = ${input.systemId ?? null})
      and (not ${input.open === true} or l.state <> 'ended')
      and (${after}::uuid is null or l.id < ${after}) order by l.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (row) => [row.id]);
}

/** Leases that are not over yet, of a person or resting on a grant. */
export const runningLeases = (
  tx: Queryable,
  of:
    | { readonly grantIds: readonly string[] }
    | { readonly identityId: string }
    | { readonly overAt: Date }
    | { readonly locked: Pick<LockedOn, 'identityId' | 'systemId'> },
): Promise<Lease[]> =>
  tx.many<Lease>(sql`
    ${named} where l.state in ('asked', 'live') and ${
      'grantIds' in of
        ? sql`l.grant_ids && ${sql.array(of.grantIds)}::uuid[]`
        : 'identityId' in of
          ? sql`l.identity_id = ${of.identityId}`
          : 'overAt' in of
            ? sql`l.ends_at <= ${of.overAt}`
            : sql`(${of.locked.identityId ?? null}::uuid is null or l.identity_id = ${of.locked.identityId ?? null})
                  and (${of.locked.systemId ?? null}::uuid is null or l.system_id = ${of.locked.systemId ?? null})`
    }`);

/** The live grants by which somebody holds an entitlement, through roles and nesting. */
export const grantsOfEntitlement = (
  tx: Tx,
  ask: { readonly identityId: string; readonly entitlementId: string },
): Promise<JustifyingGrant[]> =>
  tx.many<JustifyingGrant>(sql`
    with recursive live as (
      select id, entitlement_id, role_id, valid_to from access_grant
       where identity_id = ${ask.identityId} and ended_because is null
         and valid_from <= ${tx.now} and (valid_to is null or valid_to > ${tx.now})
    ), roles (grant_id, role_id) as (
      select id, role_id from live where role_id is not null
      union
      select r.grant_id, c.child_role_id from roles r join role_content c on c.role_id = r.role_id and c.child_role_id is not null
         and c.valid_from <= ${tx.now} and (c.valid_to is null or c.valid_to > ${tx.now})
    ), held (grant_id, entitlement_id) as (
      select id, entitlement_id from live where entitlement_id is not null
      union
      select r.grant_id, c.entitlement_id from roles r join role_content c on c.role_id = r.role_id and c.entitlement_id is not null
         and c.valid_from <= ${tx.now} and (c.valid_to is null or c.valid_to > ${tx.now})
    ), reached (grant_id, entitlement_id) as (
      select grant_id, entitlement_id from held
      union
      select r.grant_id, e.child_id from reached r join entitlement_edge e on e.parent_id = r.entitlement_id and e.valid_to is null
    )
    select distinct live.id as grant_id, live.entitlement_id, live.role_id, live.valid_to
      from reached join live on live.id = reached.grant_id
      join entitlement e on e.id = reached.entitlement_id and e.valid_to is null
     where reached.entitlement_id = ${ask.entitlementId}`);

/** Takes a lease's user in hand; false while another worker has it. A worker that died has it for two minutes more. */
export const claim = async (db: Queryable, id: string, now: Date): Promise<boolean> =>
  (await db.run(sql`
    update lease set claimed_until = ${new Date(now.getTime() + 120_000)}
     where id = ${id} and state <> 'ended' and (claimed_until is null or claimed_until <= ${now})`)) === 1;

export const release = (db: Queryable, id: string, problem: string | null): Promise<number> =>
  db.run(sql`update lease set claimed_until = null, problem = ${problem} where id = ${id}`);

/** Moves a lease on, once. */
export const moveLease = async (
  tx: Queryable,
  id: string,
  from: LeaseState,
  to: 'live' | 'ended',
  now: Date,
): Promise<boolean> =>
  (await tx.run(
    to === 'live'
      ? sql`update lease set state = 'live', made_at = ${now}, problem = null where id = ${id} and state = ${from}`
      : sql`update lease set state = 'ended', ended_at = ${now}, problem = null, claimed_until = null where id = ${id} and state = ${from}`,
  )) === 1;

import { sql, type Tx } from '#kit/db/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import { FEWEST_PEERS, LEAST_SHARE, type Found } from './model.ts';

/** Live grants as they are counted: whose, and of what. */
const live = (tx: Tx) =>
  sql`g.ended_because is null and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now})`;

/** What a colleague was granted by itself and may be asked for. What follows from a rule comes without asking. */
export const byColleague = async (
  tx: Tx,
  colleague: { readonly id: string; readonly name: string },
): Promise<Found[]> => {
  const rows = await tx.many<{ id: string; isRole: boolean }>(sql`
    select distinct coalesce(g.entitlement_id, g.role_id) as id, g.role_id is not null as is_role
      from access_grant g where g.identity_id = ${colleague.id} and g.origin <> 'birthright' and ${live(tx)} order by 2 desc, 1`);
  return rows.map(({ id, isRole }) => ({
    kind: isRole ? 'role' : 'entitlement',
    id,
    reasons: [{ kind: 'colleague', text: `${colleague.name} has it` }],
  }));
};

/**
 * What many of somebody's peers were granted: people of their department, else of their manager. Told as a share in
 * tenths, and never of a group of fewer than five.
 */
export const byPeers = async (tx: Tx, identityId: string): Promise<Found[]> => {
  const who = await getIdentity(tx, identityId);
  if (who === undefined) return [];
  const alike =
    who.department !== null
      ? sql`f.department = ${who.department}`
      : who.managerId !== null
        ? sql`f.manager_id = ${who.managerId}`
        : undefined;
  if (alike === undefined) return [];
  const group = who.department === null ? 'those who have the same manager' : `the people of ${who.department}`;
  const rows = await tx.many<{ id: string; isRole: boolean; n: number; size: number }>(sql`
    with peer as materialized (
      select f.identity_id from identity_facts f join identity i on i.id = f.identity_id
       where ${alike} and f.state = 'active' and i.kind = 'person' and f.identity_id <> ${identityId}
         and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
    ), size as (select count(*) as n from peer)
    select coalesce(g.entitlement_id, g.role_id) as id, g.role_id is not null as is_role, count(distinct g.identity_id) as n, size.n as size
      from peer join access_grant g on g.identity_id = peer.identity_id cross join size
     where ${live(tx)} and g.origin <> 'birthright' and size.n >= ${FEWEST_PEERS}
     group by 1, 2, size.n having count(distinct g.identity_id) >= ${LEAST_SHARE}::float8 * size.n
     order by 3 desc, 1 limit 50`);
  return rows.map(({ id, isRole, n, size }) => ({
    kind: isRole ? 'role' : 'entitlement',
    id,
    reasons: [{ kind: 'peers', text: `about ${Math.round((n / size) * 10) * 10} % of ${group} have it` }],
  }));
};

/** Roles that whoever it is for has the most of already: the rest comes with them, and goes with them. */
export const byRoles = async (tx: Tx, held: ReadonlySet<string>): Promise<Found[]> => {
  const rows = await tx.many<{ id: string; has: number; size: number }>(sql`
    select r.id, count(*) filter (where c.entitlement_id = any(${[...held]}::uuid[])) as has, count(*) as size
      from role r join role_content c on c.role_id = r.id and c.valid_to is null and c.entitlement_id is not null
     where r.requestable and r.valid_to is null
     group by r.id having count(*) >= 2 and count(*) filter (where c.entitlement_id = any(${[...held]}::uuid[])) * 2 >= count(*)
     order by 2 desc, 1 limit 20`);
  return rows.map(({ id, has, size }) => ({
    kind: 'role',
    id,
    reasons: [{ kind: 'role', text: `${has} of the ${size} things in it are there already` }],
  }));
};

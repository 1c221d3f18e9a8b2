import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { touches } from '../known-rows.ts';
import { both } from './read-edges.ts';
import type { Interval, TimedEdge } from './spread-intervals.ts';

/** A node that leads to what was asked about, with its own time. */
export interface WayTo {
  readonly kind: 'entitlement' | 'role' | 'account';
  readonly id: string;
  readonly interval: Interval;
}

interface Row {
  /** Null where the row is of the node itself. */
  readonly fromKind: WayTo['kind'] | null;
  readonly fromId: string | null;
  readonly kind: WayTo['kind'];
  readonly id: string;
  readonly since: number;
  readonly until: number | null;
}

/** Nodes, numbered by their place, and the edges between them by these numbers. */
export interface WaysTo {
  readonly nodes: readonly WayTo[];
  readonly edges: readonly TimedEdge<number>[];
}

/**
 * The part of the graph that leads to these entitlements and belongs to nobody: entitlements that imply them, roles that
 * contain them, and accounts whose use is itself an entitlement. What only its owner's account holds is not in it: that
 * is where a way begins. An edge has the time of its row and of what it leads to, as in `readEdgesFrom`.
 */
export async function readWaysTo(
  tx: Tx,
  entitlementIds: readonly string[],
  { at, through }: { readonly at: Date; readonly through: Date },
): Promise<WaysTo> {
  const live = (alias: string): Sql => touches(alias, at, through);
  const rows = await tx.many<Row>(sql`
    with recursive
    ${walkBack(entitlementIds, live)},
    entitlement_node as (select t.* from back b join entitlement t on t.id = b.id where b.kind = 'entitlement' and ${live('t')}),
    role_node as (select r.* from back b join role r on r.id = b.id where b.kind = 'role' and ${live('r')}),
    account_node as (select a.* from back b join account a on a.id = b.id where b.kind = 'account' and ${live('a')}),
    edge(from_kind, from_id, kind, id, valid_from, valid_to) as (
      select null, null::uuid, 'entitlement', id, valid_from, valid_to from entitlement_node
      union all
      select null, null, 'role', id, valid_from, valid_to from role_node
      union all
      select null, null, 'account', id, valid_from, valid_to from account_node
      union all
      select 'role', x.role_id, 'entitlement', t.id, ${both('x', 't')}
        from entitlement_node t join role_content x on x.entitlement_id = t.id and ${live('x')} join role_node r on r.id = x.role_id
      union all
      select 'role', x.role_id, 'role', r.id, ${both('x', 'r')}
        from role_node r join role_content x on x.child_role_id = r.id and ${live('x')} join role_node o on o.id = x.role_id
      union all
      select 'entitlement', x.parent_id, 'entitlement', t.id, ${both('x', 't')}
        from entitlement_node t join entitlement_edge x on x.child_id = t.id and ${live('x')} join entitlement_node e on e.id = x.parent_id
      union all
      select 'entitlement', t.id, 'account', a.id, ${both('t', 'a')}
        from account_node a join entitlement t on t.account_id = a.id and ${live('t')}
      union all
      select 'account', a.id, 'entitlement', t.id, ${both('x', 't')}
        from account_node a join holding x on x.account_id = a.id and ${live('x')} join entitlement_node t on t.id = x.entitlement_id
    )
    select from_kind, from_id, kind, id, floor(extract(epoch from valid_from) * 1000)::float8 as since,
           floor(extract(epoch from valid_to) * 1000)::float8 as until
      from edge order by from_kind nulls first, kind, id, from_id, valid_from`);
  const nodes: WayTo[] = [];
  const edges: TimedEdge<number>[] = [];
  const numbers = new Map<string, number>();
  for (const { fromKind, fromId, kind, id, since, until } of rows) {
    const interval: Interval = [since, until ?? Infinity];
    // Nodes come first.
    if (fromKind === null || fromId === null) numbers.set(kind + id, nodes.push({ kind, id, interval }) - 1);
    const [from, to] = [numbers.get(`${fromKind}${fromId}`), numbers.get(kind + id)];
    // What began and ended at one instant, or never at a time with what it leads to, leads nowhere.
    if (from !== undefined && to !== undefined && since < interval[1]) edges.push({ from, to, interval });
  }
  return { nodes, edges };
}

/**
 * Every node from which one of the entitlements is reached, each once, so circles end. Tables are joined whole at each
 * level: rules name tens of thousands.
 */
const walkBack = (entitlementIds: readonly string[], live: (alias: string) => Sql): Sql => sql`
    opened(id) as materialized (
      select a.id from account a
       where ${live('a')} and a.id in (select t.account_id from entitlement t where t.account_id is not null and ${live('t')})
    ),
    held(account_id, entitlement_id) as materialized (
      select x.account_id, x.entitlement_id from opened a join holding x on x.account_id = a.id and ${live('x')}
    ),
    back(kind, id) as (
      select 'entitlement', t.id from entitlement t where t.id = any(${sql.array(entitlementIds)}::uuid[]) and ${live('t')}
      union
      (with b as (select kind, id from back)
      select 'role', r.id from b join role_content x on x.entitlement_id = b.id and ${live('x')} join role r on r.id = x.role_id and ${live('r')}
       where b.kind = 'entitlement'
      union all
      select 'role', r.id from b join role_content x on x.child_role_id = b.id and ${live('x')} join role r on r.id = x.role_id and ${live('r')}
       where b.kind = 'role'
      union all
      select 'entitlement', t.id from b join entitlement_edge x on x.child_id = b.id and ${live('x')} join entitlement t on t.id = x.parent_id and ${live('t')}
       where b.kind = 'entitlement'
      union all
      select 'entitlement', t.id from b join entitlement t on t.account_id = b.id and ${live('t')}
       where b.kind = 'account'
      union all
      select 'account', x.account_id from b join held x on x.entitlement_id = b.id
       where b.kind = 'entitlement')
    )`;

import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { knowledgeAt, liveAt } from '../known-rows.ts';
import { both, toEdge, type AccessEdge, type EdgeRow } from './read-edges.ts';

/** What is asked about; exactly one is set. */
export interface Target {
  readonly systemId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly accountId?: string | undefined;
  /** Everything that is privileged by itself. */
  readonly privileged?: true | undefined;
}

/** The part of the graph from which a target is reached, and which of its nodes are the target. */
export interface Approach {
  readonly edges: readonly AccessEdge[];
  readonly targets: readonly string[];
}

function isTarget(kind: 'entitlement' | 'account', alias: string, target: Target): Sql {
  const a = sql.id(alias);
  if (target.systemId !== undefined) return sql`${a}.system_id = ${target.systemId}`;
  if (target.privileged === true) return sql`${a}.privileged`;
  const id = kind === 'entitlement' ? target.entitlementId : target.accountId;
  return id === undefined ? sql`false` : sql`${a}.id = ${id}`;
}

/**
 * Looks rows up for each row before it, by index. Left free, the planner guesses how many nodes a walk meets, guesses
 * high, and reads whole tables to answer a question about one group.
 */
const each = (rows: Sql): Sql => sql`cross join lateral (${rows} offset 0)`;

/**
 * Who could reach X at T, as known at K: one statement. It walks from the target against the edges to every node
 * that leads to it (each node once, so circles end), then names the edges between them, the grants and the owners.
 * What an account that is itself asked about holds is left out: the question ends there. Rows come in no order.
 * An edge is found from the node it leads to; where it comes from was met by the same walk and need not be looked up.
 * Asked again later with the same instants it returns the same rows.
 */
export async function readEdgesTo(tx: Tx, target: Target, at: Date, knownAt: Date | undefined): Promise<Approach> {
  const { rows, said } = knowledgeAt(knownAt);
  const live = (alias: string): Sql => sql`(${liveAt(alias, at)} and ${said(alias)})`;
  const [grants, roles, contents] = [rows('access_grant'), rows('role'), rows('role_content')];
  const [entitlements, nesting] = [rows('entitlement'), rows('entitlement_edge')];
  const [accounts, owners, holdings] = [rows('account'), rows('account_owner'), rows('holding')];
  const found = await tx.many<EdgeRow & { readonly target: boolean }>(sql`
    with recursive
    target(kind, id) as (
      select 'entitlement', t.id from ${entitlements} t where ${isTarget('entitlement', 't', target)} and ${live('t')}
      union all
      select 'account', a.id from ${accounts} a where ${isTarget('account', 'a', target)} and ${live('a')}
    ),
    back(kind, id) as (
      select kind, id from target
      union
      select p.kind, p.id
        from back b cross join lateral (
          select 'account', h.account_id
            from ${holdings} h
           where b.kind = 'entitlement' and h.entitlement_id = b.id and ${live('h')}
          union all
          select 'entitlement', t.id
            from ${nesting} n join ${entitlements} t on t.id = n.parent_id
           where b.kind = 'entitlement' and n.child_id = b.id and ${live('n')} and ${live('t')}
          union all
          select 'entitlement', t.id
            from ${accounts} a join ${entitlements} t on t.account_id = a.id
           where b.kind = 'account' and a.id = b.id and ${live('a')} and ${live('t')}
          union all
          select 'role', r.id
            from ${contents} c join ${roles} r on r.id = c.role_id
           where b.kind = 'entitlement' and c.entitlement_id = b.id and ${live('c')} and ${live('r')}
          union all
          select 'role', r.id
            from ${contents} c join ${roles} r on r.id = c.role_id
           where b.kind = 'role' and c.child_role_id = b.id and ${live('c')} and ${live('r')}
        ) p(kind, id)
    ),
    account_node as (select a.* from back b join ${accounts} a on a.id = b.id where b.kind = 'account' and ${live('a')}),
    entitlement_node as (select t.* from back b join ${entitlements} t on t.id = b.id where b.kind = 'entitlement' and ${live('t')}),
    role_node as (select r.* from back b join ${roles} r on r.id = b.id where b.kind = 'role' and ${live('r')}),
    grant_edge(id, identity_id, origin, began, ends, kind, node_id, name, system_id, privileged, valid_from, valid_to) as (
      select g.id, g.identity_id, g.origin, g.valid_from, g.valid_to, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('g', 't')}
        from entitlement_node t ${each(sql`select g.* from ${grants} g where g.entitlement_id = t.id and ${live('g')}`)} g
      union all
      select g.id, g.identity_id, g.origin, g.valid_from, g.valid_to, 'role', r.id, r.name, null, false, ${both('g', 'r')}
        from role_node r ${each(sql`select g.* from ${grants} g where g.role_id = r.id and ${live('g')}`)} g
    ),
    edge(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
      select 'identity', o.identity_id, 'account', a.id, a.name, a.system_id, a.privileged, ${both('o', 'a')}
        from account_node a ${each(sql`select o.* from ${owners} o where o.account_id = a.id and ${live('o')}`)} o
      union all
      select 'identity', identity_id, 'grant', id, origin, null::uuid, false, began, ends from grant_edge
      union all
      select 'grant', id, kind, node_id, name, system_id, privileged, valid_from, valid_to from grant_edge
      union all
      select 'role', p.role_id, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('p', 't')}
        from entitlement_node t ${each(sql`
          select c.* from ${contents} c join ${roles} r on r.id = c.role_id
           where c.entitlement_id = t.id and ${live('c')} and ${live('r')}`)} p
      union all
      select 'role', p.role_id, 'role', r.id, r.name, null, false, ${both('p', 'r')}
        from role_node r ${each(sql`
          select c.* from ${contents} c join ${roles} o on o.id = c.role_id
           where c.child_role_id = r.id and ${live('c')} and ${live('o')}`)} p
      union all
      select 'entitlement', p.parent_id, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('p', 't')}
        from entitlement_node t ${each(sql`
          select n.* from ${nesting} n join ${entitlements} e on e.id = n.parent_id
           where n.child_id = t.id and ${live('n')} and ${live('e')}`)} p
      union all
      select 'entitlement', p.id, 'account', a.id, a.name, a.system_id, a.privileged, ${both('p', 'a')}
        from account_node a ${each(sql`select t.* from ${entitlements} t where t.account_id = a.id and ${live('t')}`)} p
      union all
      select 'account', p.account_id, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('p', 't')}
        from entitlement_node t ${each(sql`
          select h.* from ${holdings} h join ${accounts} a on a.id = h.account_id
           where h.entitlement_id = t.id and ${live('h')} and ${live('a')}
             and ('account', a.id) not in (select kind, id from target)`)} p
    )
    select e.*, (e.kind, e.id) in (select t.kind, t.id from target t) as target from edge e`);
  const targets = new Set<string>();
  const edges = found.map(({ target: isIt, ...row }) => {
    const edge = toEdge(row);
    if (isIt) targets.add(edge.to);
    return edge;
  });
  return { edges, targets: [...targets] };
}

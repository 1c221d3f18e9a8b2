import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { knowledgeAt, liveAt, type GraphTable } from '../known-rows.ts';
import { both, type NodeKind } from './read-edges.ts';
import type { TimedEdge } from './spread-intervals.ts';

/** What is asked about; exactly one is set. */
export interface Target {
  readonly systemId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly accountId?: string | undefined;
  /** Everything that is privileged by itself. */
  readonly privileged?: true | undefined;
}

/** An edge towards the target, with what is known of the node it leads to. Nodes are numbered: there may be a million. */
export interface EdgeTo extends TimedEdge<number> {
  readonly fromId: string;
  readonly kind: NodeKind;
  readonly id: string;
  readonly name: string;
  readonly systemId: string | null;
  readonly privileged: boolean;
}

/** The part of the graph from which a target is reached, and which of its nodes are the target. */
export interface Approach {
  /** From an identity to an account of its own or to its grant: where every way begins. */
  readonly sources: readonly EdgeTo[];
  /** All others. */
  readonly edges: readonly EdgeTo[];
  readonly targets: ReadonlySet<number>;
}

interface Row {
  readonly fromKind: NodeKind;
  readonly fromId: string;
  readonly kind: NodeKind;
  readonly id: string;
  readonly name: string;
  readonly systemId: string | null;
  readonly privileged: boolean;
  readonly since: number;
  readonly until: number | null;
}

/** What `isTarget` says of a node, of an edge that leads to it. */
const leadsToTarget = (row: Row, target: Target): boolean => {
  if (row.kind === 'entitlement' && target.entitlementId !== undefined) return row.id === target.entitlementId;
  if (row.kind === 'account' && target.accountId !== undefined) return row.id === target.accountId;
  if (row.kind !== 'entitlement' && row.kind !== 'account') return false;
  return target.privileged === true ? row.privileged : row.systemId !== null && row.systemId === target.systemId;
};

function isTarget(kind: 'entitlement' | 'account', alias: string, target: Target): Sql {
  const a = sql.id(alias);
  if (target.systemId !== undefined) return sql`${a}.system_id = ${target.systemId}`;
  if (target.privileged === true) return sql`${a}.privileged`;
  const id = kind === 'entitlement' ? target.entitlementId : target.accountId;
  return id === undefined ? sql`false` : sql`${a}.id = ${id}`;
}

/** Milliseconds: a hundred thousand dates are slow to read. */
const instants = sql`floor(extract(epoch from valid_from) * 1000)::float8 as since, floor(extract(epoch from valid_to) * 1000)::float8 as until`;

/**
 * Who could reach X at T, as known at K: one statement. It walks from the target against the edges to every node
 * that leads to it (each node once, so circles end), then names the edges between them, the grants and the owners.
 * What an account that is itself asked about holds is left out: the question ends there. Rows come in no order.
 * Asked again later with the same instants it returns the same rows.
 *
 * About one thing, rows are looked up for each row before them, by index: left free, the planner guesses how many
 * nodes a walk meets, guesses high, and reads whole tables to answer a question about one group. About a system, where
 * most of a table leads to it, tables are joined whole.
 */
export async function readEdgesTo(tx: Tx, target: Target, at: Date, knownAt: Date | undefined): Promise<Approach> {
  const asked = sql`
    ${walk(target, at, knownAt)}
    select from_kind, from_id, kind, id, name, system_id, privileged, ${instants} from edge`;
  // Planning takes twenty times as long as looking up what leads to one thing.
  const one =
    target.entitlementId !== undefined ? 'entitlement' : target.accountId !== undefined ? 'account' : undefined;
  const found = await tx.many<Row>(
    one === undefined || isWide(target) || knownAt !== undefined ? asked : sql.named(`graph.edges_to_${one}`, asked),
  );
  const numbers = new Map<string, number>();
  const numberOf = (kind: NodeKind, id: string): number => {
    const key = kind + id;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const [sources, edges, targets] = [[] as EdgeTo[], [] as EdgeTo[], new Set<number>()];
  for (const row of found) {
    const { fromKind, fromId, kind, id, name, systemId, privileged, since, until } = row;
    const to = numberOf(kind, id);
    const isSource = fromKind === 'identity';
    // Where every way begins nothing leads to: those need no number.
    const from = isSource ? -1 : numberOf(fromKind, fromId);
    const interval = [since, until ?? Infinity] as const;
    (isSource ? sources : edges).push({ from, to, interval, fromId, kind, id, name, systemId, privileged });
    if (leadsToTarget(row, target)) targets.add(to);
  }
  return { sources, edges, targets };
}

const isWide = (target: Target): boolean => target.systemId !== undefined || target.privileged === true;

function walk(target: Target, at: Date, knownAt: Date | undefined): Sql {
  const { rows, said } = knowledgeAt(knownAt);
  const live = (alias: string): Sql => sql`(${liveAt(alias, at)} and ${said(alias)})`;
  const [roles, entitlements, accounts] = [rows('role'), rows('entitlement'), rows('account')];
  const wide = isWide(target);
  /** The live rows of a table whose `key` is `is`, beside the rows before it. */
  const each = (table: GraphTable, key: string, is: Sql): Sql =>
    wide
      ? sql`join ${rows(table)} x on x.${sql.id(key)} = ${is} and ${live('x')}`
      : sql`cross join lateral (select x.* from ${rows(table)} x where x.${sql.id(key)} = ${is} and ${live('x')} offset 0) x`;
  const step = sql`
    select 'account' as kind, x.account_id as id from b ${each('holding', 'entitlement_id', sql`b.id`)}
      ${wide ? sql`join ${accounts} a on a.id = x.account_id and ${live('a')} and not ${isTarget('account', 'a', target)}` : sql``}
     where b.kind = 'entitlement'
    union all
    select 'entitlement', t.id from b ${each('entitlement_edge', 'child_id', sql`b.id`)}
      join ${entitlements} t on t.id = x.parent_id and ${live('t')}
     where b.kind = 'entitlement'
    union all
    select 'entitlement', x.id from b ${each('entitlement', 'account_id', sql`b.id`)}
      join ${accounts} a on a.id = b.id and ${live('a')}
     where b.kind = 'account'
    union all
    select 'role', r.id from b ${each('role_content', 'entitlement_id', sql`b.id`)}
      join ${roles} r on r.id = x.role_id and ${live('r')}
     where b.kind = 'entitlement'
    union all
    select 'role', r.id from b ${each('role_content', 'child_role_id', sql`b.id`)}
      join ${roles} r on r.id = x.role_id and ${live('r')}
     where b.kind = 'role'`;
  return sql`
    with recursive
    target(kind, id) as (
      select 'entitlement', t.id from ${entitlements} t where ${isTarget('entitlement', 't', target)} and ${live('t')}
      union all
      select 'account', a.id from ${accounts} a where ${isTarget('account', 'a', target)} and ${live('a')}
    ),
    back(kind, id) as (
      select kind, id from target
      union
      (with b as (select kind, id from back) ${step})
    ),
    account_node as (select a.* from back b join ${accounts} a on a.id = b.id where b.kind = 'account' and ${live('a')}),
    entitlement_node as (select t.* from back b join ${entitlements} t on t.id = b.id where b.kind = 'entitlement' and ${live('t')}),
    role_node as (select r.* from back b join ${roles} r on r.id = b.id where b.kind = 'role' and ${live('r')}),
    grant_edge(id, identity_id, origin, began, ends, kind, node_id, name, system_id, privileged, valid_from, valid_to) as (
      select x.id, x.identity_id, x.origin, x.valid_from, x.valid_to, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('x', 't')}
        from entitlement_node t ${each('access_grant', 'entitlement_id', sql`t.id`)}
      union all
      select x.id, x.identity_id, x.origin, x.valid_from, x.valid_to, 'role', r.id, r.name, null, false, ${both('x', 'r')}
        from role_node r ${each('access_grant', 'role_id', sql`r.id`)}
    ),
    held(account_id, entitlement_id, name, system_id, privileged, valid_from, valid_to) as (
      select x.account_id, t.id, t.name, t.system_id, t.privileged, ${both('x', 't')}
        from entitlement_node t ${each('holding', 'entitlement_id', sql`t.id`)}
    ),
    edge(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
      select 'identity', x.identity_id, 'account', a.id, a.name, a.system_id, a.privileged, ${both('x', 'a')}
        from account_node a ${each('account_owner', 'account_id', sql`a.id`)}
      union all
      select 'identity', identity_id, 'grant', id, origin, null::uuid, false, began, ends from grant_edge
      union all
      select 'grant', id, kind, node_id, name, system_id, privileged, valid_from, valid_to from grant_edge
      union all
      select 'role', x.role_id, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('x', 't')}
        from entitlement_node t ${each('role_content', 'entitlement_id', sql`t.id`)} join role_node r on r.id = x.role_id
      union all
      select 'role', x.role_id, 'role', r.id, r.name, null, false, ${both('x', 'r')}
        from role_node r ${each('role_content', 'child_role_id', sql`r.id`)} join role_node o on o.id = x.role_id
      union all
      select 'entitlement', x.parent_id, 'entitlement', t.id, t.name, t.system_id, t.privileged, ${both('x', 't')}
        from entitlement_node t ${each('entitlement_edge', 'child_id', sql`t.id`)} join entitlement_node e on e.id = x.parent_id
      union all
      select 'entitlement', x.id, 'account', a.id, a.name, a.system_id, a.privileged, ${both('x', 'a')}
        from account_node a ${each('entitlement', 'account_id', sql`a.id`)}
      union all
      select 'account', h.account_id, 'entitlement', h.entitlement_id, h.name, h.system_id, h.privileged, h.valid_from, h.valid_to
        from held h join account_node a on a.id = h.account_id where not ${isTarget('account', 'a', target)}
    )`;
}

import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { FEW, knowledgeAt, touches } from '../known-rows.ts';
import type { PathStep } from '../model.ts';
import type { TimedEdge } from './spread-intervals.ts';

/** The kinds of node the closure walks over. `ask` is where a question about given nodes begins. */
export type NodeKind = 'ask' | 'identity' | 'grant' | 'role' | 'entitlement' | 'account';

/** An edge as SQL returns it, with what is known of the node it leads to. Its time is that of edge and node together. */
export interface EdgeRow {
  readonly fromKind: NodeKind;
  readonly fromId: string;
  readonly kind: NodeKind;
  readonly id: string;
  readonly name: string;
  readonly systemId: string | null;
  readonly privileged: boolean;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/** An edge of the closure with the row it came from. */
export interface AccessEdge extends TimedEdge {
  readonly row: EdgeRow;
}

export const nodeKey = (kind: NodeKind, id: string): string => `${kind} ${id}`;

/** The node an edge leads to, as a step of a path. Nobody asks for the path to an identity. */
export const toStep = ({ kind, id, name }: Pick<EdgeRow, 'kind' | 'id' | 'name'>): PathStep => {
  if (kind === 'ask' || kind === 'identity') throw new Error(`a path does not pass ${kind} ${id}`);
  return { kind, id, name };
};

/** An order of edges that depends on what they say and not on how they were found. */
export const byNames = ({ row }: AccessEdge): string => `${row.name} ${row.id} ${row.fromId}`;

const toEdge = (row: EdgeRow): AccessEdge => ({
  from: nodeKey(row.fromKind, row.fromId),
  to: nodeKey(row.kind, row.id),
  interval: [row.validFrom.getTime(), row.validTo?.getTime() ?? Infinity],
  row,
});

/** When and by whose knowledge: rows that hold at some instant from `at` to `through`, as known at `knownAt`. */
export interface Moment {
  readonly at: Date;
  readonly through: Date;
  readonly knownAt: Date | undefined;
}

/** Where a walk begins. */
export interface Origins {
  readonly identityIds?: readonly string[];
  readonly entitlementIds?: readonly string[];
  readonly roleIds?: readonly string[];
  readonly accountIds?: readonly string[];
}

/** Two rows' time together; `least` and `greatest` pass over null, which is what an open end needs. */
export const both = (a: string, b: string): Sql => {
  const [x, y] = [sql.id(a), sql.id(b)];
  return sql`greatest(${x}.valid_from, ${y}.valid_from), least(${x}.valid_to, ${y}.valid_to)`;
};

/**
 * Every edge that can be walked from the origins in the window, each once: accounts owned, grants, what roles
 * contain, what entitlements imply, what shared accounts hold. The recursion ends on cycles because an edge that
 * was found is not walked again.
 */
export async function readEdgesFrom(tx: Tx, origins: Origins, moment: Moment): Promise<AccessEdge[]> {
  const found = isFew(origins, moment) ? await walkFromFew(tx, origins, moment) : await walkFrom(tx, origins, moment);
  // What began and ended at one instant, or never at a time with what it leads to, leads nowhere.
  return found.map(toEdge).filter(({ interval }) => interval[0] < interval[1]);
}

const isFew = (origins: Origins, { knownAt }: Moment): boolean =>
  knownAt === undefined &&
  Object.values(origins).reduce((n: number, ids: readonly string[]) => n + ids.length, 0) <= FEW;

/** The walk as the database keeps it planned: planning takes longer than walking from a few. */
export const walkFromFew = (tx: Tx, origins: Origins, { at, through }: Moment): Promise<EdgeRow[]> =>
  tx.many<EdgeRow>(
    sql.named(
      'graph.access_edges_from',
      sql`select * from access_edges_from(${origins.identityIds ?? []}::uuid[], ${origins.entitlementIds ?? []}::uuid[],
            ${origins.roleIds ?? []}::uuid[], ${origins.accountIds ?? []}::uuid[], ${at}::timestamptz, ${through}::timestamptz)`,
    ),
  );

/** The walk from any number, by what was known at any instant. */
export async function walkFrom(tx: Tx, origins: Origins, moment: Moment): Promise<EdgeRow[]> {
  const { at, through, knownAt } = moment;
  const { rows, said } = knowledgeAt(knownAt);
  const live = (alias: string): Sql => sql`(${touches(alias, at, through)} and ${said(alias)})`;
  const [grants, roles, contents] = [rows('access_grant'), rows('role'), rows('role_content')];
  const [entitlements, nesting] = [rows('entitlement'), rows('entitlement_edge')];
  const [accounts, owners, holdings] = [rows('account'), rows('account_owner'), rows('holding')];
  const entitlementNode = sql`'entitlement', t.id, t.name, t.system_id, t.privileged`;
  const roleNode = sql`'role', r.id, r.name, null::uuid, false`;
  const accountNode = sql`'account', a.id, a.name, a.system_id, a.privileged`;
  const people = origins.identityIds ?? [];
  return await tx.many<EdgeRow>(sql`
    with recursive
    origin(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
      select 'identity', o.identity_id, ${accountNode}, ${both('o', 'a')}
        from ${owners} o join ${accounts} a on a.id = o.account_id
       where o.identity_id = any(${people}::uuid[]) and ${live('o')} and ${live('a')}
      union all
      select 'identity', g.identity_id, 'grant', g.id, g.origin, null::uuid, false, g.valid_from, g.valid_to
        from ${grants} g where g.identity_id = any(${people}::uuid[]) and ${live('g')}
      union all
      select 'ask', t.id, ${entitlementNode}, t.valid_from, t.valid_to
        from ${entitlements} t where t.id = any(${origins.entitlementIds ?? []}::uuid[]) and ${live('t')}
      union all
      select 'ask', r.id, ${roleNode}, r.valid_from, r.valid_to
        from ${roles} r where r.id = any(${origins.roleIds ?? []}::uuid[]) and ${live('r')}
      union all
      select 'ask', a.id, ${accountNode}, a.valid_from, a.valid_to
        from ${accounts} a where a.id = any(${origins.accountIds ?? []}::uuid[]) and ${live('a')}
    ),
    edge(from_kind, from_id, kind, id, name, system_id, privileged, valid_from, valid_to) as (
      select * from origin
      union
      select e.kind, e.id, n.kind, n.id, n.name, n.system_id, n.privileged, n.valid_from, n.valid_to
        from edge e cross join lateral (
          select ${entitlementNode}, ${both('g', 't')}
            from ${grants} g join ${entitlements} t on t.id = g.entitlement_id
           where e.kind = 'grant' and g.id = e.id and ${live('g')} and ${live('t')}
          union all
          select ${roleNode}, ${both('g', 'r')}
            from ${grants} g join ${roles} r on r.id = g.role_id
           where e.kind = 'grant' and g.id = e.id and ${live('g')} and ${live('r')}
          union all
          select ${entitlementNode}, ${both('c', 't')}
            from ${contents} c join ${entitlements} t on t.id = c.entitlement_id
           where e.kind = 'role' and c.role_id = e.id and ${live('c')} and ${live('t')}
          union all
          select ${roleNode}, ${both('c', 'r')}
            from ${contents} c join ${roles} r on r.id = c.child_role_id
           where e.kind = 'role' and c.role_id = e.id and ${live('c')} and ${live('r')}
          union all
          select ${entitlementNode}, ${both('n', 't')}
            from ${nesting} n join ${entitlements} t on t.id = n.child_id
           where e.kind = 'entitlement' and n.parent_id = e.id and ${live('n')} and ${live('t')}
          union all
          select ${accountNode}, ${both('t', 'a')}
            from ${entitlements} t join ${accounts} a on a.id = t.account_id
           where e.kind = 'entitlement' and t.id = e.id and ${live('t')} and ${live('a')}
          union all
          select ${entitlementNode}, ${both('h', 't')}
            from ${holdings} h join ${entitlements} t on t.id = h.entitlement_id
           where e.kind = 'account' and h.account_id = e.id and ${live('h')} and ${live('t')}
        ) n(kind, id, name, system_id, privileged, valid_from, valid_to)
    )
    select * from edge order by kind, name, id, from_kind, from_id, valid_from`);
}

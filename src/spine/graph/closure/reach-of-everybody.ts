import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { touches } from '../known-rows.ts';
import { readWaysTo, type WaysTo, type WayTo } from './read-ways-to.ts';
import { edgesBy, overlap, spread, unite, type Interval } from './spread-intervals.ts';

/** What one identity reaches of what was asked about, by the number of its place in the question. */
export interface ReachOfOne {
  readonly identityId: string;
  /** Reached from the start of the window without an end, each once. */
  readonly throughout: readonly number[];
  /** Reached for some of the time, when not throughout: separate intervals in milliseconds, in order. */
  readonly timed: ReadonlyMap<number, readonly Interval[]>;
}

/** Rows a `fetch` asks for: memory does not grow with the number of identities. */
const FETCH = 20_000;

/**
 * Who reaches which of these entitlements when, of everybody, in the order of their ids: what `effectiveAccess` says of
 * each, without paths. One statement for the ways that lead to them, which are few; then every grant and every
 * holding of an own account that begins such a way is read once, in order, by a cursor. Returns how many identities
 * were told of. Times are cut to the window.
 */
export async function reachOfEverybody(
  tx: Tx,
  entitlementIds: readonly string[],
  window: { readonly at: Date; readonly through: Date },
  tell: (one: ReachOfOne) => void,
): Promise<number> {
  const { nodes, edges } = await readWaysTo(tx, entitlementIds, window);
  const leads = leadsTo(entitlementIds, nodes, edges);
  const asked: Interval = [window.at.getTime(), Infinity];
  let identities = 0;
  await readStarts(tx, nodes, window, (identityId, starts) => {
    const reached = new Map<number, readonly Interval[]>();
    for (const [n, interval] of starts) {
      const within = overlap(interval, nodes[n]?.interval ?? interval);
      if (within === undefined) continue;
      for (const [target, times] of leads[n] ?? []) {
        for (const time of times) {
          const shared = overlap(within, time);
          const cut = shared === undefined ? undefined : overlap(shared, asked);
          if (cut !== undefined) reached.set(target, unite(reached.get(target) ?? [], cut));
        }
      }
    }
    if (reached.size === 0) return;
    identities += 1;
    tell({ identityId, ...split(reached, asked) });
  });
  return identities;
}

const split = (
  reached: Map<number, readonly Interval[]>,
  asked: Interval,
): Pick<ReachOfOne, 'throughout' | 'timed'> => {
  const throughout: number[] = [];
  for (const [target, times] of reached) {
    if (times[0]?.[0] !== asked[0] || times[0][1] !== Infinity) continue;
    throughout.push(target);
    reached.delete(target);
  }
  return { throughout, timed: reached };
};

/** For every node: which of the targets it leads to, and when. */
function leadsTo(
  entitlementIds: readonly string[],
  nodes: readonly WayTo[],
  edges: WaysTo['edges'],
): (readonly [target: number, times: readonly Interval[]])[][] {
  const into = edgesBy('to', edges);
  const leads: (readonly [number, readonly Interval[]])[][] = nodes.map(() => []);
  const placeOf = new Map(nodes.flatMap((node, n) => (node.kind === 'entitlement' ? [[node.id, n] as const] : [])));
  for (const [target, id] of entitlementIds.entries()) {
    const place = placeOf.get(id);
    if (place === undefined) continue;
    for (const [node, times] of spread(new Map([[place, ALWAYS]]), into, true)) leads[node]?.push([target, times]);
  }
  return leads;
}

const ALWAYS: Interval = [-Infinity, Infinity];

type Starts = readonly (readonly [node: number, interval: Interval])[];

interface Row {
  readonly identityId: string;
  /** Numbers of nodes held from before the window without an end, four bytes each. */
  readonly always: Buffer | null;
  readonly timed: readonly (readonly [node: number, since: number, until: number | null])[] | null;
}

/** Where everybody's ways to these nodes begin: by grant, or by what an own account holds. */
async function readStarts(
  tx: Tx,
  nodes: readonly WayTo[],
  { at, through }: { readonly at: Date; readonly through: Date },
  each: (identityId: string, starts: Starts) => void,
): Promise<void> {
  const of = (kind: WayTo['kind']): Sql => {
    const numbered = nodes.flatMap((node, n) => (node.kind === kind ? [{ id: node.id, n }] : []));
    return sql`unnest(${sql.array(numbered.map(({ id }) => id))}::uuid[], ${sql.array(numbered.map(({ n }) => n))}::int[])`;
  };
  const live = (alias: string): Sql => touches(alias, at, through);
  // The cursor is read to its end: a plan that is quick with the first rows only would be the wrong one.
  await tx.run(sql`set local cursor_tuple_fraction = 1`);
  await tx.run(sql`
    declare everybody no scroll cursor for
    with start(identity_id, n, since, until) as (
      select g.identity_id, t.n, g.valid_from, g.valid_to
        from ${of('entitlement')} t(id, n) join access_grant g on g.entitlement_id = t.id where ${live('g')}
      union all
      select g.identity_id, r.n, g.valid_from, g.valid_to
        from ${of('role')} r(id, n) join access_grant g on g.role_id = r.id where ${live('g')}
      union all
      select o.identity_id, t.n, greatest(o.valid_from, a.valid_from, h.valid_from), least(o.valid_to, a.valid_to, h.valid_to)
        from ${of('entitlement')} t(id, n) join holding h on h.entitlement_id = t.id
        join account a on a.id = h.account_id join account_owner o on o.account_id = a.id
       where ${live('h')} and ${live('a')} and ${live('o')}
    )
    select identity_id, string_agg(int4send(n), ''::bytea) filter (where since <= ${at} and until is null) as always,
           json_agg(json_build_array(n, floor(extract(epoch from since) * 1000), floor(extract(epoch from until) * 1000)))
             filter (where since > ${at} or until is not null) as timed
      from start group by identity_id order by identity_id`);
  for (;;) {
    const rows = await tx.many<Row>(sql`fetch forward 20000 from everybody`);
    for (const { identityId, always, timed } of rows) each(identityId, startsOf(always, timed));
    if (rows.length < FETCH) break;
  }
  await tx.run(sql`close everybody`);
}

const NOTHING = Buffer.alloc(0);

function startsOf(always: Row['always'], timed: Row['timed']): Starts {
  const starts: [number, Interval][] = [];
  const bytes = always ?? NOTHING;
  for (let at = 0; at < bytes.length; at += 4) starts.push([bytes.readInt32BE(at), ALWAYS]);
  // What began and ended at one instant begins no way.
  for (const [n, since, until] of timed ?? [])
    if (until === null || since < until) starts.push([n, [since, until ?? Infinity]]);
  return starts;
}

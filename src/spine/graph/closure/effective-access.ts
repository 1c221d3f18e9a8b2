import type { Tx } from '#kit/db/index.ts';
import type { Access, AsOf, PathStep } from '../model.ts';
import { byNames, nodeKey, readEdgesFrom, toStep, type AccessEdge, type EdgeRow, type Moment } from './read-edges.ts';
import { edgesBy, overlap, spread, walkAt, type EdgesBy, type Interval } from './spread-intervals.ts';

/** A window of time: everything reached at some instant from `at` to `through`, both included. */
export interface AccessWindow extends AsOf {
  /** Default: `at` itself. */
  readonly through?: Date | undefined;
}

/** The instants of a window as an interval whose end is excluded; the clock counts in milliseconds. */
const windowOf = (moment: Moment): Interval => [moment.at.getTime(), moment.through.getTime() + 1];

const instant = (ms: number): Date | null => (ms === Infinity ? null : new Date(ms));

/**
 * During which instants each node leads to something privileged, itself included. A privileged node is taken to
 * last from the first to the last of its edges: nobody reaches it in between anyway.
 */
export function privilegedTimes(edges: readonly AccessEdge[]): ReadonlyMap<string, readonly Interval[]> {
  const privileged = new Map<string, Interval>();
  for (const { row, to, interval } of edges) {
    if (!row.privileged) continue;
    const known = privileged.get(to);
    privileged.set(
      to,
      known === undefined ? interval : [Math.min(known[0], interval[0]), Math.max(known[1], interval[1])],
    );
  }
  return spread(privileged, edgesBy('to', edges), true);
}

/** Follows the edges of a walk back to its start; the answer leaves the start itself out. */
export function pathTo(node: string, via: ReadonlyMap<string, AccessEdge>): PathStep[] {
  const steps: PathStep[] = [];
  for (let edge = via.get(node); edge !== undefined; edge = via.get(edge.from)) steps.unshift(toStep(edge.row));
  return steps;
}

/**
 * Everything an identity reaches, one row for each source (a grant, an account of its own), thing reached and
 * unbroken time: through roles, nested entitlements and shared accounts, at `at` or within a window, by what was
 * known at `knownAt`. Rows come in a fixed order.
 */
export async function effectiveAccess(tx: Tx, identityId: string, window: AccessWindow = {}): Promise<Access[]> {
  return (await effectiveAccessOf(tx, [identityId], window)).get(identityId) ?? [];
}

/**
 * As `effectiveAccess` for many at once, with one statement: who reaches nothing is absent. `only` leaves out other
 * entitlements before their paths are told.
 */
export async function effectiveAccessOf(
  tx: Tx,
  identityIds: readonly string[],
  window: AccessWindow & { readonly only?: ReadonlySet<string> | undefined } = {},
): Promise<ReadonlyMap<string, Access[]>> {
  if (identityIds.length === 0) return new Map();
  const at = window.at ?? tx.now;
  const moment: Moment = { at, through: window.through ?? at, knownAt: window.knownAt };
  const edges = await readEdgesFrom(tx, { identityIds }, moment);
  const from = edgesBy('from', edges);
  const rowOf = new Map(edges.map((e) => [e.to, e.row]));
  const privileged = privilegedTimes(edges);
  const isAsked = ({ kind, id }: EdgeRow): boolean =>
    window.only === undefined || (kind === 'entitlement' && window.only.has(id));
  const found = new Map<string, Access[]>();
  for (const identityId of new Set(identityIds)) {
    const rows = (from.get(nodeKey('identity', identityId)) ?? []).flatMap((source) =>
      accessFrom(identityId, source, from, rowOf, privileged, windowOf(moment), isAsked),
    );
    if (rows.length > 0) found.set(identityId, rows);
  }
  return found;
}

function accessFrom(
  identityId: string,
  source: AccessEdge,
  from: EdgesBy<AccessEdge>,
  rowOf: ReadonlyMap<string, EdgeRow>,
  privileged: ReadonlyMap<string, readonly Interval[]>,
  window: Interval,
  isAsked: (row: EdgeRow) => boolean,
): Access[] {
  const walks = new Map<number, ReadonlyMap<string, AccessEdge>>();
  const walk = (at: number): ReadonlyMap<string, AccessEdge> => {
    const known = walks.get(at);
    if (known !== undefined) return known;
    const found = walkAt([source.to], from, at, byNames);
    walks.set(at, found);
    return found;
  };
  const rows: Access[] = [];
  for (const [node, intervals] of spread(new Map([[source.to, source.interval]]), from)) {
    const row = rowOf.get(node);
    if (row === undefined || row.systemId === null || !isAsked(row)) continue;
    for (const interval of intervals) {
      const within = overlap(interval, window);
      if (within === undefined) continue;
      const path = [toStep(source.row), ...pathTo(node, walk(within[0]))];
      const account = path.findLast((s) => s.kind === 'account');
      rows.push({
        identityId,
        via: source.row.kind === 'grant' ? 'grant' : 'holding',
        sourceId: source.row.id,
        ...(row.kind === 'entitlement' ? { entitlementId: row.id } : {}),
        ...(account === undefined ? {} : { accountId: account.id }),
        systemId: row.systemId,
        name: row.name,
        path,
        validFrom: new Date(interval[0]),
        validTo: instant(interval[1]),
        privileged: (privileged.get(node) ?? []).some((p) => overlap(p, within) !== undefined),
      });
    }
  }
  const order = (a: Access): string => `${a.name} ${a.entitlementId ?? ''} ${a.accountId ?? ''}`;
  return rows.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : +a.validFrom - +b.validFrom));
}

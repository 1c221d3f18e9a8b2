/**
 * Time flows along edges: a node is reached during every instant at which some path of live edges leads to it.
 * Pure; instants are milliseconds, Infinity is open-ended.
 */

/** From (included) until (excluded). */
export type Interval = readonly [from: number, until: number];

/** One edge of a graph that is followed from `from` to `to` while it lives. */
export interface TimedEdge {
  readonly from: string;
  readonly to: string;
  readonly interval: Interval;
}

/** The intervals that two intervals share; undefined when they share no instant. */
export const overlap = (a: Interval, b: Interval): Interval | undefined => {
  const from = Math.max(a[0], b[0]);
  const until = Math.min(a[1], b[1]);
  return from < until ? [from, until] : undefined;
};

export const contains = (interval: Interval, at: number): boolean => interval[0] <= at && at < interval[1];

/** Adds an interval to a sorted set of separate intervals; returns the same array when it was already covered. */
export function unite(set: readonly Interval[], added: Interval): readonly Interval[] {
  if (set.some((i) => i[0] <= added[0] && added[1] <= i[1])) return set;
  const [apart, joined] = [[] as Interval[], [...added] as [number, number]];
  for (const i of set) {
    if (i[1] < joined[0] || joined[1] < i[0]) apart.push(i);
    else [joined[0], joined[1]] = [Math.min(i[0], joined[0]), Math.max(i[1], joined[1])];
  }
  return [...apart, joined].sort((a, b) => a[0] - b[0]);
}

export type EdgesBy<E extends TimedEdge = TimedEdge> = ReadonlyMap<string, readonly E[]>;

/** Edges by one of their ends. */
export function edgesBy<E extends TimedEdge>(end: 'from' | 'to', edges: readonly E[]): EdgesBy<E> {
  const by = new Map<string, E[]>();
  for (const edge of edges) {
    const list = by.get(edge[end]);
    if (list === undefined) by.set(edge[end], [edge]);
    else list.push(edge);
  }
  return by;
}

/**
 * Every node's intervals, spread from the start nodes until nothing is added. Ends on cycles, because an interval
 * can only grow and its ends come from the edges. `against`: follows edges from `to` to `from`.
 */
export function spread(
  start: ReadonlyMap<string, Interval>,
  edges: EdgesBy,
  against = false,
): ReadonlyMap<string, readonly Interval[]> {
  const reached = new Map<string, readonly Interval[]>();
  const open: [node: string, interval: Interval][] = [...start];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, interval] = next;
    const before = reached.get(node) ?? [];
    const after = unite(before, interval);
    if (after === before) continue;
    reached.set(node, after);
    for (const edge of edges.get(node) ?? []) {
      const shared = overlap(interval, edge.interval);
      if (shared !== undefined) open.push([against ? edge.from : edge.to, shared]);
    }
  }
  return reached;
}

/**
 * The first edge of a shortest walk back to one of the starts, for every node reached at one instant: follow them to
 * get a path. Among equally short ones the edge that comes first by `order` wins, however the edges lie.
 */
export function walkAt<E extends TimedEdge>(
  starts: readonly string[],
  edges: EdgesBy<E>,
  at: number,
  order: (edge: E) => string,
  against = false,
): ReadonlyMap<string, E> {
  const via = new Map<string, E>();
  const done = new Set(starts);
  let frontier = starts;
  while (frontier.length > 0) {
    const next = new Map<string, E>();
    for (const node of frontier) {
      for (const edge of edges.get(node) ?? []) {
        const to = against ? edge.from : edge.to;
        if (done.has(to) || !contains(edge.interval, at)) continue;
        const other = next.get(to);
        if (other === undefined || order(edge) < order(other)) next.set(to, edge);
      }
    }
    for (const [node, edge] of next) {
      done.add(node);
      via.set(node, edge);
    }
    frontier = [...next.keys()];
  }
  return via;
}

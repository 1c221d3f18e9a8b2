/**
 * Time flows along edges: a node is reached during every instant at which some path of live edges leads to it.
 * Pure; instants are milliseconds, Infinity is open-ended.
 */

/** From (included) until (excluded). */
export type Interval = readonly [from: number, until: number];

/** One edge of a graph that is followed from `from` to `to` while it lives. Nodes are whatever tells them apart. */
export interface TimedEdge<N = string> {
  readonly from: N;
  readonly to: N;
  readonly interval: Interval;
}

/** The intervals that two intervals share; undefined when they share no instant. */
export const overlap = (a: Interval, b: Interval): Interval | undefined => {
  if (b[0] <= a[0] && a[1] <= b[1]) return a;
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

export type EdgesBy<E, N = string> = ReadonlyMap<N, readonly E[]>;

/** Edges by one of their ends. */
export function edgesBy<E extends TimedEdge<unknown>>(
  end: 'from' | 'to',
  edges: readonly E[],
): EdgesBy<E, E['from'] & E['to']> {
  const by = new Map<E['from'] & E['to'], E[]>();
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
export function spread<N>(
  start: ReadonlyMap<N, Interval>,
  edges: EdgesBy<TimedEdge<N>, N>,
  against = false,
): ReadonlyMap<N, readonly Interval[]> {
  const reached = new Map<N, readonly Interval[]>();
  const nodes = [...start.keys()];
  const intervals = [...start.values()];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const interval = intervals.pop() as Interval;
    const before = reached.get(node);
    const after = before === undefined ? [interval] : unite(before, interval);
    if (after === before) continue;
    reached.set(node, after);
    for (const edge of edges.get(node) ?? NO_EDGES) {
      const shared = overlap(interval, edge.interval);
      if (shared === undefined) continue;
      nodes.push(against ? edge.from : edge.to);
      intervals.push(shared);
    }
  }
  return reached;
}

const NO_EDGES: readonly never[] = [];

/**
 * The first edge of a shortest walk back to one of the starts, for every node reached at one instant: follow them to
 * get a path. Among equally short ones the edge that comes first by `order` wins, however the edges lie.
 */
export function walkAt<E extends TimedEdge<N>, N = string>(
  starts: readonly N[],
  edges: EdgesBy<E, N>,
  at: number,
  order: (edge: E) => string,
  against = false,
): ReadonlyMap<N, E> {
  const via = new Map<N, E>();
  const done = new Set(starts);
  let frontier = starts;
  while (frontier.length > 0) {
    const next = new Map<N, E>();
    for (const node of frontier) {
      for (const edge of edges.get(node) ?? NO_EDGES) {
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

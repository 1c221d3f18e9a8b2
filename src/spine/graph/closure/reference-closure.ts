/**
 * The closure as slowly and obviously as it can be said; only tests use it. It keeps every version of every row,
 * walks every path that meets no node twice, and does nothing clever.
 */

/** One version of a row: what it said, and from when until when Reeve said so. Times are milliseconds. */
export interface Version<T> {
  readonly row: T;
  readonly recordedFrom: number;
  recordedTo: number;
}
export interface Timed {
  readonly from: number;
  readonly to: number;
}
export interface RefNode extends Timed {
  readonly kind: 'account' | 'entitlement' | 'role';
  readonly id: string;
  readonly systemId: string | null;
  readonly privileged: boolean;
  /** For an entitlement to use a shared account. */
  readonly accountId: string | null;
}
export interface RefEdge extends Timed {
  readonly what: 'owner' | 'grant' | 'content' | 'nesting' | 'holding';
  readonly id: string;
  /** An identity for owner and grant, else a node. */
  readonly from_: string;
  readonly to_: string;
}
export interface RefWorld {
  readonly nodes: Version<RefNode>[];
  readonly edges: Version<RefEdge>[];
}

/** One thing reached from one source, by all its paths. */
export interface RefReach {
  readonly via: 'grant' | 'holding';
  readonly sourceId: string;
  readonly node: RefNode;
  /** Every simple path with the time it lives, as ids from the source's first node on. */
  readonly paths: readonly { readonly ids: readonly string[]; readonly from: number; readonly to: number }[];
}

const share = (a: Timed, b: Timed): Timed => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

export class Snapshot {
  readonly #nodes: ReadonlyMap<string, RefNode>;
  readonly #edges: readonly RefEdge[];
  readonly #window: { readonly at: number; readonly through: number };

  /** The world as known at an instant, cut to the rows that touch a window. */
  constructor(world: RefWorld, knownAt: number, at: number, through: number) {
    const known = <T>(v: Version<T>): boolean => v.recordedFrom <= knownAt && knownAt < v.recordedTo;
    const touches = (t: Timed): boolean => t.from <= through && t.to > at;
    this.#nodes = new Map(world.nodes.filter((v) => known(v) && touches(v.row)).map((v) => [v.row.id, v.row]));
    this.#edges = world.edges.filter((v) => known(v) && touches(v.row)).map((v) => v.row);
    this.#window = { at, through };
  }

  node(id: string): RefNode | undefined {
    return this.#nodes.get(id);
  }

  #next(node: RefNode): { to: RefNode; time: Timed }[] {
    const out: { to: RefNode; time: Timed }[] = [];
    for (const edge of this.#edges) {
      const to = this.#nodes.get(edge.to_);
      if (edge.from_ === node.id && to !== undefined) out.push({ to, time: share(edge, to) });
    }
    const shared = node.accountId === null ? undefined : this.#nodes.get(node.accountId);
    if (shared !== undefined) out.push({ to: shared, time: share(node, shared) });
    return out;
  }

  /** Every simple path from a node on, itself first. */
  paths(start: RefNode, time: Timed): { node: RefNode; ids: string[]; from: number; to: number }[] {
    const found: { node: RefNode; ids: string[]; from: number; to: number }[] = [];
    const walk = (node: RefNode, ids: string[], lives: Timed): void => {
      if (lives.from >= lives.to) return;
      found.push({ node, ids, from: lives.from, to: lives.to });
      for (const { to, time: step } of this.#next(node))
        if (!ids.includes(to.id)) walk(to, [...ids, to.id], share(lives, step));
    };
    walk(start, [start.id], time);
    return found;
  }

  /** Everything an identity reaches, by source. */
  reach(identityId: string): RefReach[] {
    return this.#edges
      .filter((e) => e.from_ === identityId)
      .flatMap((source) => {
        const first = this.#nodes.get(source.to_);
        if (first === undefined) return [];
        const byNode = new Map<string, { node: RefNode; paths: { ids: string[]; from: number; to: number }[] }>();
        for (const path of this.paths(first, share(source, first))) {
          const entry = byNode.get(path.node.id) ?? { node: path.node, paths: [] };
          entry.paths.push(path);
          byNode.set(path.node.id, entry);
        }
        return [...byNode.values()].map((entry) => ({
          via: source.what === 'grant' ? ('grant' as const) : ('holding' as const),
          sourceId: source.what === 'grant' ? source.id : first.id,
          ...entry,
        }));
      });
  }

  /** Unbroken times of some paths that touch the window. */
  times(paths: readonly Timed[]): Timed[] {
    const merged: { from: number; to: number }[] = [];
    for (const { from, to } of [...paths].sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
      else merged.push({ from, to });
    }
    return merged.filter((t) => t.from <= this.#window.through && t.to > this.#window.at);
  }

  /** Whether a node leads to something privileged, itself included, at some instant of `time` within the window. */
  isPrivileged(node: RefNode, time: Timed): boolean {
    const within = share(time, { from: this.#window.at, to: this.#window.through + 1 });
    return this.paths(node, node).some((p) => {
      const both = share(p, within);
      return p.node.privileged && both.from < both.to;
    });
  }
}

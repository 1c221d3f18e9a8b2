import type { Tx } from '#kit/db/index.ts';
import type { PathStep } from '../model.ts';
import { pathTo, type AccessWindow } from './effective-access.ts';
import { byNames, nodeKey, readEdgesFrom } from './read-edges.ts';
import { edgesBy, spread, walkAt } from './spread-intervals.ts';

/** One entitlement that holding something brings along, itself included. */
export interface Reached {
  readonly originId: string;
  readonly entitlementId: string;
  readonly systemId: string;
  readonly name: string;
  /** From the origin, which is its first step, to what is reached. */
  readonly path: readonly PathStep[];
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

/**
 * What somebody would reach by being granted these entitlements or roles: through what they imply, what roles
 * contain and the shared accounts they open. The times are when the way is there, whoever goes it. Unknown ids
 * reach nothing.
 */
export async function reachedFrom(
  tx: Tx,
  origins: { readonly entitlementIds?: readonly string[]; readonly roleIds?: readonly string[] },
  window: AccessWindow = {},
): Promise<Reached[]> {
  const at = window.at ?? tx.now;
  const edges = await readEdgesFrom(tx, origins, { at, through: window.through ?? at, knownAt: window.knownAt });
  const from = edgesBy('from', edges);
  const edgeTo = new Map(edges.map((e) => [e.to, e]));
  const asked = new Map(edges.filter((e) => e.row.fromKind === 'ask').map((e) => [e.to, e]));
  const starts = [
    ...(origins.entitlementIds ?? []).map((id) => ({ kind: 'entitlement' as const, id })),
    ...(origins.roleIds ?? []).map((id) => ({ kind: 'role' as const, id })),
  ];
  return starts.flatMap(({ kind, id }): Reached[] => {
    const start = nodeKey(kind, id);
    const self = asked.get(start);
    if (self === undefined) return [];
    const own: PathStep = { kind, id, name: self.row.name };
    const reached: Reached[] = [];
    for (const [node, intervals] of spread(new Map([[start, self.interval]]), from)) {
      const row = edgeTo.get(node)?.row;
      if (row?.kind !== 'entitlement' || row.systemId === null) continue;
      for (const [begin, end] of intervals) {
        const path = node === start ? [] : pathTo(node, walkAt([start], from, Math.max(begin, at.getTime()), byNames));
        reached.push({
          originId: id,
          entitlementId: row.id,
          systemId: row.systemId,
          name: row.name,
          path: [own, ...path],
          validFrom: new Date(begin),
          validTo: end === Infinity ? null : new Date(end),
        });
      }
    }
    return reached;
  });
}

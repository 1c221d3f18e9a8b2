import type { Tx } from '#kit/db/index.ts';
import type { AsOf, PathStep } from '../model.ts';
import { pathTo } from './effective-access.ts';
import { byNames, nodeKey, readEdgesFrom, type Origins } from './read-edges.ts';
import { edgesBy, walkAt } from './spread-intervals.ts';

/**
 * Which of these are privileged, by themselves or by anything they imply, and by what: id → the path to the nearest
 * privileged thing. Privilege is never stored along the way, so a role becomes privileged at once when something
 * three levels down does. Ids that are not privileged are absent.
 */
export async function privilegeOf(
  tx: Tx,
  origins: Origins,
  asOf: AsOf = {},
): Promise<ReadonlyMap<string, readonly PathStep[]>> {
  const at = asOf.at ?? tx.now;
  const edges = await readEdgesFrom(tx, origins, { at, through: at, knownAt: asOf.knownAt });
  const from = edgesBy('from', edges);
  const rowOf = new Map(edges.map((e) => [e.to, e.row]));
  const answer = new Map<string, readonly PathStep[]>();
  const ask = (start: string, id: string, self: PathStep | undefined): void => {
    const own = rowOf.get(start);
    if (self !== undefined && own?.privileged === true) {
      answer.set(id, [self]);
      return;
    }
    const via = walkAt([start], from, at.getTime(), byNames);
    const nearest = [...via.keys()].find((node) => rowOf.get(node)?.privileged === true);
    if (nearest === undefined) return;
    const path = pathTo(nearest, via);
    answer.set(id, self === undefined ? path : [self, ...path]);
  };
  for (const id of origins.identityIds ?? []) ask(nodeKey('identity', id), id, undefined);
  for (const [kind, ids] of [
    ['entitlement', origins.entitlementIds ?? []],
    ['role', origins.roleIds ?? []],
    ['account', origins.accountIds ?? []],
  ] as const) {
    for (const id of ids) {
      const row = rowOf.get(nodeKey(kind, id));
      if (row !== undefined) ask(nodeKey(kind, id), id, { kind, id, name: row.name });
    }
  }
  return answer;
}

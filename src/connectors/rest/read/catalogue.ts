/** Everything there is to hold on a service, and what each implies. */
import { TargetError, type ReadEntitlement, type ReadNesting } from '../../port.ts';
import { shown } from '../names.ts';
import { readList } from '../pages.ts';
import type { Server } from '../server.ts';
import { entitlementOf, type Entitlement } from './items.ts';
import { isListed, namedIn } from './references.ts';

export interface Catalogue {
  /** By native id. */
  readonly all: ReadonlyMap<string, Entitlement>;
  readonly nesting: readonly ReadNesting[];
}

export async function readCatalogue(server: Server): Promise<Catalogue> {
  const all = new Map<string, Entitlement>();
  for (const kind of server.description.entitlements) {
    for (const { id, name = id, privileged } of kind.fixed ?? [])
      keep(all, { kind, id, nativeId: `${kind.kind}:${id}`, name, privileged, item: {}, attributes: {} }, server.at);
    if (kind.list === undefined) continue;
    for (const item of await readList(server, kind.list, {}, `list every ${kind.kind}`))
      keep(all, entitlementOf(kind, item, server.at), server.at);
  }
  return { all, nesting: nestingOf([...all.values()], all, server.at) };
}

function keep(all: Map<string, Entitlement>, one: Entitlement, at: string): void {
  if (all.has(one.nativeId)) throw new TargetError('failed', `${at} shows ${shown(one.nativeId)} twice; read it again`);
  all.set(one.nativeId, one);
}

function nestingOf(entitlements: readonly Entitlement[], all: Catalogue['all'], at: string): readonly ReadNesting[] {
  return entitlements.flatMap((one) => {
    const refs = one.kind.nesting?.members ?? one.kind.nesting?.implies;
    if (refs === undefined) return [];
    const what = `${one.kind.kind} ${shown(one.id)} of ${at}`;
    return namedIn(refs, one.item, what)
      .map((id) => `${one.kind.kind}:${id}`)
      .filter((other) => other !== one.nativeId && isListed(all.has(other), refs, other, what))
      .map((other) =>
        one.kind.nesting?.members === undefined
          ? { parent: one.nativeId, child: other }
          : { parent: other, child: one.nativeId },
      );
  });
}

/** The way to a privileged entitlement from one that is held, itself first; undefined where there is none. */
export function privilegedWays({ all, nesting }: Catalogue): (start: string) => readonly string[] | undefined {
  const implied = new Map<string, string[]>();
  for (const { parent, child } of nesting) {
    const children = implied.get(parent);
    if (children === undefined) implied.set(parent, [child]);
    else children.push(child);
  }
  const known = new Map<string, readonly string[] | undefined>();
  const find = (start: string): readonly string[] | undefined => {
    const seen = new Set([start]);
    const waiting: (readonly string[])[] = [[start]];
    for (let way = waiting.shift(); way !== undefined; way = waiting.shift()) {
      const last = way.at(-1) ?? '';
      if (all.get(last)?.privileged === true) return way.map((id) => all.get(id)?.name ?? id);
      for (const next of implied.get(last) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        waiting.push([...way, next]);
      }
    }
    return undefined;
  };
  return (start) => {
    if (!known.has(start)) known.set(start, find(start));
    return known.get(start);
  };
}

export const readEntitlement = (one: Entitlement, way: readonly string[] | undefined): ReadEntitlement => ({
  nativeId: one.nativeId,
  kind: one.kind.kind,
  name: one.name,
  privileged: way !== undefined,
  attributes: one.attributes,
});

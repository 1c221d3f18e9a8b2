import type { Tx } from '#kit/db/index.ts';
import type { CedarValue, ResourceType } from '#spine/operations/contract.ts';
import { buildEntities, type Entities, type EntityInput } from './engine/entities.ts';
import type { Followed } from './engine/followed-references.ts';
import { readValue } from './engine/values/read-value.ts';
import { CedarSet, EntityUid, type Value } from './engine/values/value.ts';
import { NAMESPACE, uidOf, type KnownAction, type Vocabulary } from './vocabulary.ts';

/** Chains of containers longer than this are not followed; real ones (system, org unit, tenant) are two or three. */
const DEEPEST = 16;

/**
 * Loads what the policies at hand can look at and no more: the entities asked about, those one reference away that
 * a policy looks behind, and the chain of containers where one asks `in`. One query a type and a wave, however many
 * resources. Nothing is kept: the next question reads again.
 */
export const loadEntities = async (
  tx: Tx,
  vocabulary: Vocabulary,
  wanted: readonly EntityUid[],
  action: KnownAction,
  followed: Followed,
): Promise<Entities> => {
  const loaded = new Map<string, EntityInput>();
  const asked = new Set<string>();

  const load = async (uids: readonly EntityUid[]): Promise<EntityInput[]> => {
    const idsByType = new Map<string, string[]>();
    for (const uid of uids) {
      if (asked.has(uid.key)) continue;
      asked.add(uid.key);
      const type = uid.type.slice(NAMESPACE.length + 2);
      idsByType.set(type, [...(idsByType.get(type) ?? []), uid.id]);
    }
    const fresh: EntityInput[] = [];
    for (const [type, ids] of idsByType) {
      const resourceType = vocabulary.types.get(type);
      if (resourceType === undefined) continue;
      const rows = await resourceType.load(tx, ids);
      for (const [id, row] of rows) fresh.push(entityOf(resourceType, id, row));
    }
    for (const input of fresh) loaded.set(input.uid.key, input);
    return fresh;
  };

  const first = await load(wanted);
  const next = new Set<EntityUid>();
  for (const input of first) {
    for (const [name, value] of input.attributes) {
      if (followed.anything || followed.attributes.has(name)) for (const uid of uidsIn(value)) next.add(uid);
    }
  }
  let fringe = [...first, ...(await load([...next]))];
  for (let depth = 0; followed.hierarchy && fringe.length > 0 && depth < DEEPEST; depth += 1) {
    fringe = await load(fringe.flatMap((input) => input.parents ?? []));
  }
  const groups = action.groups.map((group) => uidOf('Action', group));
  return buildEntities([...loaded.values(), { uid: action.uid, attributes: new Map(), parents: groups }]);
};

const entityOf = (type: ResourceType, id: string, row: Readonly<Record<string, CedarValue>>): EntityInput => {
  const attributes = new Map<string, Value>();
  for (const [name, value] of Object.entries(row)) {
    // A loader leaves out what is not known; undefined and null mean the same here and are no Cedar values.
    if (value !== undefined && value !== null) attributes.set(name, valueOf(value));
  }
  const parents = (type.within ?? []).flatMap((name) => uidsIn(attributes.get(name)));
  return { uid: uidOf(type.type, id), attributes, parents };
};

const valueOf = (value: CedarValue): Value => {
  if (typeof value !== 'object') return readValue(value);
  if ('entity' in value) return uidOf(value.entity.type, value.entity.id);
  return new CedarSet(value.map(valueOf));
};

const uidsIn = (value: Value | undefined): EntityUid[] => {
  if (value instanceof EntityUid) return [value];
  if (value instanceof CedarSet) return value.items.filter((item) => item instanceof EntityUid);
  return [];
};

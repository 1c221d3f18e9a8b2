import type { Tx } from '#kit/db/index.ts';
import type { CedarType, CedarValue, ResourceType } from '#spine/operations/contract.ts';
import { buildEntities, type Entities, type EntityInput } from './engine/entities.ts';
import type { Followed } from './engine/followed-references.ts';
import { readValue } from './engine/values/read-value.ts';
import { CedarSet, EntityUid, type Value } from './engine/values/value.ts';
import { NAMESPACE, uidOf, type KnownAction, type Vocabulary } from './vocabulary.ts';

/** Chains of containers longer than this are not followed; real ones (system, org unit, tenant) are two or three. */
const DEEPEST = 16;

/**
 * Loads what the policies at hand can look at and no more: the entities asked about, those a policy looks behind, as
 * many references away as it looks, and the chain of containers where one asks `in`. One query a type and a wave,
 * however many resources, and those of a wave are on their way together. Nothing is kept: the next question reads again.
 * `looked` may come while the first wave is under way. `lasts` hears, of each type, until when what was loaded stays so by
 * time alone: undefined for good, null where the type does not say.
 */
export const loadEntities = async (
  tx: Tx,
  vocabulary: Vocabulary,
  wanted: readonly EntityUid[],
  action: KnownAction,
  looked: Followed | Promise<Followed>,
  lasts?: (until: Date | undefined | null) => void,
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
    const ofTypes = await Promise.all(
      [...idsByType].map(async ([type, ids]) => {
        const resourceType = vocabulary.types.get(type);
        if (resourceType === undefined) return [];
        const [rows] = await Promise.all([
          resourceType.load(tx, ids),
          lasts === undefined ? undefined : hearHowLong(tx, resourceType, ids, lasts),
        ]);
        return [...rows].map(([id, row]) => entityOf(resourceType, id, row));
      }),
    );
    const fresh = ofTypes.flat();
    for (const input of fresh) loaded.set(input.uid.key, input);
    return fresh;
  };

  const [first, followed] = await Promise.all([load(wanted), looked]);
  let fringe = first;
  for (let hop = 0; hop < followed.depth && fringe.length > 0; hop += 1) {
    fringe = await load(fringe.flatMap((input) => referencesOf(input, followed)));
  }
  fringe = [...loaded.values()];
  for (let depth = 0; followed.hierarchy && fringe.length > 0 && depth < DEEPEST; depth += 1) {
    fringe = await load(fringe.flatMap((input) => input.parents ?? []));
  }
  const groups = action.groups.map((group) => uidOf('Action', group));
  return buildEntities([...loaded.values(), { uid: action.uid, attributes: new Map(), parents: groups }]);
};

async function hearHowLong(
  tx: Tx,
  type: ResourceType,
  ids: readonly string[],
  lasts: (until: Date | undefined | null) => void,
): Promise<void> {
  if (type.lasts === undefined) return lasts(null);
  for (const until of (await type.lasts(tx, ids)).values()) lasts(until);
}

const referencesOf = ({ attributes }: EntityInput, followed: Followed): EntityUid[] =>
  [...attributes].flatMap(([name, value]) => (followed.anything || followed.attributes.has(name) ? uidsIn(value) : []));

const entityOf = (type: ResourceType, id: string, row: Readonly<Record<string, CedarValue>>): EntityInput => {
  const attributes = new Map<string, Value>();
  for (const [name, value] of Object.entries(row)) {
    // A loader leaves out what is not known; undefined and null mean the same here and are no Cedar values.
    if (value !== undefined && value !== null) attributes.set(name, valueOf(value));
  }
  requireDeclared(type, id, attributes);
  const parents = (type.within ?? []).flatMap((name) => uidsIn(attributes.get(name)));
  return { uid: uidOf(type.type, id), attributes, parents };
};

// Validation trusts the declared types. A row that breaks them would make policies fail, and a forbid that fails does
// not forbid: so the question is not answered at all.
const requireDeclared = (type: ResourceType, id: string, attributes: ReadonlyMap<string, Value>): void => {
  for (const [name, declared] of Object.entries(type.attributes)) {
    const value = attributes.get(name);
    if (value === undefined ? declared.required !== false : !conforms(value, declared)) {
      throw new Error(
        `the loader of ${type.type} gave ${id} ${value === undefined ? 'no' : 'another type of'} ${name} than it declares`,
      );
    }
  }
};

const conforms = (value: Value, declared: CedarType): boolean => {
  switch (declared.type) {
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Long':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'Entity':
      return value instanceof EntityUid && value.type === `${NAMESPACE}::${declared.name}`;
    case 'Set':
      return value instanceof CedarSet && value.items.every((item) => conforms(item, declared.element));
  }
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

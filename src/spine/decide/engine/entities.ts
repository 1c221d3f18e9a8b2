import type { EntityUid, Value } from './values/value.ts';

/** One entity as policies see it: attributes, tags, and every entity it is in, however far up. */
export interface EntityData {
  readonly uid: EntityUid;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly tags: ReadonlyMap<string, Value>;
  /** Keys of all ancestors, itself not among them. */
  readonly ancestors: ReadonlySet<string>;
}

export interface EntityInput {
  readonly uid: EntityUid;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly tags?: ReadonlyMap<string, Value>;
  readonly parents?: readonly EntityUid[];
}

/** The entities of one question. An entity that is not here has no attributes and no ancestors, as in Cedar. */
export type Entities = ReadonlyMap<string, EntityData>;

const NONE: ReadonlyMap<string, Value> = new Map();
const NO_ANCESTORS: ReadonlySet<string> = new Set();

/** Closes the hierarchy: an entity is in its parents and in all they are in. A cycle is walked once and does no harm. */
export const buildEntities = (inputs: Iterable<EntityInput>): Entities => {
  const given = new Map<string, EntityInput>();
  for (const input of inputs) given.set(input.uid.key, input);
  const built = new Map<string, EntityData>();
  for (const input of given.values()) {
    built.set(input.uid.key, {
      uid: input.uid,
      attributes: input.attributes,
      tags: input.tags ?? NONE,
      ancestors: input.parents === undefined || input.parents.length === 0 ? NO_ANCESTORS : ancestorsOf(input, given),
    });
  }
  return built;
};

const ancestorsOf = (input: EntityInput, given: ReadonlyMap<string, EntityInput>): ReadonlySet<string> => {
  const found = new Set<string>();
  const waiting = [...(input.parents ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next.key)) continue;
    found.add(next.key);
    waiting.push(...(given.get(next.key)?.parents ?? []));
  }
  return found;
};

import type { FactName, FactsDiff, IdentityFacts } from '../model.ts';

/** Facts with the time they hold; the slices of one identity never overlap. */
export interface FactSlice {
  readonly facts: IdentityFacts;
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

export const FACT_NAMES = [
  'displayName',
  'email',
  'username',
  'state',
  'department',
  'jobTitle',
  'orgUnit',
  'managerId',
  'ownerId',
  'contractEnd',
  'attributes',
] as const satisfies readonly FactName[];

const end = (slice: { readonly validTo: Date | null }): number => slice.validTo?.getTime() ?? Infinity;

/** JSON with keys in order, so that two spellings of one object are equal. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'null';

const sameFact = (a: unknown, b: unknown): boolean => a === b || canonical(a) === canonical(b);

/** Names of the facts in which two slices differ. */
export const changedFacts = (a: IdentityFacts, b: IdentityFacts): FactName[] =>
  FACT_NAMES.filter((name) => !sameFact(a[name], b[name]));

/** What a change does to the facts that hold at its first instant. */
export function diffFacts(identityId: string, validFrom: Date, before: IdentityFacts, after: IdentityFacts): FactsDiff {
  const changed = changedFacts(before, after);
  const pick = (facts: IdentityFacts): Partial<IdentityFacts> =>
    Object.fromEntries(changed.map((name) => [name, facts[name]]));
  return { identityId, validFrom, before: pick(before), after: pick(after), changed };
}

const withFact = <N extends FactName>(facts: IdentityFacts, name: N, value: IdentityFacts[N]): IdentityFacts => ({
  ...facts,
  [name]: value,
});

/** Cuts the slice that spans `at` in two, so that a change can begin or end there. */
const cutAt = (slices: readonly FactSlice[], at: number): FactSlice[] =>
  slices.flatMap((slice) =>
    slice.validFrom.getTime() < at && at < end(slice)
      ? [
          { ...slice, validTo: new Date(at) },
          { ...slice, validFrom: new Date(at) },
        ]
      : [slice],
  );

/** Joins neighbours that say the same. */
function merge(slices: readonly FactSlice[]): FactSlice[] {
  const merged: FactSlice[] = [];
  for (const slice of slices) {
    const last = merged.at(-1);
    if (
      last !== undefined &&
      end(last) === slice.validFrom.getTime() &&
      changedFacts(last.facts, slice.facts).length === 0
    )
      merged[merged.length - 1] = { ...last, validTo: slice.validTo };
    else merged.push(slice);
  }
  return merged;
}

/**
 * Makes a change hold from `validFrom`. With `validTo` it holds exactly until then. Without, each fact holds until
 * the next slice that changes that same fact, as HR systems understand an effective date: a correction of the past
 * does not undo what was decided since, and a planned move stays planned. Before the first slice there is nothing
 * to change: facts that begin earlier than all known ones extend the first slice backwards.
 */
export function sliceFacts(
  slices: readonly FactSlice[],
  change: Partial<IdentityFacts>,
  validFrom: Date,
  validTo: Date | null = null,
): FactSlice[] {
  const sorted = [...slices].sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime());
  const first = sorted[0];
  if (first === undefined) return [];
  const from = validFrom.getTime();
  const reach =
    from < first.validFrom.getTime() ? [{ ...first, validFrom, validTo: first.validFrom }, ...sorted] : sorted;
  const cut = validTo === null ? cutAt(reach, from) : cutAt(cutAt(reach, from), validTo.getTime());
  const changed = [...cut];
  const begin = cut.findIndex((slice) => slice.validFrom.getTime() >= from);
  if (begin === -1) return merge(cut);
  for (const name of FACT_NAMES) {
    if (!(name in change)) continue;
    const value = change[name] as IdentityFacts[typeof name];
    for (let i = begin; i < cut.length; i += 1) {
      const [slice, before] = [cut[i], cut[i - 1]];
      if (slice === undefined) break;
      if (validTo !== null && slice.validFrom >= validTo) break;
      const decidedHere = i > begin && before !== undefined && !sameFact(before.facts[name], slice.facts[name]);
      if (validTo === null && decidedHere) break;
      const facts = changed[i]?.facts ?? slice.facts;
      changed[i] = { ...slice, facts: withFact(facts, name, value) };
    }
  }
  return merge(changed);
}

/** The facts that hold at an instant. */
export const factsAt = (slices: readonly FactSlice[], at: Date): IdentityFacts | undefined =>
  slices.find((slice) => slice.validFrom <= at && at.getTime() < end(slice))?.facts;

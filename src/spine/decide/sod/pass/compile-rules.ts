import type { SodRule } from '../model.ts';

/** A rule for a pass. */
export interface PassRule {
  readonly rule: SodRule;
  /** Only these identities count; absent: everybody. */
  readonly among?: ReadonlySet<string> | undefined;
}

/** Where an entitlement is, for rules that count on some systems only. */
export interface KnownEntitlement {
  readonly id: string;
  readonly systemId: string;
}

/** Rules as numbers: a function that several rules share is one, and is filled once. */
export interface CompiledRules {
  readonly rules: readonly PassRule[];
  /** Number → entitlement. Every one of them is named by some rule, within its scope. */
  readonly entitlements: readonly KnownEntitlement[];
  readonly numberOf: ReadonlyMap<string, number>;
  readonly functions: number;
  /** The functions entitlement `e` fills: `functionsOf` from `functionOffsets[e]` to `functionOffsets[e + 1]`. */
  readonly functionOffsets: Uint32Array;
  readonly functionsOf: Uint32Array;
  /** The different functions of rule `r`: `sides` from `sideOffsets[r]` to `sideOffsets[r + 1]`; none where nobody can be in conflict with it. */
  readonly sideOffsets: Uint32Array;
  readonly sides: Uint32Array;
  /** Function → the rules that have it. */
  readonly rulesOf: readonly (readonly number[])[];
}

/**
 * Turns rules into numbers. What a rule's scope leaves out, and what is not among the known entitlements, fills no
 * function; a rule with a function that nothing fills finds nobody.
 */
export function compileRules(rules: readonly PassRule[], known: Iterable<KnownEntitlement>): CompiledRules {
  const places = new Map<string, KnownEntitlement>();
  for (const entitlement of known) places.set(entitlement.id, entitlement);
  const entitlements: KnownEntitlement[] = [];
  const numberOf = new Map<string, number>();
  const number = (entitlement: KnownEntitlement): number => {
    const found = numberOf.get(entitlement.id);
    if (found !== undefined) return found;
    numberOf.set(entitlement.id, entitlements.length);
    return entitlements.push(entitlement) - 1;
  };
  const shared = new Map<string, number>();
  const members: (readonly number[])[] = [];
  const rulesOf: number[][] = [];
  const sides = rules.map(({ rule }, r) => {
    const filled = rule.functions.map(({ entitlementIds }) => inScope(rule, entitlementIds, places));
    if (filled.length < 2 || filled.some((held) => held.length === 0)) return [];
    const own = new Set(
      filled.map((held) => {
        const numbers = [...new Set(held.map(number))].sort((a, b) => a - b);
        const key = numbers.join(' ');
        const same = shared.get(key);
        if (same !== undefined) return same;
        shared.set(key, members.length);
        rulesOf.push([]);
        return members.push(numbers) - 1;
      }),
    );
    for (const f of own) rulesOf[f]?.push(r);
    return [...own];
  });
  const functionsOf: number[][] = entitlements.map(() => []);
  for (const [f, numbers] of members.entries()) for (const e of numbers) functionsOf[e]?.push(f);
  const [functionOffsets, flatFunctions] = flattened(functionsOf);
  const [sideOffsets, flatSides] = flattened(sides);
  return {
    rules,
    entitlements,
    numberOf,
    functions: members.length,
    functionOffsets,
    functionsOf: flatFunctions,
    sideOffsets,
    sides: flatSides,
    rulesOf,
  };
}

const inScope = (
  { systemIds }: SodRule,
  entitlementIds: readonly string[],
  places: ReadonlyMap<string, KnownEntitlement>,
): KnownEntitlement[] => {
  const known = entitlementIds.flatMap((id) => places.get(id) ?? []);
  return systemIds === undefined || systemIds.length === 0
    ? known
    : known.filter(({ systemId }) => systemIds.includes(systemId));
};

function flattened(lists: readonly (readonly number[])[]): readonly [offsets: Uint32Array, flat: Uint32Array] {
  const offsets = new Uint32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) offsets[i + 1] = (offsets[i] as number) + list.length;
  const flat = new Uint32Array(offsets[lists.length] as number);
  for (const [i, list] of lists.entries()) flat.set(list, offsets[i]);
  return [offsets, flat];
}

import { guardsOf } from '../acts/guards.ts';
import library from './rules.json' with { type: 'json' };

/** What somebody can do, as rules of the library name it; which entitlements that is here, a mapping says. */
export interface LibraryFunction {
  readonly key: string;
  readonly name: string;
  /** What it is called on systems people know. */
  readonly examples: readonly string[];
}

/** A rule of the library. The rules are the project's own, written from common control practice. */
export interface LibraryRule {
  readonly id: string;
  readonly process: string;
  readonly functions: readonly LibraryFunction[];
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly risk: string;
  readonly control: string;
  /** Where both sides in different units are no risk, the rule is best given a scope of one unit. */
  readonly sameOrgUnit: boolean;
  /** The same thing must not pass both hands either. */
  readonly dynamic: boolean;
  /** About who runs Reeve. */
  readonly aboutReeve: boolean;
  /** How Reeve itself keeps to it, where it is about what is done and not about who holds what. */
  readonly keptBy: string | null;
}

export const LIBRARY_FUNCTIONS: ReadonlyMap<string, LibraryFunction> = new Map(
  library.functions.map((f) => [f.key, f]),
);

const functionOf = (key: string): LibraryFunction => {
  const found = LIBRARY_FUNCTIONS.get(key);
  if (found === undefined) throw new Error(`the library has no function ${key}`);
  return found;
};

const keptBy = (id: string): string | null => {
  const guards = guardsOf(id);
  return guards.length === 0 ? null : guards.map((g) => `${g.says}: ${g.name}`).join('; ');
};

export const LIBRARY: readonly LibraryRule[] = library.rules.map((rule) => ({
  ...rule,
  severity: rule.severity as LibraryRule['severity'],
  functions: rule.functions.map(functionOf),
  keptBy: keptBy(rule.id),
}));

/** What a rule of the library is called once it is one here. */
export const nameOfRule = (rule: LibraryRule): string => rule.functions.map((f) => f.name).join(' / ');

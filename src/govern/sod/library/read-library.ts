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
  /** How Reeve itself keeps to it, where it does so without a rule on who holds what. */
  readonly keptBy: string | null;
}

/** Rules about who runs Reeve that no set of admin roles expresses: what keeps to them, always. */
const KEPT_BY: Readonly<Record<string, string>> = {
  'IT-08': 'nobody decides about a request of theirs, or for them: request.own_benefit',
  'IT-10': 'whoever may give access gives none to themself or to what is theirs: grant.own_benefit',
  'IT-11': 'access to a privileged account is given by request, and nobody decides about their own',
  'IT-16':
    'no operation removes an event; a key is erased with a trace, and nobody erases their own: audit.nobody_erases_or_holds_their_own',
  'IT-18':
    'nobody changes or retires a rule they violate, or excepts themself: sod_rule.own_benefit, sod.nobody_excepts_themself',
  'IT-22':
    'nobody erases, or lifts a hold, about themself, and what is held cannot be erased: audit.nobody_erases_or_holds_their_own',
};

export const LIBRARY_FUNCTIONS: ReadonlyMap<string, LibraryFunction> = new Map(
  library.functions.map((f) => [f.key, f]),
);

const functionOf = (key: string): LibraryFunction => {
  const found = LIBRARY_FUNCTIONS.get(key);
  if (found === undefined) throw new Error(`the library has no function ${key}`);
  return found;
};

export const LIBRARY: readonly LibraryRule[] = library.rules.map((rule) => ({
  ...rule,
  severity: rule.severity as LibraryRule['severity'],
  functions: rule.functions.map(functionOf),
  keptBy: KEPT_BY[rule.id] ?? null,
}));

/** What a rule of the library is called once it is one here. */
export const nameOfRule = (rule: LibraryRule): string => rule.functions.map((f) => f.name).join(' / ');

import type { StoredRule } from '#spine/decide/index.ts';
import type { LicensedProduct } from './licences.ts';
import type { ConflictCount, ImpactNumbers, PersonImpact } from './model.ts';

/** What one person adds to the numbers, beside what is said of them. */
export interface AddedBy {
  readonly gainsOn: readonly string[];
  readonly losesOn: readonly string[];
  readonly licencesGained: readonly LicensedProduct[];
  readonly licencesFreed: readonly LicensedProduct[];
}

/** What people come to. */
export class CountImpact {
  readonly #rules: readonly Pick<StoredRule, 'id' | 'name' | 'mode'>[];
  readonly #plain = { gaining: 0, losing: 0, gains: 0, losses: 0 };
  readonly #new = new Map<string, number>();
  readonly #cleared = new Map<string, number>();
  readonly #privileged = new Map<string, number>();
  readonly #gaining = new Map<string, number>();
  readonly #losing = new Map<string, number>();
  readonly #licences = new Map<LicensedProduct, { gained: number; freed: number }>();

  constructor(rules: readonly Pick<StoredRule, 'id' | 'name' | 'mode'>[]) {
    this.#rules = rules;
  }

  add(person: PersonImpact, more: AddedBy): void {
    this.#plain.gains += person.gains.length;
    this.#plain.losses += person.loses.length;
    if (person.gains.length > 0) this.#plain.gaining += 1;
    if (person.loses.length > 0) this.#plain.losing += 1;
    for (const [counts, ids] of [
      [this.#new, person.newConflicts],
      [this.#cleared, person.clearedConflicts],
      [this.#privileged, person.privileged],
      [this.#gaining, more.gainsOn],
      [this.#losing, more.losesOn],
    ] as const)
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const product of more.licencesGained) this.#licence(product).gained += 1;
    for (const product of more.licencesFreed) this.#licence(product).freed += 1;
  }

  #licence(product: LicensedProduct): { gained: number; freed: number } {
    const known = this.#licences.get(product) ?? { gained: 0, freed: 0 };
    this.#licences.set(product, known);
    return known;
  }

  numbers(): Omit<ImpactNumbers, 'holders' | 'bindings' | 'sessionIds' | 'assigned' | 'unassigned' | 'blocked'> {
    const conflicts = (counts: ReadonlyMap<string, number>): ConflictCount[] =>
      this.#rules.flatMap(({ id, name, mode }) => {
        const people = counts.get(id);
        return people === undefined ? [] : [{ ruleId: id, name, mode, people }];
      });
    const systems = [...new Set([...this.#gaining.keys(), ...this.#losing.keys()])].sort();
    return {
      ...this.#plain,
      newConflicts: conflicts(this.#new),
      clearedConflicts: conflicts(this.#cleared),
      privilegedSystems: [...this.#privileged]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([systemId, people]) => ({ systemId, people })),
      licences: [...this.#licences]
        .map(([product, counted]) => ({ ...product, ...counted }))
        .sort((a, b) => (a.product < b.product ? -1 : 1)),
      onSystems: systems.map((systemId) => ({
        systemId,
        gaining: this.#gaining.get(systemId) ?? 0,
        losing: this.#losing.get(systemId) ?? 0,
      })),
    };
  }
}

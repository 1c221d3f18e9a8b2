import type { Tx } from '#kit/db/index.ts';
import { parsePolicies, type PolicyProblem } from '../engine/parse-policies.ts';
import { described, type House } from '../house-policies.ts';
import { policySetOf, type PolicySet } from '../policy-set.ts';
import { activeCustom, addVersion, lockPolicies, policyVersion, policyVersions, retireActive } from './store.ts';
import { validatePolicies } from './validate-policies.ts';

export interface PolicySets {
  /** The set in force for this transaction: shipped policies of this code, and the custom version its rows say. */
  active(tx: Tx): Promise<PolicySet>;
  /** The set as it would be with another custom text; `undefined` for none. Not cached. */
  withCustom(text: string | undefined): PolicySet;
  /** Number of the shipped version this process recorded at its start; null before. */
  shippedNumber(): number | null;
  /** Problems of the custom version in force under the words of this code: nobody can mend them but its authors. */
  start(tx: Tx): Promise<readonly PolicyProblem[]>;
}

/** Compiled sets kept: the one in force, and those of transactions that began before it was. */
const KEPT = 4;

/**
 * Which version is in force is read once a transaction and never remembered across one, so no node answers by a
 * retired version. What is kept is only the compiled form of a version, whose text cannot change.
 */
export const activePolicySets = (house: () => House): PolicySets => {
  const compiled = new Map<string, PolicySet>();
  const ofTransaction = new WeakMap<Tx, Promise<PolicySet>>();
  let shipped: number | null = null;

  const compile = (version: string, text: string | undefined): PolicySet => {
    if (text === undefined) return policySetOf(version, house().policies);
    const parsed = parsePolicies(text);
    // INVARIANT: publish validated this text against the policies of the code that published it.
    if (!parsed.ok)
      throw new Error(`the active custom policies do not parse:\n${parsed.problems.map(described).join('\n')}`);
    return policySetOf(version, [...house().policies, ...parsed.policies]);
  };

  const read = async (tx: Tx): Promise<PolicySet> => {
    const active = await activeCustom(tx);
    const version = `s${shipped ?? ''}.c${active?.number ?? 0}`;
    // Two databases in one process may use the same numbers, so the row's id is the key.
    const key = `${version} ${active?.id ?? ''}`;
    const found = compiled.get(key);
    if (found !== undefined) return found;
    const set = compile(version, active === undefined ? undefined : (await policyVersion(tx, active.id))?.text);
    compiled.set(key, set);
    for (const [oldest] of compiled) {
      if (compiled.size <= KEPT) break;
      compiled.delete(oldest);
    }
    return set;
  };

  return {
    active: (tx) => {
      const known = ofTransaction.get(tx) ?? read(tx);
      ofTransaction.set(tx, known);
      return known;
    },
    withCustom: (text) => compile('draft', text),
    shippedNumber: () => shipped,
    start: async (tx) => {
      const { text, policies, schema } = house();
      const problems = validatePolicies(schema, policies).problems;
      if (problems.length > 0)
        throw new Error(`the shipped policies are not valid:\n${problems.map(described).join('\n')}`);
      // Nodes that start together record the text once.
      await lockPolicies(tx);
      const current = (await policyVersions(tx)).find((v) => v.origin === 'shipped' && v.state === 'active');
      if (current?.text === text) shipped = current.number;
      else {
        await retireActive(tx, 'shipped');
        shipped = (
          await addVersion(tx, {
            origin: 'shipped',
            text,
            note: 'shipped with this version of Reeve',
            state: 'active',
            by: 'component:boot',
          })
        ).number;
      }
      const active = await activeCustom(tx);
      const custom = active === undefined ? undefined : await policyVersion(tx, active.id);
      if (custom === undefined) return [];
      const parsed = parsePolicies(custom.text);
      return parsed.ok ? validatePolicies(schema, parsed.policies).problems : parsed.problems;
    },
  };
};

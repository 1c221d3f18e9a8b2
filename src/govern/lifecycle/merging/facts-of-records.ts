import { sql, type Tx } from '#kit/db/index.ts';
import { nowOf, type IdentityFacts } from '#spine/graph/index.ts';
import { factsOfMerged } from '../precedence/facts-of-merged.ts';
import { mergeRecords, type Said } from '../precedence/merge-records.ts';
import { differingFacts } from '../runs/facts-of.ts';
import type { FactMove } from './model.ts';

/**
 * What the records given make of somebody, as far as it differs: by the same precedence as a delivery, over what is put
 * beside them. Nobody is their own manager, also not as one of `same`; and a username somebody else has is left out.
 */
export async function factsOfRecords(
  tx: Tx,
  identity: IdentityFacts,
  said: readonly Said[],
  { same, put = {} }: { readonly same: readonly string[]; readonly put?: Partial<IdentityFacts> },
): Promise<Partial<IdentityFacts>> {
  const base = { ...factsIn(identity), ...put };
  const wanted = said.length === 0 ? {} : staySuspended(base, factsOfMerged(mergeRecords(said, tx.now), base));
  const others = (id: string | null): string | null => (id !== null && same.includes(id) ? null : id);
  const facts: IdentityFacts = { ...base, ...wanted };
  const change: Partial<IdentityFacts> = {
    ...put,
    ...wanted,
    managerId: others(facts.managerId),
    ownerId: others(facts.ownerId),
  };
  const free = await withoutTaken(tx, change, same);
  const after = { ...factsIn(identity), ...free };
  return Object.fromEntries(differingFacts(factsIn(identity), after).map((name) => [name, after[name]]));
}

/** Who is suspended is let in by no record. */
const staySuspended = (base: IdentityFacts, wanted: Partial<IdentityFacts>): Partial<IdentityFacts> =>
  base.state === 'suspended' && wanted.state !== 'leaver' ? { ...wanted, state: 'suspended' } : wanted;

/** The facts of an identity without what is none. */
export const factsIn = (identity: IdentityFacts): IdentityFacts => ({
  displayName: identity.displayName,
  email: identity.email,
  username: identity.username,
  state: identity.state,
  department: identity.department,
  jobTitle: identity.jobTitle,
  orgUnit: identity.orgUnit,
  managerId: identity.managerId,
  ownerId: identity.ownerId,
  contractEnd: identity.contractEnd,
  attributes: identity.attributes,
});

/** What changes, fact by fact, for whoever looks at it before. */
export const movesOf = (before: IdentityFacts, change: Partial<IdentityFacts>): FactMove[] =>
  (Object.keys(change) as (keyof IdentityFacts)[]).map((fact) => ({
    fact,
    before: before[fact],
    after: change[fact],
  }));

async function withoutTaken(
  tx: Tx,
  change: Partial<IdentityFacts>,
  same: readonly string[],
): Promise<Partial<IdentityFacts>> {
  if (typeof change.username !== 'string') return change;
  const { taken } = await tx.one<{ taken: boolean }>(sql`
    select exists (select from identity_facts f
                    where lower(f.username) = lower(${change.username}) and f.identity_id <> all(${[...same]}::uuid[])
                      and ${nowOf(sql`f.identity_id`)} <> all(${[...same]}::uuid[])
                      and (f.valid_to is null or f.valid_to > ${tx.now})) as taken`);
  if (!taken) return change;
  const { username: _, ...rest } = change;
  return rest;
}

import type { IdentityFacts, IdentityState } from '#spine/graph/index.ts';
import type { DerivedState } from '../feed/derive-state.ts';
import { factsOf } from '../runs/facts-of.ts';
import type { Merged } from './merge-records.ts';

/** What somebody is by all sources; undefined where none that decides ever knew them. */
export function stateOfMerged({ life }: Merged): DerivedState | undefined {
  if (!life.decided) return undefined;
  return life.derived;
}

type Before = Pick<IdentityFacts, 'state' | 'attributes'>;

/**
 * The facts to be put, of somebody known. Where sources decide, all that they say, and nothing that none says. Where
 * only sources that fill in know somebody made by hand, what these say, beside what was there. Of somebody nobody says
 * anything of any more only the state changes. A username is not lost by a source's silence, since accounts hang on it.
 */
export function factsOfMerged(merged: Merged, before: Before): Partial<IdentityFacts> {
  const { life, record, managerId, timeZone } = merged;
  const state: IdentityState = stateOfMerged(merged)?.state ?? before.state;
  if (record === undefined || (life.decided && life.by === undefined)) return { state };
  const facts = factsOf(record, { state, managerId, timeZone });
  const { username, ...rest } = facts;
  const named = username === null ? rest : facts;
  if (life.decided) return named;
  const { contractEnd: _, ownerId: __, ...filled } = named;
  const said = Object.entries(filled).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(said), attributes: { ...before.attributes, ...facts.attributes } };
}

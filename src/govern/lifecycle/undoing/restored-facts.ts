import type { IdentityFacts, IdentityRow, IdentityState } from '#spine/graph/index.ts';
import { deriveState } from '../feed/derive-state.ts';
import type { Changed, KeptFacts } from './find-changed.ts';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Facts as the graph takes them, of those a row was kept with. */
export const factsOfKept = (kept: KeptFacts): IdentityFacts => ({
  displayName: text(kept['display_name']) ?? '',
  email: text(kept['email']),
  username: text(kept['username']),
  state: (text(kept['state']) ?? 'leaver') as IdentityState,
  department: text(kept['department']),
  jobTitle: text(kept['job_title']),
  orgUnit: text(kept['org_unit']),
  managerId: text(kept['manager_id']),
  ownerId: text(kept['owner_id']),
  contractEnd: typeof kept['contract_end'] === 'string' ? new Date(kept['contract_end']) : null,
  attributes: (kept['attributes'] ?? {}) as IdentityFacts['attributes'],
});

/** What else is so at the moment somebody is put back. */
export interface Beside {
  readonly timeZone: string;
  readonly at: Date;
  /** They are suspended for a reason of their own, which no source ends. */
  readonly suspended: boolean;
  /** Of somebody the run made: no account was ever theirs, so nobody can come into one by their username. */
  readonly nameIsFree: boolean;
}

/**
 * What somebody is when what a run did to them is taken back. A last day that has come meanwhile has come, and
 * who is suspended for a reason of their own stays so. Pure.
 */
export function restoredRow(person: Changed, { timeZone, at, suspended, nameIsFree }: Beside): IdentityRow {
  const { identityId, kind } = person;
  if (person.facts === null)
    return {
      identityId,
      kind,
      facts: { displayName: person.displayName ?? '', state: 'leaver', ...(nameIsFree ? { username: null } : {}) },
    };
  const before = factsOfKept(person.facts);
  const ended =
    person.record !== null && person.records === 1 && deriveState(person.record, timeZone, at).state === 'leaver';
  const away = suspended && before.state !== 'leaver';
  const state = ended ? 'leaver' : away ? 'suspended' : before.state;
  return { identityId, kind, facts: { ...before, state } };
}

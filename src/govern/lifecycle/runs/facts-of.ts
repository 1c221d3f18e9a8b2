import type { FactName, IdentityFacts, IdentityState } from '#spine/graph/index.ts';
import { endOf } from '../feed/derive-state.ts';
import { isHuman, type FeedRecord } from '../feed/model.ts';
import type { ChangeKind } from './model.ts';

/** The facts of an identity as its record has them. A vendor is answered for by whoever sponsors them, what is not human by its owner. */
export const factsOf = (
  record: FeedRecord,
  also: { readonly state: IdentityState; readonly managerId: string | null; readonly timeZone: string },
): IdentityFacts => ({
  displayName: record.displayName,
  email: record.email,
  username: record.username,
  state: also.state,
  department: record.department,
  jobTitle: record.jobTitle,
  orgUnit: record.orgUnit,
  managerId: isHuman(record.kind) ? also.managerId : null,
  ownerId: record.kind === 'person' ? null : also.managerId,
  contractEnd: endOf(record.endsOn, also.timeZone),
  attributes: record.attributes,
});

const sameAttributes = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean => {
  const [mine, theirs] = [Object.keys(a), Object.keys(b)];
  return mine.length === theirs.length && mine.every((key) => sameValue(a[key], b[key]));
};

const sameValue = (a: unknown, b: unknown): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => v === b[i]));

/** Names of the facts that differ. */
export function differingFacts(before: IdentityFacts, after: IdentityFacts): FactName[] {
  const names: FactName[] = [];
  for (const name of Object.keys(after) as FactName[]) {
    const [was, is] = [before[name], after[name]];
    const same =
      name === 'attributes'
        ? sameAttributes(before.attributes, after.attributes)
        : was instanceof Date && is instanceof Date
          ? was.getTime() === is.getTime()
          : was === is;
    if (!same) names.push(name);
  }
  return names;
}

/** Facts whose change makes a mover of somebody: what they work on, and for whom. */
const OF_A_MOVER: ReadonlySet<FactName> = new Set(['department', 'orgUnit', 'jobTitle', 'managerId']);

/** What a known person's record does to them. */
export function kindOfChange(before: IdentityFacts, after: IdentityFacts): { what: ChangeKind; changed: FactName[] } {
  const changed = differingFacts(before, after);
  const employment = before.attributes['employment_type'] !== after.attributes['employment_type'];
  if (after.state === 'leaver' && before.state !== 'leaver') return { what: 'leave', changed };
  if (before.state === 'leaver' && after.state !== 'leaver') return { what: 'return', changed };
  const moved = employment || changed.some((name) => OF_A_MOVER.has(name));
  if (moved && after.state !== 'leaver') return { what: 'move', changed };
  return { what: changed.length === 0 ? 'note' : 'change', changed };
}

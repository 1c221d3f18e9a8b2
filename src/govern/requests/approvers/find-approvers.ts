import type { Tx } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  chainAbove,
  getIdentities,
  getIdentity,
  whoCouldReach,
  type Identity,
} from '#spine/graph/index.ts';

/** Somebody to ask, and why them. */
export interface Approvers {
  readonly ids: readonly string[];
  readonly because: string;
}

/** Only an active person of the house decides: a program, a vendor, somebody on leave and a leaver do not. */
const present = (who: Identity | undefined): boolean => who?.state === 'active' && who.kind === 'person';

/** Programs: what they get benefits whoever answers for them. A vendor is a human being with a sponsor. */
const PROGRAMS: ReadonlySet<string> = new Set(['service', 'workload', 'agent']);

/**
 * Who benefits from a request beside who asked: the beneficiary, and whoever answers for it where it is a program.
 * None of them may decide about it.
 */
export const whoBenefits = async (tx: Tx, requesterId: string, beneficiaryId: string): Promise<readonly string[]> => {
  const asked = await getIdentities(tx, [requesterId, beneficiaryId]);
  const behind = asked.flatMap((i) => (PROGRAMS.has(i.kind) && i.ownerId !== null ? [i.ownerId] : []));
  return [...new Set([requesterId, beneficiaryId, ...behind])];
};

/** Active holders of an admin role who may decide, in a fixed order. */
export const holdersOf = async (
  tx: Tx,
  role: keyof typeof ADMIN_ROLES,
  not: ReadonlySet<string>,
): Promise<string[]> => {
  const reach = await whoCouldReach(tx, { entitlementId: ADMIN_ROLES[role] });
  const ids = [...new Set(reach.filter((a) => a.via === 'grant').map((a) => a.identityId))];
  return (await getIdentities(tx, ids))
    .filter((i) => present(i) && !not.has(i.id))
    .map((i) => i.id)
    .sort();
};

/** Those who decide where nobody nearer can: administrators, else security officers. */
const lastInLine = async (tx: Tx, not: ReadonlySet<string>, instead: string): Promise<Approvers | undefined> => {
  const administrators = await holdersOf(tx, 'administrator', not);
  if (administrators.length > 0) return { ids: administrators, because: `administrators, ${instead}` };
  const officers = await holdersOf(tx, 'security_officer', not);
  return officers.length > 0 ? { ids: officers, because: `security officers, ${instead}` } : undefined;
};

/** The nearest manager who may decide, passing over those in `not` and those who are absent. */
export const managerOf = async (
  tx: Tx,
  beneficiaryId: string,
  not: ReadonlySet<string>,
): Promise<Approvers | undefined> => {
  const above = await chainAbove(tx, beneficiaryId);
  const at = above.findIndex((i) => present(i) && !not.has(i.id));
  const found = above[at];
  if (found === undefined) return await lastInLine(tx, not, 'because no manager can decide');
  return {
    ids: [found.id],
    because: at === 0 ? 'the manager' : 'a manager further up, because those nearer cannot decide',
  };
};

/** The owner of what is asked for, else of its system, else a manager above them. */
export const ownerOf = async (
  tx: Tx,
  owners: readonly { readonly id: string | null; readonly of: string }[],
  not: ReadonlySet<string>,
): Promise<Approvers | undefined> => {
  for (const owner of owners) {
    if (owner.id === null || not.has(owner.id)) continue;
    if (present(await getIdentity(tx, owner.id))) return { ids: [owner.id], because: `the owner of ${owner.of}` };
  }
  for (const owner of owners) {
    if (owner.id === null) continue;
    const above = await chainAbove(tx, owner.id);
    const found = above.find((i) => present(i) && !not.has(i.id));
    if (found !== undefined)
      return { ids: [found.id], because: `a manager above the owner of ${owner.of}, because no owner can decide` };
  }
  return await lastInLine(tx, not, 'because no owner can decide');
};

/** The named people who may decide. */
export const namedOnes = async (
  tx: Tx,
  ids: readonly string[],
  not: ReadonlySet<string>,
): Promise<Approvers | undefined> => {
  const found = (await getIdentities(tx, ids)).filter((i) => present(i) && !not.has(i.id)).map((i) => i.id);
  return found.length > 0
    ? { ids: found.sort(), because: 'named in the approval policy' }
    : await lastInLine(tx, not, 'because nobody named can decide');
};

/** Who is asked too when those asked stay silent: the managers above them, in the end administrators. */
export const nextInLine = async (
  tx: Tx,
  silent: readonly string[],
  not: ReadonlySet<string>,
): Promise<Approvers | undefined> => {
  const passed = new Set([...not, ...silent]);
  for (const id of silent) {
    const found = (await chainAbove(tx, id)).find((i) => present(i) && !passed.has(i.id));
    if (found !== undefined) return { ids: [found.id], because: 'asked too, because nobody answered in time' };
  }
  return await lastInLine(tx, passed, 'asked too, because nobody answered in time');
};

/** Those of `ids` who can decide now. */
export const stillThere = async (tx: Tx, ids: readonly string[]): Promise<string[]> =>
  (await getIdentities(tx, ids)).filter(present).map((i) => i.id);

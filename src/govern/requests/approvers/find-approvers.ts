import { sql, type Tx } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  chainAbove,
  getIdentities,
  getIdentity,
  survivorsOf,
  whoCouldReach,
  type Identity,
} from '#spine/graph/index.ts';
import type { DeputiesOf } from '../deputies/cover.ts';
import type { Voice } from './distinct-deciders.ts';

/** Somebody to ask, and why them. */
export interface Approvers {
  readonly ids: readonly string[];
  readonly because: string;
}

/** For one step: who has a part in the request already, and who stands in for whom. */
export interface Asking {
  readonly not: ReadonlySet<string>;
  readonly deputiesOf: DeputiesOf;
}

/** Only an active person of the house decides: a program, a vendor, somebody on leave and a leaver do not. */
const present = (who: Identity | undefined): boolean => who?.state === 'active' && who.kind === 'person';

const deputiesLeft = ({ not, deputiesOf }: Asking, id: string): string[] => deputiesOf(id).filter((d) => !not.has(d));

/** Whether somebody can be asked: present themselves, or on leave with a deputy; never with a part in it. */
const canBeAsked = (asking: Asking, who: Identity | undefined): boolean =>
  who !== undefined &&
  !asking.not.has(who.id) &&
  (present(who) || (who.state === 'leave' && who.kind === 'person' && deputiesLeft(asking, who.id).length > 0));

/** Who would take the decision of a step that waits for these: themselves where they are there, and their deputies. */
export const voicesOf = async (tx: Tx, ids: readonly string[], asking: Asking): Promise<Voice[]> =>
  (await getIdentities(tx, ids)).flatMap((who) => [
    ...(present(who) ? [{ voice: who.id, actor: who.id }] : []),
    ...deputiesLeft(asking, who.id).map((actor) => ({ voice: who.id, actor })),
  ]);

/** Programs: what they get benefits whoever answers for them. A vendor is a human being with a sponsor. */
const PROGRAMS: ReadonlySet<string> = new Set(['service', 'workload', 'agent']);

/**
 * Who benefits from a request beside who asked: the beneficiary, and whoever answers for it where it is a program.
 * None of them may decide about it.
 */
export const whoBenefits = async (tx: Tx, requesterId: string, beneficiaryId: string): Promise<readonly string[]> => {
  // Whoever one of them turned out to be, also in the moment before the request has followed.
  const now = [...(await survivorsOf(tx, [requesterId, beneficiaryId])).values()].map((who) => who.identityId);
  const asked = await getIdentities(tx, [requesterId, beneficiaryId, ...now]);
  const behind = asked.flatMap((i) => (PROGRAMS.has(i.kind) && i.ownerId !== null ? [i.ownerId] : []));
  return [...new Set([requesterId, beneficiaryId, ...now, ...behind])];
};

/** Active holders of an admin role who may decide, in a fixed order. */
export const holdersOfAdminRole = async (tx: Tx, role: keyof typeof ADMIN_ROLES, asking: Asking): Promise<string[]> => {
  const reach = await whoCouldReach(tx, { entitlementId: ADMIN_ROLES[role] });
  const ids = [...new Set(reach.filter((a) => a.via === 'grant').map((a) => a.identityId))];
  return (await getIdentities(tx, ids))
    .filter((i) => canBeAsked(asking, i))
    .map((i) => i.id)
    .sort();
};

/** Those who decide where nobody nearer can: administrators, else security officers. */
export const lastInLine = async (tx: Tx, asking: Asking, instead: string): Promise<Approvers | undefined> => {
  const administrators = await holdersOfAdminRole(tx, 'administrator', asking);
  if (administrators.length > 0) return { ids: administrators, because: `administrators, ${instead}` };
  const officers = await holdersOfAdminRole(tx, 'security_officer', asking);
  return officers.length > 0 ? { ids: officers, because: `security officers, ${instead}` } : undefined;
};

/** The nearest manager who may decide, passing over those in `not` and those who are absent. */
export const managerOf = async (tx: Tx, beneficiaryId: string, asking: Asking): Promise<Approvers | undefined> => {
  const above = await chainAbove(tx, beneficiaryId);
  const at = above.findIndex((i) => canBeAsked(asking, i));
  const found = above[at];
  if (found === undefined) return await lastInLine(tx, asking, 'because no manager can decide');
  return {
    ids: [found.id],
    because: at === 0 ? 'the manager' : 'a manager further up, because those nearer cannot decide',
  };
};

/** The owner of what is asked for, else of its system, else a manager above them. */
export const ownerOf = async (
  tx: Tx,
  owners: readonly { readonly id: string | null; readonly of: string }[],
  asking: Asking,
): Promise<Approvers | undefined> => {
  for (const owner of owners) {
    if (owner.id === null) continue;
    if (canBeAsked(asking, await getIdentity(tx, owner.id)))
      return { ids: [owner.id], because: `the owner of ${owner.of}` };
  }
  for (const owner of owners) {
    if (owner.id === null) continue;
    const above = await chainAbove(tx, owner.id);
    const found = above.find((i) => canBeAsked(asking, i));
    if (found !== undefined)
      return { ids: [found.id], because: `a manager above the owner of ${owner.of}, because no owner can decide` };
  }
  return await lastInLine(tx, asking, 'because no owner can decide');
};

/** The named people who may decide. */
export const namedOnes = async (tx: Tx, ids: readonly string[], asking: Asking): Promise<Approvers | undefined> => {
  const found = (await getIdentities(tx, ids)).filter((i) => canBeAsked(asking, i)).map((i) => i.id);
  return found.length > 0
    ? { ids: found.sort(), because: 'named in the approval policy' }
    : await lastInLine(tx, asking, 'because nobody named can decide');
};

/** Everybody who holds an entitlement or role now, however they came by it. */
export const whoHolds = async (tx: Tx, id: string): Promise<string[]> => {
  const reach = await whoCouldReach(tx, { entitlementId: id });
  const members = await tx.many<{ identityId: string }>(sql`
    select identity_id from access_grant
     where role_id = ${id} and ended_because is null and valid_from <= ${tx.now} and (valid_to is null or valid_to > ${tx.now})`);
  const ids = [...reach.filter((a) => a.via === 'grant').map((a) => a.identityId), ...members.map((m) => m.identityId)];
  return [...new Set(ids)].sort();
};

/** Those who hold something and may decide. */
export const holdersOf = async (tx: Tx, id: string, asking: Asking): Promise<Approvers | undefined> => {
  const found = await stillThere(tx, await whoHolds(tx, id), asking);
  return found.length > 0
    ? { ids: found.sort(), because: 'they hold what the approval policy asks of those who decide' }
    : await lastInLine(tx, asking, 'because nobody who holds what the approval policy asks for can decide');
};

/** Who is asked too when those asked stay silent: the managers above them, in the end administrators. */
export const nextInLine = async (tx: Tx, silent: readonly string[], asking: Asking): Promise<Approvers | undefined> => {
  const passed: Asking = { ...asking, not: new Set([...asking.not, ...silent]) };
  for (const id of silent) {
    const found = (await chainAbove(tx, id)).find((i) => canBeAsked(passed, i));
    if (found !== undefined) return { ids: [found.id], because: 'asked too, because nobody answered in time' };
  }
  return await lastInLine(tx, passed, 'asked too, because nobody answered in time');
};

/** Those of `ids` who can be asked now. */
export const stillThere = async (tx: Tx, ids: readonly string[], asking: Asking): Promise<string[]> =>
  (await getIdentities(tx, ids)).filter((i) => canBeAsked(asking, i)).map((i) => i.id);

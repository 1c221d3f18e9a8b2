import type { Tx } from '#kit/db/index.ts';
import { ADMIN_ROLES, getIdentities, type AdminRole } from '#spine/graph/index.ts';
import { loadTargets, whoHolds, type Target } from '#govern/requests/index.ts';
import type { EmergencyPath } from './model.ts';

/** What a path gives; undefined where nobody knows it any more. */
export const targetOf = async (
  tx: Tx,
  path: Pick<EmergencyPath, 'entitlementId' | 'roleId'>,
): Promise<Target | undefined> => {
  const targets = await loadTargets(tx, {
    entitlementIds: path.entitlementId === null ? [] : [path.entitlementId],
    roleIds: path.roleId === null ? [] : [path.roleId],
  });
  return targets.get(path.entitlementId ?? path.roleId ?? '');
};

/** `sudo:ALL on web1`, `role On call`. */
export const inWords = (target: Target | undefined): string =>
  target === undefined
    ? 'something no longer known'
    : target.kind === 'role'
      ? `role ${target.name}`
      : `${target.name} on ${target.systemName ?? '?'}`;

/** Everybody who may use a path: those named, and those who hold what it asks for. */
export const usersOf = async (
  tx: Tx,
  path: Pick<EmergencyPath, 'userIds' | 'usersHoldId'>,
): Promise<readonly string[]> => [
  ...new Set([...path.userIds, ...(path.usersHoldId === null ? [] : await whoHolds(tx, path.usersHoldId))]),
];

/** Active people who hold an admin role of Reeve. */
export const activeHolders = async (tx: Tx, roles: readonly AdminRole[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const role of roles) ids.push(...(await whoHolds(tx, ADMIN_ROLES[role])));
  return (await getIdentities(tx, [...new Set(ids)]))
    .filter((i) => i.state === 'active' && i.kind === 'person')
    .map((i) => i.id)
    .sort();
};

/** Of whom any two may open a locked path again: never whoever's use locked it. */
export const whoOpens = async (tx: Tx, notId: string | undefined): Promise<string[]> =>
  (await activeHolders(tx, ['security_officer', 'administrator'])).filter((id) => id !== notId);

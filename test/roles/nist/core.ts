import { expect } from 'vitest';
import {
  api,
  assign,
  begin,
  deassign,
  holders,
  house,
  known,
  liveSessions,
  make,
  over,
  publish,
  role,
  root,
  show,
  sudo,
  who,
  why,
  type List,
  type NistFunction,
  type Session,
} from './story.ts';

/** Core RBAC. */
export const core: readonly NistFunction[] = [
  [
    'AddUser',
    'identities.make',
    async () => {
      const until = new Date(house.clock.now().getTime() + 30 * 86_400_000).toISOString();
      who['vera'] = (
        await api<{ id: string }>('identities.make', {
          username: 'vera',
          kind: 'vendor',
          name: 'Vera',
          owner: 'lena',
          until,
        })
      ).id;
    },
  ],
  [
    'AddRole',
    'roleVersions.createRole',
    async () => {
      for (const name of ['Operator', 'Auditor', 'Planner']) await make(name);
    },
  ],
  [
    'GrantPermission',
    'roleVersions.publish',
    async () => {
      await publish('Operator', root());
    },
  ],
  [
    'AssignUser',
    'grants.give',
    async () => {
      await assign('Operator');
    },
  ],
  [
    'AssignedUsers',
    'roleVersions.holders',
    async () => {
      expect(await holders('Operator')).toEqual(['lena']);
    },
  ],
  [
    'AssignedRoles',
    'graph.listGrants',
    async () => {
      const { items } = await api<List<{ roleId: string }>>('graph.listGrants', { identityId: who['lena'] });
      expect(items.map(({ roleId }) => roleId)).toEqual([role['Operator']]);
    },
  ],
  [
    'RolePermissions',
    'graph.showRole',
    async () => {
      expect((await show('Operator')).entitlements).toMatchObject([{ id: sudo }]);
    },
  ],
  [
    'UserPermissions',
    'graph.why',
    async () => {
      expect((await why()).map(({ entitlementId }) => entitlementId)).toContain(sudo);
    },
  ],
  [
    'RoleOperationsOnObject',
    'entitlements.showEntry',
    async () => {
      const { roles } = await api<{ roles: { id: string }[] }>('entitlements.showEntry', { id: sudo });
      expect(roles).toMatchObject([{ id: role['Operator'] }]);
    },
  ],
  [
    'UserOperationsOnObject',
    'graph.whoCouldReach',
    async () => {
      const { items } = await api<List<{ identityName: string }>>('graph.whoCouldReach', { entitlementId: sudo });
      expect(new Set(items.map(({ identityName }) => identityName))).toEqual(new Set(['lena']));
    },
  ],
  [
    'CreateSession',
    'sessions.list',
    async () => {
      await begin();
    },
  ],
  [
    'AddActiveRole',
    'sessions.show',
    async () => {
      const [session] = await liveSessions();
      expect((await api<Session>('sessions.show', { id: session?.id })).grantIds).toEqual([known['Operator']]);
    },
  ],
  [
    'SessionRoles',
    'graph.showGrant',
    async () => {
      const [session] = await liveSessions();
      const grants = (session?.grantIds ?? []).map((id) => api<{ roleId: string }>('graph.showGrant', { id }));
      expect((await Promise.all(grants)).map(({ roleId }) => roleId)).toEqual([role['Operator']]);
    },
  ],
  [
    'SessionPermissions',
    'graph.showRole',
    async () => {
      expect((await show('Operator')).entitlements.map(({ id }) => id)).toEqual([sudo]);
    },
  ],
  [
    'CheckAccess',
    'graph.why',
    async () => {
      const [way] = (await why()).filter((row) => row.entitlementId === sudo && row.path[0]?.kind === 'grant');
      expect(way?.path.map(({ kind }) => kind)).toEqual(['grant', 'role', 'entitlement']);
    },
  ],
  [
    'DeleteSession',
    'sessions.end',
    async () => {
      const [session] = await liveSessions();
      await api('sessions.end', { id: session?.id, because: 'test' }, 'officer');
      await over();
      await expect.poll(liveSessions, { timeout: 20_000 }).toEqual([]);
    },
  ],
  [
    'DropActiveRole',
    'grants.end',
    async () => {
      await begin();
      await deassign('Operator');
      await over();
      await expect.poll(liveSessions, { timeout: 20_000 }).toEqual([]);
    },
  ],
  [
    'DeassignUser',
    'grants.end',
    async () => {
      await assign('Operator');
      await deassign('Operator');
      expect(await holders('Operator')).toEqual([]);
    },
  ],
  [
    'RevokePermission',
    'roleVersions.publish',
    async () => {
      await publish('Operator', { entitlements: [] });
      expect((await show('Operator')).entitlements).toEqual([]);
      await publish('Operator', root());
    },
  ],
];

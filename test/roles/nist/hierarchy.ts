import { expect } from 'vitest';
import {
  api,
  assign,
  deassign,
  holders,
  make,
  publish,
  role,
  root,
  show,
  why,
  type List,
  type NistFunction,
} from './story.ts';

/** General hierarchies. */
export const hierarchy: readonly NistFunction[] = [
  [
    'AddInheritance',
    'roleVersions.publish',
    async () => {
      await publish('Planner', { roles: [{ id: role['Operator'] }] });
      expect((await show('Planner')).roles).toMatchObject([{ id: role['Operator'] }]);
    },
  ],
  [
    'AuthorizedUsers',
    'roleVersions.holders',
    async () => {
      await assign('Planner');
      expect(await holders('Operator')).toEqual(['lena']);
    },
  ],
  [
    'AuthorizedRoles',
    'graph.why',
    async () => {
      const roles = (await why()).flatMap(({ path }) => path.flatMap(({ kind, id }) => (kind === 'role' ? [id] : [])));
      expect(new Set(roles)).toEqual(new Set([role['Planner'], role['Operator']]));
    },
  ],
  [
    'AddAscendant',
    'roleVersions.createRole',
    async () => {
      await make('Head of planning');
      await publish('Head of planning', { roles: [{ id: role['Planner'] }] });
    },
  ],
  [
    'AddDescendant',
    'roleVersions.createRole',
    async () => {
      await make('Trainee');
      await publish('Operator', { ...root(), roles: [{ id: role['Trainee'] }] });
      expect(await holders('Trainee')).toEqual(['lena']);
    },
  ],
  [
    'DeleteInheritance',
    'roleVersions.publish',
    async () => {
      await publish('Operator', root());
      await publish('Planner', { roles: [] });
      await publish('Head of planning', { roles: [] });
      expect(await holders('Operator')).toEqual([]);
    },
  ],
];

/** What takes away what the story made. */
export const removal: readonly NistFunction[] = [
  [
    'DeleteRole',
    'roleVersions.retireRole',
    async () => {
      await expect(api('roleVersions.retireRole', { role: role['Trainee'] })).rejects.toMatchObject({
        code: 'role.in_use',
      });
      for (const name of ['Trainee', 'Auditor', 'Operator', 'Planner']) await deassign(name);
      await api('roleVersions.retireRole', { role: role['Trainee'] });
      const { items } = await api<List<{ name: string }>>('graph.listRoles', {});
      expect(items.map(({ name }) => name)).not.toContain('Trainee');
    },
  ],
  [
    'DeleteUser',
    'identities.suspend',
    async () => {
      await api('identities.suspend', { identity: 'vera', because: 'test' });
      const vera = await api<{ state: string }>('graph.showIdentity', { identity: 'vera' });
      expect(vera.state).toBe('suspended');
    },
  ],
];

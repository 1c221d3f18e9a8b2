import { expect } from 'vitest';
import {
  api,
  apart,
  assign,
  begin,
  deassign,
  holders,
  house,
  liveSessions,
  markOf,
  over,
  publish,
  role,
  root,
  rules,
  tryIn,
  type NistFunction,
} from './story.ts';

/** Static and dynamic separation of duty relations. */
export const separation: readonly NistFunction[] = [
  [
    'CreateSsdSet',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [apart('Operator')] });
      await assign('Operator');
      await expect(assign('Auditor')).rejects.toMatchObject({ code: 'sod.conflict' });
    },
  ],
  [
    'AddSsdRoleMember',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [apart('Operator'), apart('Trainee')] });
    },
  ],
  [
    'SsdRoleSets',
    'sod.listRules',
    async () => {
      expect(await rules()).toHaveLength(2);
    },
  ],
  [
    'SsdRoleSetRoles',
    'roleVersions.whom',
    async () => {
      const { excludes } = await api<{ excludes: { role: { name: string } }[] }>('roleVersions.whom', {
        role: role['Auditor'],
      });
      expect(excludes.map((one) => one.role.name).sort()).toEqual(['Operator', 'Trainee']);
    },
  ],
  [
    'SsdRoleSetCardinality',
    'sod.showRule',
    async () => {
      const [first] = await rules();
      const { functions: sides } = await api<{ functions: unknown[] }>('sod.showRule', { rule: first?.id }, 'officer');
      expect(sides).toHaveLength(2);
    },
  ],
  [
    'SetSsdSetCardinality',
    'sod.createRule',
    async () => {
      await publish('Auditor', { ...root(), excludes: [] });
      const sides = ['Operator', 'Auditor', 'Trainee'];
      const ids = await Promise.all(sides.map(markOf));
      await api(
        'sod.createRule',
        {
          name: 'not all three',
          severity: 'high',
          mode: 'enforce',
          functions: sides.map((name, n) => ({ name, entitlementIds: [ids[n]] })),
        },
        'officer',
      );
      await assign('Auditor');
      await expect(assign('Trainee')).rejects.toMatchObject({ code: 'sod.conflict' });
      await deassign('Auditor');
    },
  ],
  [
    'DeleteSsdRoleMember',
    'sod.changeRule',
    async () => {
      const [rule] = await rules();
      const sides = ['Operator', 'Auditor'];
      const ids = await Promise.all(sides.map(markOf));
      const left = sides.map((name, n) => ({ name, entitlementIds: [ids[n]] }));
      await api('sod.changeRule', { rule: rule?.id, functions: left }, 'officer');
      await assign('Trainee');
    },
  ],
  [
    'DeleteSsdSet',
    'sod.retireRule',
    async () => {
      const [rule] = await rules();
      await api('sod.retireRule', { rule: rule?.id }, 'officer');
      house.clock.advance(1_000);
      await assign('Auditor');
    },
  ],
  [
    'CreateDsdSet',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [apart('Operator', 'dynamic')] });
      expect(await holders('Auditor')).toEqual(['lena']);
      expect(await tryIn()).toBe('sod.conflict');
    },
  ],
  [
    'AddDsdRoleMember',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [apart('Operator', 'dynamic'), apart('Planner', 'dynamic')] });
    },
  ],
  [
    'DsdRoleSets',
    'sod.listRules',
    async () => {
      expect(await rules()).toHaveLength(2);
    },
  ],
  [
    'DsdRoleSetRoles',
    'roleVersions.whom',
    async () => {
      const { excludes } = await api<{ excludes: { kind: string }[] }>('roleVersions.whom', { role: role['Auditor'] });
      expect(excludes).toMatchObject([{ kind: 'dynamic' }, { kind: 'dynamic' }]);
    },
  ],
  [
    'DsdRoleSetCardinality',
    'sod.showRule',
    async () => {
      const [first] = await rules();
      const { functions: sides } = await api<{ functions: unknown[] }>('sod.showRule', { rule: first?.id }, 'officer');
      expect(sides).toHaveLength(2);
    },
  ],
  [
    'DeleteDsdRoleMember',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [apart('Operator', 'dynamic')] });
      expect(await rules()).toHaveLength(1);
    },
  ],
  [
    'SetDsdSetCardinality',
    'sod.changeRule',
    async () => {
      const [rule] = await rules();
      const sides = ['Operator', 'Auditor', 'Planner'];
      const ids = await Promise.all(sides.map(markOf));
      const three = sides.map((name, n) => ({ name, entitlementIds: [ids[n]] }));
      await api('sod.changeRule', { rule: rule?.id, counts: 'same_session', functions: three }, 'officer');
      expect(await tryIn()).toBe('in');
    },
  ],
  [
    'DeleteDsdSet',
    'roleVersions.publish',
    async () => {
      await publish('Auditor', { ...root(), excludes: [] });
      expect(await rules()).toEqual([]);
      await begin();
      const [session] = await liveSessions();
      expect(session?.grantIds).toHaveLength(2);
      await api('sessions.end', { id: session?.id, because: 'test' }, 'officer');
      await over();
    },
  ],
];

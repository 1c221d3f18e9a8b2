import {
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
  type AdminRole,
  type Entitlement,
  type IdentityState,
} from '#spine/graph/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { takeStepUp } from '#platform/signin/index.ts';
import { testHouse, type House, type HouseParts } from '#test/harness/house.ts';
import { requestsModule } from '../index.ts';

const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};

/** For tests: a handful of people, two systems, and what can be asked for on them. */
export interface SmallCompany {
  readonly house: House;
  build<T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T>;
  person(
    username: string,
    facts?: { managerId?: string; ownerId?: string },
    roles?: readonly AdminRole[],
    kind?: 'person' | 'service' | 'vendor',
  ): Promise<string>;
  setState(id: string, state: IdentityState): Promise<void>;
  entitlement(
    system: string,
    name: string,
    more?: Partial<Pick<Entitlement, 'ownerId' | 'risk' | 'maxSeconds' | 'requestable'>> & {
      markedPrivileged?: boolean;
    },
  ): Promise<string>;
  /** Ids by username. */
  readonly who: Readonly<Record<'dana' | 'joaquin' | 'ines' | 'mara' | 'tomas' | 'priya' | 'lena' | 'omar', string>>;
  /** Ids by name. */
  readonly what: Readonly<Record<'sudo' | 'reports' | 'deploy' | 'approve', string>>;
}

/** Builds it. `more` are modules beside graph, decide and requests. */
export const smallCompany = async (
  more: (parts: HouseParts) => readonly Module[] = () => [],
): Promise<SmallCompany> => {
  const house = await testHouse((parts) => [
    graphModule,
    decideModule(parts),
    requestsModule({ ...parts, takeStepUp }),
    builder,
    ...more(parts),
  ]);
  const build: SmallCompany['build'] = (work) =>
    house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));
  const person: SmallCompany['person'] = (username, facts = {}, roles = [], kind = 'person') =>
    build(async (ctx, permit) => {
      const displayName = `${username.slice(0, 1).toUpperCase()}${username.slice(1)} Example`;
      const { id } = await createIdentity(ctx, permit, {
        kind,
        facts: { displayName, username, email: `${username}@example.com`, ...facts },
      });
      for (const role of roles)
        await startGrant(ctx, permit, {
          identityId: id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
      return id;
    });
  const dana = await person('dana', {}, ['administrator']);
  const joaquin = await person('joaquin', {}, ['security_officer']);
  const ines = await person('ines', {}, ['auditor']);
  const mara = await person('mara');
  const tomas = await person('tomas', { managerId: mara });
  const priya = await person('priya', { managerId: mara });
  const lena = await person('lena', { managerId: tomas });
  const omar = await person('omar', { managerId: tomas });
  const systems = await build(async (ctx, permit) => ({
    web1: (await registerSystem(ctx, permit, { name: 'web1', kind: 'linux', ownerId: priya })).id,
    git: (await registerSystem(ctx, permit, { name: 'git', kind: 'csv', ownerId: priya })).id,
  }));
  const entitlement: SmallCompany['entitlement'] = (system, name, more = {}) =>
    build(async (ctx, permit) => {
      const made = await putEntitlement(ctx, permit, {
        systemId: system === 'web1' ? systems.web1 : systems.git,
        kind: 'group',
        nativeId: name,
        name,
        description: `what ${name} is for`,
        ownerId: priya,
        requestable: true,
        ...more,
      });
      return made.id;
    });
  const what = {
    sudo: await entitlement('web1', 'sudo:ALL', { risk: 'high', markedPrivileged: true, maxSeconds: 8 * 3600 }),
    reports: await entitlement('web1', 'reports', { risk: 'low' }),
    deploy: await entitlement('git', 'deploy_production', { risk: 'medium' }),
    approve: await entitlement('git', 'approve_change', { risk: 'medium' }),
  };
  return {
    house,
    build,
    person,
    entitlement,
    setState: (id, state) =>
      build(async (ctx, permit) => {
        await changeIdentityFacts(ctx, permit, { identityId: id, change: { state } });
      }),
    who: { dana, joaquin, ines, mara, tomas, priya, lena, omar },
    what,
  };
};

import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import type { Permit } from './port.ts';
import type { House } from '#test/harness/house.ts';

/** For tests: a module whose component `test` may build the world the test needs. */
export const builderModule: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};

/** Runs writes as the component `test`, in one transaction. */
export const build = <T>(house: House, work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));

/** An active person, with admin roles of Reeve if any. Returns the id. */
export const person = (
  house: House,
  displayName: string,
  roles: readonly AdminRole[] = [],
  more: { readonly managerId?: string } = {},
): Promise<string> =>
  build(house, async (ctx, permit) => {
    const identity = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName, username: displayName.toLowerCase().replaceAll(' ', '.'), ...more },
    });
    for (const role of roles) {
      await startGrant(ctx, permit, {
        identityId: identity.id,
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
    }
    return identity.id;
  });

/** The types of the events on the log, oldest first. */
export const eventTypes = async (house: House): Promise<string[]> =>
  (await house.db.many<{ type: string }>(sql`select type from audit_event order by id`)).map(({ type }) => type);

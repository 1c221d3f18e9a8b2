import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import {
  ADMIN_ROLES,
  applyReading,
  createIdentity,
  endGrant,
  findAccount,
  findEntitlement,
  graphModule,
  linkAccount,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { provisioningModule } from './index.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
/** As where a system has no connector. */
const targets: Targets = {
  use: async () => {
    throw conflict('system.no_connector', 'nothing reaches this system', 'do it by hand');
  },
};
let house: House;
let admin: string;
let zoe: string;
let systemId: string;
let entitlementId: string;
const act = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('arrange').act({ action: 'arrange.all' }, work);

beforeAll(async () => {
  house = await testHouse(() => [graphModule, provisioningModule({ targets }), arrange]);
  await act(async (ctx, permit) => {
    const person = async (displayName: string, username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName, username } })).id;
    admin = await person('Ada Min', 'ada');
    zoe = await person('Zoë Ng', 'zoe');
    for (const identityId of [admin, zoe])
      await startGrant(ctx, permit, {
        identityId,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
    systemId = (await registerSystem(ctx, permit, { name: 'erp', kind: 'export', settings: {} })).id;
    const account = (name: string) => ({
      nativeId: name,
      name,
      state: 'active' as const,
      kind: 'personal' as const,
      attributes: { cost_centre: '7' },
      privilegedBecause: [],
    });
    const entitlement = (nativeId: string) => ({
      nativeId,
      kind: 'group',
      name: nativeId,
      privileged: false,
      attributes: {},
    });
    await applyReading(ctx, permit, {
      systemId,
      trusted: true,
      quality: 'reported',
      reading: {
        accounts: [account('other')],
        entitlements: [entitlement('post'), entitlement('read')],
        holdings: [{ account: 'other', entitlement: 'read' }],
        nesting: [],
      },
    });
    entitlementId = (await findEntitlement(ctx.tx, systemId, 'post'))?.id ?? '';
  });
});
afterAll(() => house.close());

const give = async (): Promise<{ grantId: string; taskId: string }> => {
  const grantId = await act(
    async (ctx, permit) =>
      (await startGrant(ctx, permit, { identityId: zoe, entitlementId, origin: 'admin', reason: 'test' })).id,
  );
  await house.settle();
  const task = await house.db.one<{ id: string; state: string }>(
    sql`select id, state from provision_task where grant_id = ${grantId}`,
  );
  expect(task.state).toBe('manual');
  return { grantId, taskId: task.id };
};
const complete = (input: object, who: string) => house.perform<{ state: string }>('provisioning.complete', input, who);
const held = () =>
  house.db.many<{ name: string; entitlement: string; quality: string; identityId: string | null }>(sql`
    select a.name, e.native_id as entitlement, h.quality, a.identity_id
      from holding h join account a on a.id = h.account_id join entitlement e on e.id = h.entitlement_id
     where a.system_id = ${systemId} and h.valid_to is null order by a.name, e.native_id`);

test('what was done by hand counts as told, with its proof sealed; never on the word of whom it benefits', async () => {
  const { grantId, taskId } = await give();
  await expect(complete({ id: taskId, proof: 'I did it' }, zoe)).rejects.toMatchObject({
    code: 'provisioning.own_benefit',
  });
  expect(await held()).toHaveLength(1);

  expect(await complete({ id: taskId, proof: 'ticket 4711' }, admin)).toMatchObject({ state: 'done' });
  expect(await held()).toEqual([
    { name: 'other', entitlement: 'read', quality: 'reported', identityId: null },
    { name: 'zoe', entitlement: 'post', quality: 'reported', identityId: zoe },
  ]);
  await expect(complete({ id: taskId, proof: 'again' }, admin)).rejects.toMatchObject({
    code: 'provisioning.not_by_hand',
  });
  const realised = await house.db.one<{ data: { proven: boolean } }>(
    sql`select data from audit_event where type = 'access.realised'`,
  );
  expect(realised.data.proven).toBe(false);
  const logged = await house.db.many<{ row: string }>(sql`select e::text as row from audit_event e`);
  expect(logged.some(({ row }) => row.includes('ticket 4711'))).toBe(false);

  await act((ctx, permit) => endGrant(ctx, permit, { grantId, because: 'over' }));
  await house.settle();
  expect(await complete({ id: taskId, proof: 'ticket 4712' }, admin)).toMatchObject({
    wanted: 'absent',
    state: 'done',
  });
  expect(await held()).toEqual([{ name: 'other', entitlement: 'read', quality: 'reported', identityId: null }]);
});

test('it may be told of an account by another name, if that is nobody else’s', async () => {
  const { taskId } = await give();
  await act(async (ctx, permit) => {
    const other = await findAccount(ctx.tx, systemId, 'other');
    await linkAccount(ctx, permit, { accountId: other?.id ?? '', identityId: admin, because: 'test' });
  });
  await expect(complete({ id: taskId, account: 'other', proof: 'x' }, admin)).rejects.toMatchObject({
    code: 'provisioning.account_of_another',
  });
  expect(await complete({ id: taskId, account: 'z.ng', proof: 'x' }, admin)).toMatchObject({ state: 'done' });
  expect((await held()).map(({ name, entitlement }) => `${name} ${entitlement}`)).toEqual(['other read', 'z.ng post']);
  // What the account had besides is untouched by what was told of it.
  const kept = await house.db.one<{ attributes: unknown }>(sql`select attributes from account where name = 'other'`);
  expect(kept.attributes).toEqual({ cost_centre: '7' });
});

import { TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule, sodVerdict, standingConflicts } from '#spine/decide/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { makeEnrolmentLink } from './enrolment-link.ts';
import { signinModule } from './index.ts';

let house: House;
beforeEach(async () => {
  house = await testHouse(({ db, keys, decide }) => [
    graphModule,
    decideModule({ decide }),
    signinModule({ db, keys, publicUrl: 'http://localhost:8470' }),
  ]);
});
afterEach(() => house.close());

const link = (input: { purpose: 'first_administrator' } | { purpose: 'enrol'; identityId: string }): Promise<string> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) => makeEnrolmentLink(ctx, permit, { ...input, hours: 1 }));

const enrol = async (token: string, more: object): Promise<string> => {
  const begun = await house.perform<{ totpUri: string; identityId: string }>('enrolment.begin', {
    token,
    person: { username: 'dana', displayName: 'Dana Example' },
  });
  const secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  const code = new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
  await house.perform('enrolment.finish', {
    token,
    password: { password: 'correct horse battery staple', code },
    ...more,
  });
  return begun.identityId;
};
const DAY = 86_400_000;

test('who installs Reeve alone is security officer too: excepted until a day, on the record, and an open conflict after it', async () => {
  const dana = await enrol(await link({ purpose: 'first_administrator' }), { alsoSecurityOfficer: true });
  expect(await house.perform('me.show', {}, dana)).toMatchObject({
    roles: expect.arrayContaining(['administrator', 'security_officer']) as unknown,
  });
  const { items } = await house.perform<{
    items: { ruleName: string; validTo: Date; reason: string; approvedBy: string; controlOwnerId: string | null }[];
  }>('sod.listExceptions', {}, dana);
  expect(items.map((x) => x.ruleName).toSorted()).toEqual([
    'Define roles and access policies / Approve or assign roles',
    'Hold vault root or unseal key share / Administer vault and safes',
  ]);
  for (const { validTo, reason, approvedBy, controlOwnerId } of items) {
    expect(controlOwnerId).toBe(dana);
    expect((new Date(validTo).getTime() - house.clock.now().getTime()) / DAY).toBeCloseTo(90);
    expect([reason.length > 20, approvedBy]).toEqual([true, 'component:signin']);
  }
  const recorded = await house.db.many<{ type: string }>(
    sql`select type from audit_event where type in ('sod_exception.granted', 'sod.judged') order by type`,
  );
  expect(recorded.map((e) => e.type)).toEqual(['sod.judged', 'sod_exception.granted', 'sod_exception.granted']);

  const open = (): Promise<number> =>
    house.db.tx(async (tx) => (await standingConflicts(tx, dana)).filter((c) => c.validFrom <= tx.now).length);
  expect(await open()).toBe(0);
  house.clock.advance(91 * DAY);
  expect(await open()).toBe(2);
  expect(await house.perform('me.show', {}, dana)).toMatchObject({
    roles: expect.arrayContaining(['administrator', 'security_officer']) as unknown,
  });
});

test('who does not ask for it is administrator alone, and is refused what rules keep apart', async () => {
  const dana = await enrol(await link({ purpose: 'first_administrator' }), {});
  expect(await house.perform('me.show', {}, dana)).toMatchObject({ roles: ['administrator'] });
  const wanted = { entitlementId: ADMIN_ROLES.security_officer, validFrom: house.clock.now(), validTo: null };
  expect((await house.db.tx((tx) => sodVerdict(tx, dana, [wanted]))).outcome).toBe('blocked');
});

test('nobody who comes later has it by their link', async () => {
  await enrol(await link({ purpose: 'first_administrator' }), {});
  const lena = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const made = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Lena', username: 'lena' },
    });
    return made.id;
  });
  const token = await link({ purpose: 'enrol', identityId: lena });
  await expect(enrol(token, { alsoSecurityOfficer: true })).rejects.toMatchObject({
    errors: [{ pointer: '/alsoSecurityOfficer' }],
  });
  expect(await house.perform('me.show', {}, lena)).toMatchObject({ roles: [] });
});

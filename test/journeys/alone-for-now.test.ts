import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeEnrolmentLink } from '#platform/signin/enrolment-link.ts';
import { announceLapses } from '#spine/decide/sod/jobs.ts';
import { ADMIN_ROLES, createIdentity } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

/** Whoever installs Reeve alone answers for being two people, until that ends and the conflict is there for all to see. */

let house: GuardedHouse;
let dana: string;
beforeAll(async () => {
  house = await guardedHouse();
  const token = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'first_administrator', hours: 1 }),
    );
  const person = { username: 'dana', displayName: 'Dana Example' };
  const begun = await house.perform<{ totpUri: string; identityId: string }>('enrolment.begin', { token, person });
  const secret = /secret=([A-Z2-7]+)/u.exec(begun.totpUri)?.[1] ?? '';
  const code = new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
  const password = { password: 'correct horse battery staple', code };
  await house.perform('enrolment.finish', { token, password, alsoSecurityOfficer: true });
  dana = begun.identityId;
  await house.settle(60_000);
});
afterAll(() => house?.close());

const open = async (): Promise<number> =>
  (
    await house.db.many(sql`
      select 1 from sod_violation v join sod_rule r on r.id = v.rule_id
       where v.identity_id = ${dana} and v.cleared_at is null and r.library_id in ('IT-07', 'IT-12')`)
  ).length;
const told = (template = 'sod.exception_lapsed'): Promise<{ to: string[] }[]> =>
  house.db.many(sql`
    select data -> 'to' as to from audit_event where type = 'notice.wanted' and data ->> 'template' = ${template}`);

test('while it lasts it is an exception of theirs that they answer for, and no open conflict', async () => {
  const { items } = await house.perform<{ items: { controlOwnerId: string | null; validTo: Date }[] }>(
    'sod.listExceptions',
    {},
    dana,
  );
  expect(items.map(({ controlOwnerId }) => controlOwnerId)).toEqual([dana, dana]);
  expect(await open()).toBe(0);
});

test('nobody proves the control of their own exception, whoever answers for it', async () => {
  const [first] = (await house.perform<{ items: { id: string }[] }>('sod.listExceptions', {}, dana)).items;
  const run = { exception: first?.id, result: 'passed', reference: 'CHG-1' };
  await expect(house.perform('sod.recordControlRun', run, dana)).rejects.toMatchObject({ status: 403 });
});

test('a month before it ends they are warned', async () => {
  const warn = (): Promise<void> | undefined =>
    house.registry.jobs.get('sod.warnOfEnds')?.run(house.as('sod'), {}) as Promise<void> | undefined;
  await warn();
  expect(await told('sod.exception_ends_soon')).toEqual([]);
  house.clock.advance(60.5 * 86_400_000);
  await warn();
  expect(await told('sod.exception_ends_soon')).toEqual([{ to: [dana] }, { to: [dana] }]);
});

test('after 90 days the conflicts are open, they are told, and keep both roles', async () => {
  house.clock.advance(30.5 * 86_400_000);
  await announceLapses.run(house.as('decide'), {});
  await house.settle(60_000);
  await until(async () => (await open()) === 2, { timeoutMs: 20_000, what: 'both conflicts to be open' });
  expect(await told()).toEqual([{ to: [dana] }, { to: [dana] }]);
  expect(await house.perform('me.show', {}, dana)).toMatchObject({
    roles: expect.arrayContaining(['administrator', 'security_officer']) as unknown,
  });
});

test('the conflicts are over once the other role is somebody else’s', async () => {
  const lena = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: 'Lena', username: 'lena' };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });
  const input = { identity: 'lena', entitlementId: ADMIN_ROLES.security_officer, because: 'appointed' };
  await house.perform('grants.give', input, dana);
  const own = await house.db.one<{ id: string }>(sql`
    select id from access_grant where identity_id = ${dana} and entitlement_id = ${ADMIN_ROLES.security_officer}`);
  await house.perform('grants.end', { id: own.id, because: 'Lena is' }, lena);
  await house.settle(60_000);
  await until(async () => (await open()) === 0, { timeoutMs: 20_000, what: 'the conflicts to be over' });
  expect(await house.perform('me.show', {}, dana)).toMatchObject({ roles: ['administrator'] });
});

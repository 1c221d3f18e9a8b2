import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { abandonVersion, findSecret, promoteVersion, sealVersion, useSecret, vaultModule } from './index.ts';

let house: House;
let officer: string;
let other: string;
const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
/** Lets a component of tests make people and grants. */
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"arrange.all", resource);`,
};

beforeAll(async () => {
  house = await testHouse(({ keys }) => [graphModule, vaultModule({ keys }), arrange]);
  [officer, other] = await house.as('rotation').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const people: string[] = [];
    for (const displayName of ['Officer', 'Other'])
      people.push((await createIdentity(ctx, permit, { kind: 'person', facts: { displayName } })).id);
    for (const identityId of people)
      await startGrant(ctx, permit, { identityId, entitlementId: SECURITY_OFFICER, origin: 'admin', reason: 'test' });
    return [people[0] ?? '', people[1] ?? ''] as const;
  });
});
afterAll(() => house.close());

const store = (name: string, value = 'hunter2-canary'): Promise<{ id: string }> =>
  house.perform('vault.create', { name, kind: 'password', username: 'root', value }, officer);

test('a checkout shows the value to one person at a time, and everybody else hears who has it', async () => {
  const { id } = await store('team/one');
  const out = await house.perform<{ value: string; checkoutId: string }>(
    'vault.checkOut',
    { id, reason: 'INC-1' },
    officer,
  );
  expect(out.value).toBe('hunter2-canary');
  await expect(house.perform('vault.checkOut', { id, reason: 'INC-2' }, other)).rejects.toMatchObject({
    status: 409,
    code: 'secret.checked_out',
    message: expect.stringContaining('Officer') as string,
  });
  await expect(house.perform('vault.checkIn', { id: out.checkoutId }, other)).rejects.toMatchObject({ status: 404 });
  await house.perform('vault.checkIn', { id: out.checkoutId }, officer);
  await house.perform('vault.checkOut', { id, reason: 'INC-2' }, other);
});

test('outside their hours of access nobody takes a secret out, and within them not beyond their end', async () => {
  const { id } = await store('team/hours');
  const now = house.clock.now();
  const hours = (line: string) => sql`
    insert into access_hours (identity_id, hours, time_zone, changed_at, changed_by)
    values (${other}, ${sql.array([line])}::text[], 'UTC', ${now}, 'test')
    on conflict on constraint access_hours_pk do update set hours = excluded.hours`;
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  await house.db.run(hours(`${day[(now.getUTCDay() + 2) % 7] ?? ''} 09:00-10:00`));
  await expect(house.perform('vault.checkOut', { id, reason: 'x' }, other)).rejects.toMatchObject({
    code: 'access.outside_hours',
  });
  const hour = String(now.getUTCHours()).padStart(2, '0');
  const closes = new Date(Math.floor(now.getTime() / 60_000) * 60_000 + 60_000);
  const until = closes.toISOString().slice(11, 16);
  await house.db.run(hours(`${day[now.getUTCDay()] ?? ''} ${hour}:00-${until === '00:00' ? '24:00' : until}`));
  const out = await house.perform<{ endsAt: string }>('vault.checkOut', { id, reason: 'x' }, other);
  expect(new Date(out.endsAt)).toEqual(closes);
  await house.db.run(sql`delete from access_hours where identity_id = ${other}`);
});

test('of a hundred at the same instant one gets it', async () => {
  const { id } = await store('team/race');
  const all = await Promise.allSettled(
    Array.from({ length: 100 }, () => house.perform('vault.checkOut', { id, reason: 'race' }, officer)),
  );
  expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
});

test('a ciphertext moved to another secret, or an old version put back as the current one, does not open', async () => {
  const a = await store('team/a', 'value of a');
  const b = await store('team/b', 'value of b');
  await house.db.run(sql`
    update secret_version v set sealed = o.sealed, wrapped_key = o.wrapped_key from secret_version o
    where v.secret_id = ${b.id} and o.secret_id = ${a.id}`);
  await expect(house.perform('vault.checkOut', { id: b.id, reason: 'x' }, officer)).rejects.toMatchObject({
    code: 'crypto.does_not_open',
  });

  const c = await store('team/c', 'first');
  await house.perform('vault.update', { id: c.id, value: 'second' }, officer);
  await house.db.run(sql`
    update secret_version v set sealed = o.sealed, wrapped_key = o.wrapped_key from secret_version o
    where v.secret_id = ${c.id} and v.version = 2 and o.secret_id = ${c.id} and o.version = 1`);
  await expect(house.perform('vault.checkOut', { id: c.id, reason: 'x' }, officer)).rejects.toMatchObject({
    code: 'crypto.does_not_open',
  });
});

test('a pending version is not used until it is promoted, and an abandoned one never', async () => {
  const { id } = await store('team/rotating', 'old');
  const job = house.as('rotation');
  const value = async (): Promise<string> =>
    job.act({ action: 'secret.use' }, async (ctx, permit) => {
      const secret = await findSecret(ctx.tx, id);
      if (secret === undefined) throw new Error('gone');
      return (
        await useSecret(house.keys, ctx, permit, { secret, systemId: null, purpose: 'rotation' })
      ).value.toString();
    });
  const pending = await job.act({ action: 'secret.update' }, (ctx, permit) =>
    sealVersion(house.keys, ctx, permit, { secretId: id, value: Buffer.from('new') }),
  );
  expect(await value()).toBe('old');
  await expect(
    job.act({ action: 'secret.update' }, (ctx, permit) =>
      sealVersion(house.keys, ctx, permit, { secretId: id, value: Buffer.from('newer') }),
    ),
  ).rejects.toMatchObject({ code: 'secret.version_pending' });
  await job.act({ action: 'secret.update' }, (ctx, permit) =>
    abandonVersion(house.keys, ctx, permit, { secretId: id, version: pending, because: 'the target refused it' }),
  );
  expect(await value()).toBe('old');
  const next = await job.act({ action: 'secret.update' }, (ctx, permit) =>
    sealVersion(house.keys, ctx, permit, { secretId: id, value: Buffer.from('newest') }),
  );
  await job.act({ action: 'secret.update' }, (ctx, permit) =>
    promoteVersion(house.keys, ctx, permit, { secretId: id, version: next }),
  );
  expect(await value()).toBe('newest');
});

test('no value is in the tables or the log in clear', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from secret t union all select to_jsonb(t)::text from secret_version t
    union all select to_jsonb(t)::text from secret_checkout t union all select to_jsonb(t)::text from audit_event t
    union all select to_jsonb(t)::text from answered_call t`);
  expect(dump.map((d) => d.row).join('\n')).not.toContain('hunter2-canary');
});

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, startPostgres, type LabPostgres } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, linkAccount, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const hasClient = existsSync('/usr/bin/psql');
if (!hasClient) console.log('SKIP drift on a real server: psql is not installed (postgresql-client)');

let house: GuardedHouse;
let target: LabPostgres;
let systemId: string;
let admin: string;
const people = new Map<string, string>();

/** Something done on the server behind Reeve's back. */
const psql = async (statement: string): Promise<string> => {
  const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
    env: { PATH: '/usr/bin:/bin', ...target.env() },
  });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};
const isMember = async (role: string, of: string): Promise<boolean> =>
  (await psql(`select pg_has_role('${role}', '${of}', 'member')`)) === 't';

interface Case {
  readonly id: string;
  readonly situation: string;
  readonly accountName: string | null;
  readonly entitlementName: string | null;
  readonly privileged: boolean;
  readonly state: string;
  readonly problem: string | null;
}
const cases = async (state?: string): Promise<readonly Case[]> =>
  (await house.perform<{ items: Case[] }>('drift.list', { systemId, state, limit: 100 }, admin)).items;
const theCase = async (situation: string, account: string | null, entitlement: string | null): Promise<Case> => {
  const all = await cases();
  const found = all.find(
    (c) => c.situation === situation && c.accountName === account && c.entitlementName === entitlement,
  );
  if (found === undefined) throw new Error(`no case ${situation} ${account} ${entitlement}: ${JSON.stringify(all)}`);
  return found;
};
const decide = async (ids: readonly string[], reaction: string): Promise<{ massChangeId: string; state: string }> => {
  const made = await house.perform<{ massChangeId: string; state: string }>(
    'drift.decide',
    { ids, reaction, because: 'looked into it' },
    admin,
  );
  await house.settle(30_000);
  return made;
};
/** Reads the server again, a while later, and waits for all that follows. */
const readAgain = async (): Promise<void> => {
  house.clock.advance(60_000);
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(30_000);
};

describe.skipIf(!hasClient)('what is changed behind Reeve’s back on a real PostgreSQL server', () => {
  beforeAll(async () => {
    [house, target] = await Promise.all([guardedHouse(), startPostgres()]);
    await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      for (const name of ['first-admin', 'lena', 'annika', 'priya', 'mikael']) {
        const made = await createIdentity(ctx, permit, {
          kind: 'person',
          facts: { displayName: name, username: name },
        });
        people.set(name, made.id);
      }
      admin = people.get('first-admin') ?? '';
      await startGrant(ctx, permit, {
        identityId: admin,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
    });
    const connected = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name: 'orders',
        kind: 'postgres',
        host: target.host,
        port: target.port,
        settings: { database: 'shop' },
        pinned: [target.tls === undefined ? 'tls:none' : `tls-sha256:${target.tls.fingerprint256}`],
        username: target.superuser.username,
        secret: { kind: 'password', value: target.superuser.password },
      },
      admin,
    );
    systemId = connected.id;
    await house.perform('discovery.read', { id: systemId }, admin);
    await house.settle(30_000);
    await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      for (const name of ['lena', 'annika', 'priya', 'mikael']) {
        const account = await ctx.tx.one<{ id: string }>(
          sql`select id from account where name = ${name} and system_id = ${systemId}`,
        );
        await linkAccount(ctx, permit, { accountId: account.id, identityId: people.get(name) ?? '', because: 'test' });
      }
    });
  });
  afterAll(async () => {
    await house?.close();
    await target?.stop();
  });

  test('what was there at the first reading is no case', async () => {
    await readAgain();
    expect(await cases()).toEqual([]);
  });

  test('something granted there is a case, told once; adopted, it is a grant', async () => {
    await psql('grant shop_write to lena');
    await readAgain();
    await readAgain();
    const found = await theCase('out_of_band', 'lena', 'shop_write');
    expect((await cases('open')).map((c) => c.id)).toEqual([found.id]);
    await decide([found.id], 'adopt');
    expect(await theCase('out_of_band', 'lena', 'shop_write')).toMatchObject({ state: 'adopted' });
    const grants = await house.db.many<{ origin: string }>(sql`
      select origin from access_grant where identity_id = ${people.get('lena') ?? ''} and ended_because is null`);
    expect(grants).toEqual([{ origin: 'import' }]);
    await readAgain();
    expect(await cases('open')).toEqual([]);
  });

  test('removed by decision, it is gone on the server, and one command puts it back', async () => {
    await psql('grant dba to annika');
    await readAgain();
    const found = await theCase('out_of_band', 'annika', 'dba');
    const { massChangeId } = await decide([found.id], 'remove');
    expect(await isMember('annika', 'dba')).toBe(false);
    expect(await theCase('out_of_band', 'annika', 'dba')).toMatchObject({ state: 'removed' });
    await house.perform('massChanges.undo', { id: massChangeId, because: 'she needs it' }, admin);
    await house.settle(30_000);
    expect(await isMember('annika', 'dba')).toBe(true);
    await psql('revoke dba from annika');
    await readAgain();
  });

  test('what was granted and is taken away there is missing; restored, it is back', async () => {
    await psql('revoke shop_write from lena');
    await readAgain();
    const found = await theCase('missing', null, 'shop_write');
    expect(found.state).toBe('open');
    await decide([found.id], 'restore');
    expect(await isMember('lena', 'shop_write')).toBe(true);
    await readAgain();
    expect(await theCase('missing', null, 'shop_write')).toMatchObject({ state: 'restored' });
  });

  test('a new account of nobody is a case; locked by decision, it cannot log in', async () => {
    await psql(`create role stranger login password '${target.superuser.password}x'`);
    await readAgain();
    const found = await theCase('orphan_account', 'stranger', null);
    await decide([found.id], 'disable');
    expect(await psql(`select rolcanlogin from pg_roles where rolname = 'stranger'`)).toBe('f');
    expect(await theCase('orphan_account', 'stranger', null)).toMatchObject({ state: 'disabled' });
  });

  test('accepted for a time it is quiet, then open again', async () => {
    await psql('grant shop_read to mikael');
    await readAgain();
    const found = await theCase('out_of_band', 'mikael', 'shop_read');
    const until = new Date(house.clock.now().getTime() + 3_600_000).toISOString();
    await house.perform('drift.accept', { ids: [found.id], until, because: 'the audit week' }, admin);
    await readAgain();
    expect(await theCase('out_of_band', 'mikael', 'shop_read')).toMatchObject({ id: found.id, state: 'accepted' });
    house.clock.advance(3_600_000);
    await readAgain();
    expect(await theCase('out_of_band', 'mikael', 'shop_read')).toMatchObject({ id: found.id, state: 'open' });
    await psql('revoke shop_read from mikael');
    await readAgain();
    expect(await theCase('out_of_band', 'mikael', 'shop_read')).toMatchObject({ state: 'gone' });
  });

  test('removed of itself where that is set, but over the limit nothing is', async () => {
    await house.perform('drift.setReaction', { situation: 'out_of_band', reaction: 'remove', systemId }, admin);
    await house.perform(
      'changeLimits.put',
      { kind: 'drift', systemId, limits: { delete: { percent: 0, free: 1, most: null } } },
      admin,
    );
    await psql('grant reporting to mikael');
    await readAgain();
    await house.settle(30_000);
    expect(await isMember('mikael', 'reporting')).toBe(false);
    await psql('grant reporting to mikael; grant reporting to priya');
    await readAgain();
    expect([await isMember('mikael', 'reporting'), await isMember('priya', 'reporting')]).toEqual([true, true]);
    const { items } = await house.perform<{ items: { id: string; state: string }[] }>(
      'massChanges.list',
      { kind: 'drift', state: 'held' },
      admin,
    );
    expect(items).toHaveLength(1);
    await house.perform('massChanges.accept', { id: items[0]?.id, because: 'both are wrong' }, admin);
    await house.settle(30_000);
    expect([await isMember('mikael', 'reporting'), await isMember('priya', 'reporting')]).toEqual([false, false]);
  });

  test('nobody decides about what is theirs, and a reaction has to fit', async () => {
    await house.perform('drift.setReaction', { situation: 'out_of_band', reaction: 'review', systemId }, admin);
    await psql('grant shop_read to priya');
    await readAgain();
    const found = await theCase('out_of_band', 'priya', 'shop_read');
    await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
      startGrant(ctx, permit, {
        identityId: people.get('priya') ?? '',
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      }),
    );
    const ask = { ids: [found.id], because: 'x' };
    await expect(
      house.perform('drift.decide', { ...ask, reaction: 'adopt' }, people.get('priya')),
    ).rejects.toMatchObject({ code: 'drift_case.own_benefit' });
    await expect(house.perform('drift.decide', { ...ask, reaction: 'restore' }, admin)).rejects.toMatchObject({
      status: 422,
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  describeEntitlement,
  effectiveAccess,
  findAccountEntitlement,
  getAccount,
  getEntitlement,
  getSystem,
  linkAccount,
  listAccounts,
  listEntitlements,
  listSystems,
  markPrivileged,
  pinSystem,
  putEntitlement,
  registerSystem,
  startGrant,
  unlinkAccount,
  whoCouldReach,
} from '../index.ts';
import { WEB, account, person, webHost, type WebHost } from '../readings/web-host.ts';
import { write, type SeenEvent } from '../testing.ts';

let t: TestDatabase;
let web: WebHost;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());
beforeEach(async () => {
  t.clock.advance(60_000);
  web = await webHost(t.db);
  await web.read();
});

const DAY = 86_400_000;
const link = async (accountId: string, identityId: string): Promise<void> =>
  await write(t.db, (ctx, permit) => linkAccount(ctx, permit, { accountId, identityId, because: 'test' }));
const unlink = async (accountId: string): Promise<void> =>
  await write(t.db, (ctx, permit) => unlinkAccount(ctx, permit, { accountId, because: 'moved' }));

describe('whose an account is', () => {
  test('an account belongs to one identity; taking it needs it to be given up first', async () => {
    const [lena, omar, id] = [await person(t.db, 'Lena'), await person(t.db, 'Omar'), await web.account('lena')];
    await link(id, lena);
    await link(id, lena);
    await expect(link(id, omar)).rejects.toMatchObject({ code: 'account.belongs_to_another' });
    await unlink(id);
    await expect(unlink(id)).rejects.toMatchObject({ code: 'account.belongs_to_nobody' });
    await link(id, omar);
    expect((await t.db.tx((tx) => getAccount(tx, id)))?.identityId).toBe(omar);
  });

  test('a question about the past names the owner of then: the first one since the account began, later ones since they were said', async () => {
    const began = t.clock.now();
    const [lena, omar, id] = [await person(t.db, 'Lena'), await person(t.db, 'Omar'), await web.account('lena')];
    const staff = await web.entitlement('staff');
    t.clock.advance(DAY);
    await link(id, lena);
    t.clock.advance(DAY);
    await unlink(id);
    await link(id, omar);
    const who = async (at: Date): Promise<string[]> =>
      (await t.db.tx((tx) => whoCouldReach(tx, { entitlementId: staff, at }))).map((r) => r.identityId);
    expect(await who(began)).toEqual([lena]);
    expect(await who(new Date(began.getTime() + 2 * DAY - 1))).toEqual([lena]);
    expect(await who(new Date(began.getTime() + 2 * DAY))).toEqual([omar]);
    const asKnownAtFirst = await t.db.tx((tx) =>
      whoCouldReach(tx, { entitlementId: staff, at: began, knownAt: began }),
    );
    expect(asKnownAtFirst).toEqual([]);
  });

  test('one that is gone is nobody’s to get', async () => {
    const [lena, id] = [await person(t.db, 'Lena'), await web.account('lena')];
    t.clock.advance(60_000);
    await web.read({ ...WEB, accounts: [account('root'), account('omar')], holdings: [] });
    await expect(link(id, lena)).rejects.toMatchObject({ code: 'account.gone' });
  });

  test('orphans, privileged and unused ones can be listed; unknown last use is never unused', async () => {
    t.clock.advance(60_000);
    await web.read({
      ...WEB,
      accounts: [account('lena', { lastUsedAt: '2025-01-01T00:00:00Z' }), account('omar'), ...WEB.accounts.slice(0, 1)],
    });
    await link(await web.account('lena'), await person(t.db, 'Lena'));
    const names = async (filter: Parameters<typeof listAccounts>[1]): Promise<string[]> =>
      (await t.db.tx((tx) => listAccounts(tx, filter))).items.map((a) => a.name).sort();
    const { systemId } = web;
    expect(await names({ filter: { systemId, orphan: true } })).toEqual(['omar', 'root']);
    expect(await names({ filter: { systemId, privileged: true } })).toEqual(['root']);
    expect(await names({ filter: { systemId, unusedSince: t.clock.now() } })).toEqual(['lena']);
    expect(await names({ filter: { systemId, search: 'r' } })).toEqual(['root']);
  });
});

describe('a privileged account', () => {
  test('is so as long as anybody has a reason; a reading’s own reasons are not argued away', async () => {
    const id = await web.account('root');
    const mark = async (source: string, reasons: string[]) =>
      await write(t.db, (ctx, permit) =>
        markPrivileged(ctx, permit, {
          accountId: id,
          source,
          because: reasons.map((reason) => ({ reason, evidence: 'e' })),
        }),
      );
    expect((await mark('discovery', ['owns keys'])).privilegedBecause.map((r) => r.source)).toEqual([
      'discovery',
      'reading',
    ]);
    expect((await mark('discovery', [])).privileged).toBe(true);
    await expect(mark('reading', [])).rejects.toMatchObject({ status: 422 });
    await mark('person', ['break glass']);
    t.clock.advance(60_000);
    await web.read({ ...WEB, accounts: WEB.accounts.map((a) => ({ ...a, privilegedBecause: [] })) });
    expect((await t.db.tx((tx) => getAccount(tx, id)))?.privilegedBecause).toEqual([
      { source: 'person', reason: 'break glass', evidence: 'e' },
    ]);
    expect((await mark('person', [])).privileged).toBe(false);
  });

  test('that is shared gives what it holds to those who may use it, and the path shows it', async () => {
    const [omar, root, lena] = [await web.account('omar'), await web.account('root'), await person(t.db, 'Lena')];
    const use = async (accountId: string, name: string) =>
      await write(t.db, (ctx, permit) =>
        putEntitlement(ctx, permit, {
          systemId: web.systemId,
          kind: 'account',
          nativeId: `account:${name}`,
          name: `use ${name}`,
          accountId,
        }),
      );
    const [useOmar, useRoot] = [await use(omar, 'omar'), await use(root, 'root')];
    expect((await t.db.tx((tx) => findAccountEntitlement(tx, root)))?.id).toBe(useRoot.id);
    await write(t.db, async (ctx, permit) => {
      for (const entitlementId of [useOmar.id, useRoot.id])
        await startGrant(ctx, permit, { identityId: lena, entitlementId, origin: 'jit', reason: 'x' });
    });
    const rows = await t.db.tx((tx) => effectiveAccess(tx, lena));
    expect(rows.map((r) => [r.path.map((s) => s.name).join(' → '), r.accountId, r.privileged])).toEqual(
      expect.arrayContaining([
        ['jit → use omar → omar → sudo', omar, true],
        ['jit → use omar → omar → staff', omar, false],
        ['jit → use root → root', root, true],
        ['jit → use root', undefined, true],
      ]),
    );
    t.clock.advance(60_000);
    await web.read({ ...WEB, accounts: WEB.accounts.filter((a) => a.name !== 'root') });
    expect((await t.db.tx((tx) => getEntitlement(tx, useRoot.id)))?.validTo).toEqual(t.clock.now());
    expect((await t.db.tx((tx) => effectiveAccess(tx, lena))).map((r) => r.accountId)).not.toContain(root);
  });
});

describe('an entitlement', () => {
  test('without an owner or a description cannot be requestable, and waits in the steward’s queue', async () => {
    const id = await web.entitlement('docker');
    const say = async (more: Record<string, unknown>) =>
      await write(t.db, (ctx, permit) => describeEntitlement(ctx, permit, { entitlementId: id, ...more }));
    const queue = async (): Promise<string[]> =>
      (
        await t.db.tx((tx) => listEntitlements(tx, { filter: { systemId: web.systemId, undescribed: true } }))
      ).items.map((e) => e.id);
    expect(await queue()).toContain(id);
    await expect(say({ requestable: true })).rejects.toMatchObject({
      code: 'graph.requestable_entitlement_has_owner_and_description',
    });
    await expect(say({ requestable: true, ownerId: await person(t.db, 'O'), description: ' ' })).rejects.toMatchObject({
      status: 409,
    });
    await say({
      requestable: true,
      ownerId: await person(t.db, 'O'),
      description: 'Build images',
      risk: 'high',
      maxSeconds: 7200,
    });
    expect(await queue()).not.toContain(id);
    await expect(say({ ownerId: null })).rejects.toMatchObject({ status: 409 });
  });

  test('marked privileged by a person stays so whatever is read; the mark withdrawn, the target decides', async () => {
    const id = await web.entitlement('docker');
    const privileged = async (): Promise<boolean | undefined> =>
      (await t.db.tx((tx) => getEntitlement(tx, id)))?.privileged;
    const mark = async (markedPrivileged: boolean) =>
      await write(t.db, (ctx, permit) => describeEntitlement(ctx, permit, { entitlementId: id, markedPrivileged }));
    await mark(true);
    t.clock.advance(60_000);
    await web.read();
    expect(await privileged()).toBe(true);
    await mark(false);
    expect(await privileged()).toBe(false);
    t.clock.advance(60_000);
    await web.read({ ...WEB, entitlements: WEB.entitlements.map((e) => ({ ...e, privileged: true })) });
    await mark(false);
    expect(await privileged()).toBe(true);
  });

  test('put twice is one, and cannot change what it is', async () => {
    const put = async (kind: string) =>
      await write(t.db, (ctx, permit) =>
        putEntitlement(ctx, permit, { systemId: web.systemId, kind, nativeId: 'sudo:ALL', name: 'sudo' }),
      );
    expect((await put('sudo')).id).toBe((await put('sudo')).id);
    await expect(put('group')).rejects.toMatchObject({ code: 'entitlement.is_another_kind' });
  });
});

describe('a system', () => {
  test('is found by name and id, once; there is one Reeve', async () => {
    const seen: SeenEvent[] = [];
    const made = await write(
      t.db,
      (ctx, permit) => registerSystem(ctx, permit, { name: 'hr-db', kind: 'postgres', port: 5432 }),
      seen,
    );
    expect(seen).toEqual([
      { type: 'system.registered', subject: undefined, data: { systemId: made.id, name: 'hr-db', kind: 'postgres' } },
    ]);
    expect(await t.db.tx((tx) => getSystem(tx, 'hr-db'))).toEqual(made);
    await write(t.db, (ctx, permit) =>
      pinSystem(ctx, permit, { systemId: made.id, pinned: ['SHA256:b', 'SHA256:a', 'SHA256:b'] }),
    );
    expect((await t.db.tx((tx) => getSystem(tx, made.id)))?.pinned).toEqual(['SHA256:a', 'SHA256:b']);
    const again = async (name: string, kind = 'linux') =>
      await write(t.db, (ctx, permit) => registerSystem(ctx, permit, { name, kind }));
    await expect(again('hr-db')).rejects.toMatchObject({ code: 'graph.system_name_is_one_systems' });
    await expect(again('root@web1')).rejects.toMatchObject({ code: 'graph.system_name_can_follow_an_at_sign' });
    await expect(again('second', 'reeve')).rejects.toMatchObject({ status: 422 });
    const first = await t.db.tx((tx) => listSystems(tx, { limit: 1 }));
    const second = await t.db.tx((tx) => listSystems(tx, { limit: 1, cursor: first.nextCursor ?? '' }));
    expect([first.items[0]?.name, second.items[0]?.name]).toEqual(['hr-db', 'reeve']);
  });
});

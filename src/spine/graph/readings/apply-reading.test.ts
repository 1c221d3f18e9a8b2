import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  applyAccountReading,
  findAccount,
  findEntitlement,
  getAccount,
  getEntitlement,
  linkAccount,
  listAccounts,
  listHoldings,
  markPrivileged,
  putEntitlement,
} from '../index.ts';
import { write, type SeenEvent } from '../testing.ts';
import { WEB, account, group, holds, person, webHost, type WebHost } from './web-host.ts';

let t: TestDatabase;
let web: WebHost;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());
beforeEach(async () => {
  t.clock.advance(60_000);
  web = await webHost(t.db);
});

describe('a whole reading', () => {
  test('the first one brings accounts, entitlements and holdings, and calls only the privileged remarkable', async () => {
    const seen: SeenEvent[] = [];
    const result = await web.read(WEB, { seen });
    expect(result.baseline).toBe(true);
    expect(result.counts).toMatchObject({
      accountsAppeared: 3,
      entitlementsAppeared: 3,
      holdingsAppeared: 3,
      withheld: 0,
    });
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
    expect(seen.map((e) => e.type)).toEqual(['system.read', 'account.appeared', 'holding.appeared']);
    expect(seen[1]?.data['accountIds']).toEqual([await web.account('root')]);
    expect(seen[2]?.data['holdings']).toEqual([
      { accountId: await web.account('omar'), entitlementId: await web.entitlement('sudo') },
    ]);
  });

  test('read again unchanged, it writes no row and no history', async () => {
    await web.read();
    t.clock.advance(60_000);
    const before = await t.db.many(sql`select 'a' as what, id::text, recorded_from from account union all
      select 'e', id::text, recorded_from from entitlement union all select 'h', account_id::text || entitlement_id, recorded_from from holding order by 1, 2`);
    const seen: SeenEvent[] = [];
    const result = await web.read(WEB, { seen });
    expect(result.counts).toMatchObject({
      accountsAppeared: 0,
      accountsChanged: 0,
      accountsGone: 0,
      holdingsAppeared: 0,
      holdingsGone: 0,
    });
    expect(seen.map((e) => e.type)).toEqual(['system.read']);
    const after = await t.db.many(sql`select 'a' as what, id::text, recorded_from from account union all
      select 'e', id::text, recorded_from from entitlement union all select 'h', account_id::text || entitlement_id, recorded_from from holding order by 1, 2`);
    expect(after).toEqual(before);
  });

  test('a holding seen again counts as observed by the later reading', async () => {
    await web.read();
    t.clock.advance(3_600_000);
    await web.read();
    const [held] = await t.db.tx(async (tx) => listHoldings(tx, { accountId: await web.account('lena') }));
    expect(held?.observedAt).toEqual(t.clock.now());
    expect(held?.validFrom).not.toEqual(t.clock.now());
  });

  test('what is no longer there ends, with its holdings, and no row is deleted', async () => {
    await web.read();
    const omar = await web.account('omar');
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    const result = await web.read(
      {
        ...WEB,
        accounts: WEB.accounts.filter((a) => a.name !== 'omar'),
        holdings: [holds('lena', 'staff')],
        entitlements: WEB.entitlements.filter((e) => e.name !== 'docker'),
        nesting: [],
      },
      { seen },
    );
    expect(result.counts).toMatchObject({ accountsGone: 1, holdingsGone: 2, entitlementsGone: 1 });
    const gone = await t.db.tx((tx) => getAccount(tx, omar));
    expect(gone).toMatchObject({ state: 'gone', validTo: t.clock.now() });
    expect(
      await t.db.one(sql`select count(*) as n from holding h where h.account_id = ${omar} and h.valid_to is not null`),
    ).toEqual({ n: 2 });
    expect(seen.map((e) => e.type)).toContain('holding.gone');
  });

  test('an untrusted one takes nothing away, says what it withheld, and still adds', async () => {
    await web.read();
    t.clock.advance(60_000);
    const result = await web.read(
      {
        accounts: [account('lena', { state: 'locked' }), account('zoe')],
        entitlements: [group('sudo')],
        holdings: [],
        nesting: [],
      },
      { trusted: false },
    );
    expect(result.counts).toMatchObject({
      accountsAppeared: 1,
      accountsGone: 0,
      holdingsGone: 0,
      entitlementsGone: 0,
      withheld: 8,
    });
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
    expect((await t.db.tx((tx) => findAccount(tx, web.systemId, 'lena')))?.state).toBe('active');
    expect((await t.db.tx((tx) => findEntitlement(tx, web.systemId, 'group:sudo')))?.privileged).toBe(true);
  });

  test('one that names a thing it does not list, or lists one twice, is refused whole', async () => {
    await expect(web.read({ ...WEB, holdings: [holds('nobody', 'staff')] })).rejects.toMatchObject({
      code: 'reading.malformed',
    });
    await expect(web.read({ ...WEB, accounts: [account('lena'), account('lena')] })).rejects.toMatchObject({
      code: 'reading.malformed',
    });
    expect((await t.db.tx((tx) => listAccounts(tx, { filter: { systemId: web.systemId } }))).items).toEqual([]);
  });

  test('one that began before the last one is refused', async () => {
    const early = t.clock.now();
    t.clock.advance(60_000);
    await web.read();
    await expect(web.read(WEB, { readAt: early })).rejects.toMatchObject({ code: 'reading.stale' });
  });

  test('keeps the owner, the marks and the description people gave', async () => {
    await web.read();
    const lena = await person(t.db, 'Lena');
    const id = await web.account('lena');
    await write(t.db, async (ctx, permit) => {
      await linkAccount(ctx, permit, { accountId: id, identityId: lena, because: 'same username' });
      await markPrivileged(ctx, permit, {
        accountId: id,
        source: 'discovery',
        because: [{ reason: 'runs backups', evidence: 'cron' }],
      });
    });
    t.clock.advance(60_000);
    await web.read({
      ...WEB,
      accounts: WEB.accounts.map((a) =>
        a.name === 'lena' ? { ...a, attributes: { shell: '/bin/zsh' }, kind: 'unknown' } : a,
      ),
    });
    expect(await t.db.tx((tx) => getAccount(tx, id))).toMatchObject({
      identityId: lena,
      kind: 'personal',
      privileged: true,
      privilegedBecause: [{ source: 'discovery', reason: 'runs backups', evidence: 'cron' }],
      attributes: { shell: '/bin/zsh' },
    });
  });

  test('never ends an entitlement made by Reeve', async () => {
    await web.read();
    const made = await write(t.db, (ctx, permit) =>
      putEntitlement(ctx, permit, { systemId: web.systemId, kind: 'sudo', nativeId: 'sudo:ALL', name: 'sudo on web' }),
    );
    t.clock.advance(60_000);
    await web.read();
    expect((await t.db.tx((tx) => getEntitlement(tx, made.id)))?.validTo).toBeNull();
  });

  test('an account that comes back is a new one that belongs to nobody', async () => {
    await web.read();
    const first = await web.account('lena');
    await write(t.db, async (ctx, permit) =>
      linkAccount(ctx, permit, { accountId: first, identityId: await person(t.db, 'Lena'), because: 'x' }),
    );
    t.clock.advance(60_000);
    await web.read({ ...WEB, accounts: WEB.accounts.filter((a) => a.name !== 'lena'), holdings: [] });
    t.clock.advance(60_000);
    await web.read();
    const second = await t.db.tx((tx) => findAccount(tx, web.systemId, 'lena'));
    expect(second?.id).not.toBe(first);
    expect(second?.identityId).toBeNull();
  });
});

describe('a reading that began before something newer was read back', () => {
  test('does not end what was given since', async () => {
    await web.read();
    t.clock.advance(60_000);
    const began = t.clock.now();
    t.clock.advance(5_000);
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, {
        systemId: web.systemId,
        name: 'lena',
        found: { account: account('lena'), holdings: ['group:staff', 'group:sudo'] },
      }),
    );
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, {
        systemId: web.systemId,
        name: 'new',
        found: { account: account('new'), holdings: [] },
      }),
    );
    t.clock.advance(5_000);
    await web.read(WEB, { readAt: began });
    expect(await web.heldBy('lena')).toEqual(['staff', 'sudo']);
    expect(await web.account('new')).toBeTruthy();
  });

  test('does not bring back what was withdrawn since', async () => {
    await web.read();
    t.clock.advance(60_000);
    const began = t.clock.now();
    t.clock.advance(5_000);
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, {
        systemId: web.systemId,
        name: 'omar',
        found: { account: account('omar'), holdings: ['group:staff'] },
      }),
    );
    t.clock.advance(5_000);
    await web.read(WEB, { readAt: began });
    expect(await web.heldBy('omar')).toEqual(['staff']);
  });
});

describe('a fresh look at one account', () => {
  test('brings a new account and its holdings, and names what the graph does not know', async () => {
    await web.read();
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    const result = await write(
      t.db,
      (ctx, permit) =>
        applyAccountReading(ctx, permit, {
          systemId: web.systemId,
          name: 'zoe',
          found: { account: account('zoe'), holdings: ['group:sudo', 'group:new'] },
        }),
      seen,
    );
    expect(result).toEqual({
      accountId: await web.account('zoe'),
      entitlementIds: [await web.entitlement('sudo')],
      unknown: ['group:new'],
    });
    expect(seen.map((e) => e.type)).toEqual(['account.read', 'account.appeared', 'holding.appeared']);
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
  });

  test('ends an account that is not found, and nothing else', async () => {
    await web.read();
    t.clock.advance(60_000);
    const result = await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, { systemId: web.systemId, name: 'omar', found: undefined }),
    );
    expect(result).toEqual({ accountId: undefined, entitlementIds: [], unknown: [] });
    const left = await t.db.tx((tx) => listAccounts(tx, { filter: { systemId: web.systemId } }));
    expect(left.items.map((a) => a.name).sort()).toEqual(['lena', 'root']);
    expect(await web.heldBy('lena')).toEqual(['staff']);
  });
});

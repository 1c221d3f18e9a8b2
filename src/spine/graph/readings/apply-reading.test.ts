import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  applyAccountReading,
  applyReading,
  createIdentity,
  drift,
  endGrant,
  findAccount,
  findEntitlement,
  getAccount,
  getEntitlement,
  linkAccount,
  listAccounts,
  listHoldings,
  markPrivileged,
  putEntitlement,
  registerSystem,
  startGrant,
  type ReadAccount,
  type SystemReading,
} from '../index.ts';
import { write, type SeenEvent } from '../testing.ts';

let t: TestDatabase;
let systemId: string;
let n = 0;

const account = (name: string, more: Partial<ReadAccount> = {}): ReadAccount => ({
  nativeId: `uid:${name}`,
  name,
  state: 'active',
  kind: 'personal',
  attributes: { shell: '/bin/bash' },
  privilegedBecause: [],
  ...more,
});
const group = (name: string, privileged = false): SystemReading['entitlements'][number] => ({
  nativeId: `group:${name}`,
  kind: 'group',
  name,
  privileged,
  attributes: {},
});
const holds = (name: string, entitlement: string): SystemReading['holdings'][number] => ({
  account: `uid:${name}`,
  entitlement: `group:${entitlement}`,
});
const WEB: SystemReading = {
  accounts: [
    account('root', { kind: 'shared', privilegedBecause: [{ reason: 'uid 0', evidence: 'passwd: root:x:0' }] }),
    account('lena'),
    account('omar'),
  ],
  entitlements: [group('sudo', true), group('docker'), group('staff')],
  holdings: [holds('lena', 'staff'), holds('omar', 'staff'), holds('omar', 'sudo')],
  nesting: [{ parent: 'group:docker', child: 'group:staff' }],
};

const read = async (reading: SystemReading, more: { trusted?: boolean; readAt?: Date; seen?: SeenEvent[] } = {}) =>
  await write(
    t.db,
    (ctx, permit) =>
      applyReading(ctx, permit, {
        systemId,
        reading,
        trusted: more.trusted ?? true,
        ...(more.readAt === undefined ? {} : { readAt: more.readAt }),
      }),
    more.seen,
  );
const accountId = async (name: string): Promise<string> => {
  const found = await t.db.tx((tx) => findAccount(tx, systemId, name));
  if (found === undefined) throw new Error(`no account ${name}`);
  return found.id;
};
const entitlementId = async (name: string): Promise<string> => {
  const found = await t.db.tx((tx) => findEntitlement(tx, systemId, `group:${name}`));
  if (found === undefined) throw new Error(`no entitlement ${name}`);
  return found.id;
};
const heldBy = async (name: string): Promise<string[]> =>
  await t.db.tx(async (tx) => {
    const held = await listHoldings(tx, { accountId: (await findAccount(tx, systemId, name))?.id ?? '' });
    const names = await Promise.all(held.map((h) => getEntitlement(tx, h.entitlementId)));
    return names.map((e) => e?.name ?? '').sort();
  });
const person = async (name: string): Promise<string> =>
  (await write(t.db, (ctx, permit) => createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name } }))).id;

beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());
beforeEach(async () => {
  t.clock.advance(60_000);
  n += 1;
  systemId = (await write(t.db, (ctx, permit) => registerSystem(ctx, permit, { name: `web${n}`, kind: 'linux' }))).id;
});

describe('a whole reading', () => {
  test('the first one brings accounts, entitlements and holdings, and calls only the privileged remarkable', async () => {
    const seen: SeenEvent[] = [];
    const result = await read(WEB, { seen });
    expect(result.baseline).toBe(true);
    expect(result.counts).toMatchObject({ accountsAppeared: 3, entitlementsAppeared: 3, holdingsAppeared: 3, withheld: 0 });
    expect(await heldBy('omar')).toEqual(['staff', 'sudo']);
    expect(seen.map((e) => e.type)).toEqual(['system.read', 'account.appeared', 'holding.appeared']);
    expect(seen[1]?.data['accountIds']).toEqual([await accountId('root')]);
    expect(seen[2]?.data['holdings']).toEqual([
      { accountId: await accountId('omar'), entitlementId: await entitlementId('sudo') },
    ]);
  });

  test('read again unchanged, it writes no row and no history', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const before = await t.db.many(sql`select 'a' as what, id::text, recorded_from from account union all
      select 'e', id::text, recorded_from from entitlement union all select 'h', account_id::text || entitlement_id, recorded_from from holding order by 1, 2`);
    const seen: SeenEvent[] = [];
    const result = await read(WEB, { seen });
    expect(result.counts).toMatchObject({ accountsAppeared: 0, accountsChanged: 0, accountsGone: 0, holdingsAppeared: 0, holdingsGone: 0 });
    expect(seen.map((e) => e.type)).toEqual(['system.read']);
    const after = await t.db.many(sql`select 'a' as what, id::text, recorded_from from account union all
      select 'e', id::text, recorded_from from entitlement union all select 'h', account_id::text || entitlement_id, recorded_from from holding order by 1, 2`);
    expect(after).toEqual(before);
  });

  test('a holding seen again counts as observed by the later reading', async () => {
    await read(WEB);
    t.clock.advance(3_600_000);
    await read(WEB);
    const [held] = await t.db.tx(async (tx) => listHoldings(tx, { accountId: await accountId('lena') }));
    expect(held?.observedAt).toEqual(t.clock.now());
    expect(held?.validFrom).not.toEqual(t.clock.now());
  });

  test('what is no longer there ends, with its holdings, and no row is deleted', async () => {
    await read(WEB);
    const omar = await accountId('omar');
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    const result = await read(
      { ...WEB, accounts: WEB.accounts.filter((a) => a.name !== 'omar'), holdings: [holds('lena', 'staff')], entitlements: WEB.entitlements.filter((e) => e.name !== 'docker'), nesting: [] },
      { seen },
    );
    expect(result.counts).toMatchObject({ accountsGone: 1, holdingsGone: 2, entitlementsGone: 1 });
    expect(result.goneAccounts).toEqual([omar]);
    const gone = await t.db.tx((tx) => getAccount(tx, omar));
    expect(gone).toMatchObject({ state: 'gone', validTo: t.clock.now() });
    expect(await t.db.one(sql`select count(*) as n from holding h where h.account_id = ${omar} and h.valid_to is not null`)).toEqual({ n: 2 });
    expect(seen.map((e) => e.type)).toContain('holding.gone');
  });

  test('an untrusted one takes nothing away, says what it withheld, and still adds', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const result = await read(
      { accounts: [account('lena', { state: 'locked' }), account('zoe')], entitlements: [group('sudo')], holdings: [], nesting: [] },
      { trusted: false },
    );
    expect(result.counts).toMatchObject({ accountsAppeared: 1, accountsGone: 0, holdingsGone: 0, entitlementsGone: 0, withheld: 8 });
    expect(await heldBy('omar')).toEqual(['staff', 'sudo']);
    expect((await t.db.tx((tx) => findAccount(tx, systemId, 'lena')))?.state).toBe('active');
    expect((await t.db.tx((tx) => findEntitlement(tx, systemId, 'group:sudo')))?.privileged).toBe(true);
  });

  test('one that names a thing it does not list, or lists one twice, is refused whole', async () => {
    await expect(read({ ...WEB, holdings: [holds('nobody', 'staff')] })).rejects.toMatchObject({ code: 'reading.malformed' });
    await expect(read({ ...WEB, accounts: [account('lena'), account('lena')] })).rejects.toMatchObject({ code: 'reading.malformed' });
    expect((await t.db.tx((tx) => listAccounts(tx, { filter: { systemId } }))).items).toEqual([]);
  });

  test('one that began before the last one is refused', async () => {
    const early = t.clock.now();
    t.clock.advance(60_000);
    await read(WEB);
    await expect(read(WEB, { readAt: early })).rejects.toMatchObject({ code: 'reading.stale' });
  });

  test('keeps the owner, the marks and the description people gave', async () => {
    await read(WEB);
    const lena = await person('Lena');
    const id = await accountId('lena');
    await write(t.db, async (ctx, permit) => {
      await linkAccount(ctx, permit, { accountId: id, identityId: lena, because: 'same username' });
      await markPrivileged(ctx, permit, { accountId: id, source: 'discovery', because: [{ reason: 'runs backups', evidence: 'cron' }] });
    });
    t.clock.advance(60_000);
    await read({ ...WEB, accounts: WEB.accounts.map((a) => (a.name === 'lena' ? { ...a, attributes: { shell: '/bin/zsh' }, kind: 'unknown' } : a)) });
    expect(await t.db.tx((tx) => getAccount(tx, id))).toMatchObject({
      identityId: lena,
      kind: 'personal',
      privileged: true,
      privilegedBecause: [{ source: 'discovery', reason: 'runs backups', evidence: 'cron' }],
      attributes: { shell: '/bin/zsh' },
    });
  });

  test('never ends an entitlement made by Reeve', async () => {
    await read(WEB);
    const made = await write(t.db, (ctx, permit) =>
      putEntitlement(ctx, permit, { systemId, kind: 'sudo', nativeId: 'sudo:ALL', name: 'sudo on web' }),
    );
    t.clock.advance(60_000);
    await read(WEB);
    expect((await t.db.tx((tx) => getEntitlement(tx, made.id)))?.validTo).toBeNull();
  });

  test('an account that comes back is a new one that belongs to nobody', async () => {
    await read(WEB);
    const first = await accountId('lena');
    await write(t.db, async (ctx, permit) => linkAccount(ctx, permit, { accountId: first, identityId: await person('Lena'), because: 'x' }));
    t.clock.advance(60_000);
    await read({ ...WEB, accounts: WEB.accounts.filter((a) => a.name !== 'lena'), holdings: [] });
    t.clock.advance(60_000);
    await read(WEB);
    const second = await t.db.tx((tx) => findAccount(tx, systemId, 'lena'));
    expect(second?.id).not.toBe(first);
    expect(second?.identityId).toBeNull();
  });
});

describe('a reading that began before something newer was read back', () => {
  test('does not end what was given since', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const began = t.clock.now();
    t.clock.advance(5_000);
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, { systemId, name: 'lena', found: { account: account('lena'), holdings: ['group:staff', 'group:sudo'] } }),
    );
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, { systemId, name: 'new', found: { account: account('new'), holdings: [] } }),
    );
    t.clock.advance(5_000);
    await read(WEB, { readAt: began });
    expect(await heldBy('lena')).toEqual(['staff', 'sudo']);
    expect(await accountId('new')).toBeTruthy();
  });

  test('does not bring back what was withdrawn since', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const began = t.clock.now();
    t.clock.advance(5_000);
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, { systemId, name: 'omar', found: { account: account('omar'), holdings: ['group:staff'] } }),
    );
    t.clock.advance(5_000);
    await read(WEB, { readAt: began });
    expect(await heldBy('omar')).toEqual(['staff']);
  });
});

describe('a fresh look at one account', () => {
  test('brings a new account and its holdings, and names what the graph does not know', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    const result = await write(
      t.db,
      (ctx, permit) =>
        applyAccountReading(ctx, permit, { systemId, name: 'zoe', found: { account: account('zoe'), holdings: ['group:sudo', 'group:new'] } }),
      seen,
    );
    expect(result).toEqual({ accountId: await accountId('zoe'), entitlementIds: [await entitlementId('sudo')], unknown: ['group:new'] });
    expect(seen.map((e) => e.type)).toEqual(['account.read', 'account.appeared', 'holding.appeared']);
    expect(await heldBy('omar')).toEqual(['staff', 'sudo']);
  });

  test('ends an account that is not found, and nothing else', async () => {
    await read(WEB);
    t.clock.advance(60_000);
    const result = await write(t.db, (ctx, permit) => applyAccountReading(ctx, permit, { systemId, name: 'omar', found: undefined }));
    expect(result).toEqual({ accountId: undefined, entitlementIds: [], unknown: [] });
    const left = await t.db.tx((tx) => listAccounts(tx, { filter: { systemId } }));
    expect(left.items.map((a) => a.name).sort()).toEqual(['lena', 'root']);
    expect(await heldBy('lena')).toEqual(['staff']);
  });
});

describe('drift', () => {
  test('a holding nobody granted is unfounded; granted by group, role or nesting it is not', async () => {
    await read(WEB);
    const omar = await person('Omar');
    await write(t.db, async (ctx, permit) => linkAccount(ctx, permit, { accountId: await accountId('omar'), identityId: omar, because: 'x' }));
    const kinds = async () =>
      (await t.db.tx((tx) => drift(tx, { systemId, ownedOnly: true }))).map((d) => [d.kind, d.entitlementId, d.privileged]);
    expect(await kinds()).toEqual(
      [['unfounded', await entitlementId('staff'), false], ['unfounded', await entitlementId('sudo'), true]].sort((a, b) => String(a[1]).localeCompare(String(b[1]))),
    );
    const grant = await write(t.db, async (ctx, permit) =>
      startGrant(ctx, permit, { identityId: omar, entitlementId: await entitlementId('docker'), origin: 'import', reason: 'adopted' }),
    );
    expect((await kinds()).sort()).toEqual([
      ['missing', await entitlementId('docker'), false],
      ['unfounded', await entitlementId('sudo'), true],
    ]);
    await write(t.db, (ctx, permit) => endGrant(ctx, permit, { grantId: grant.id, because: 'test' }));
    expect(await kinds()).toHaveLength(2);
  });

  test('a granted holding that goes from the target is remarkable, and so is an ungranted one that comes', async () => {
    await read(WEB);
    const lena = await person('Lena');
    await write(t.db, async (ctx, permit) => {
      await linkAccount(ctx, permit, { accountId: await accountId('lena'), identityId: lena, because: 'x' });
      await startGrant(ctx, permit, { identityId: lena, entitlementId: await entitlementId('staff'), origin: 'birthright', reason: 'staff' });
    });
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    await read({ ...WEB, holdings: [holds('lena', 'sudo'), holds('omar', 'sudo')] }, { seen });
    expect(seen.filter((e) => e.type.startsWith('holding.')).map((e) => [e.type, e.data['holdings']])).toEqual([
      ['holding.appeared', [{ accountId: await accountId('lena'), entitlementId: await entitlementId('sudo') }]],
      ['holding.gone', [{ accountId: await accountId('lena'), entitlementId: await entitlementId('staff') }]],
    ]);
    expect((await t.db.tx((tx) => drift(tx, { identityId: lena }))).map((d) => d.kind).sort()).toEqual(['missing', 'unfounded']);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { entitlementsModule } from './index.ts';

const company = generateCompany({ today: '2026-03-02' });
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let admin: string;
let hanna: string;
beforeAll(async () => {
  house = await testHouse(() => [graphModule, entitlementsModule, arrange]);
  [admin, hanna] = await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const made: string[] = [];
    for (const username of ['admin', 'hanna']) {
      const facts = { displayName: username, username };
      made.push((await createIdentity(ctx, permit, { kind: 'person', facts })).id);
    }
    await startGrant(ctx, permit, {
      identityId: made[0] ?? '',
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return made as [string, string];
  });
});
afterAll(() => house.close());

interface Imported {
  readonly systemId: string;
  readonly created: boolean;
  readonly described: number;
  readonly counts: Readonly<Record<string, number>>;
}
const erp = (change: (file: string, text: string) => string = (_file, text) => text, more: object = {}) =>
  house.perform<Imported>(
    'systems.importCsv',
    {
      system: 'erp',
      ...Object.fromEntries(
        ['accounts', 'entitlements', 'holdings', 'nesting'].map((file) => [
          file,
          change(file, company.files.get(`erp/${file}.csv`) ?? ''),
        ]),
      ),
      ...more,
    },
    admin,
  );
const entitlement = (nativeId: string) =>
  house.db.one<{ id: string; ownerId: string | null; requestable: boolean; risk: string; description: string | null }>(
    sql`select id, owner_id, requestable, risk, description from entitlement where native_id = ${nativeId} and valid_to is null`,
  );

describe('the export of a system out of reach', () => {
  test('is taken as a whole reading of it, and as reported, not seen', async () => {
    const facts = company.systems.get('erp');
    const done = await erp();
    expect(done).toMatchObject({ created: true, described: facts?.entitlements.length });
    expect(done.counts).toMatchObject({
      accountsAppeared: facts?.accounts.length,
      entitlementsAppeared: facts?.entitlements.length,
      holdingsAppeared: facts?.holdings.length,
    });
    expect(await house.db.many(sql`select distinct quality from holding`)).toEqual([{ quality: 'reported' }]);
    expect(await entitlement('pay_vendor')).toMatchObject({ ownerId: hanna, requestable: true, risk: 'high' });
  });

  test('taken again changes nothing', async () => {
    const again = await erp();
    expect(again).toMatchObject({ created: false, described: 0 });
    expect(again.counts).toMatchObject({ accountsAppeared: 0, accountsChanged: 0, accountsGone: 0, holdingsGone: 0 });
  });

  test('does not undo what somebody here said of an entitlement', async () => {
    const { id } = await entitlement('pay_vendor');
    await house.perform('entitlements.describe', { id, risk: 'critical', description: 'Moves money' }, admin);
    await erp();
    expect(await entitlement('pay_vendor')).toMatchObject({ risk: 'critical', description: 'Moves money' });
  });

  test('that broke off takes nothing away, unless somebody says that it is gone', async () => {
    const half = (file: string, text: string): string => {
      const lines = text.trimEnd().split('\n');
      if (file === 'accounts') return `${lines.slice(0, 30).join('\n')}\n`;
      const kept = new Set(
        (company.files.get('erp/accounts.csv') ?? '')
          .split('\n')
          .slice(1, 30)
          .map((l) => l.split(',')[0]),
      );
      return file === 'holdings'
        ? `${lines.filter((l, i) => i === 0 || kept.has(l.split(',')[0] ?? '')).join('\n')}\n`
        : text;
    };
    await expect(erp(half)).rejects.toMatchObject({ code: 'export.too_much_gone' });
    const live = sql`select count(*)::int as n from account where valid_to is null`;
    expect(await house.db.one(live)).toEqual({ n: company.systems.get('erp')?.accounts.length });
    const told = await erp(half, { acceptLoss: true });
    expect(told.counts['accountsGone']).toBeGreaterThan(10);
  });

  test.each([
    ['a missing column', 'accounts', (t: string) => t.replace('account_id', 'id')],
    ['a row cut off', 'entitlements', (t: string) => t.trimEnd().slice(0, -20)],
    ['an account twice', 'accounts', (t: string) => `${t}${t.split('\n')[1]}\n`],
    ['a holding of nobody', 'holdings', (t: string) => `${t}ERP-9999,view_ledger\n`],
    ['a word that means nothing', 'accounts', (t: string) => t.replace(',active,', ',perhaps,')],
    ['a web page', 'holdings', () => '<html>sign in</html>'],
    ['direction marks', 'accounts', (t: string) => t.replace('ottoline', 'otto\u202Eline')],
  ])('with %s is refused whole, and says which file and row', async (_what, file, spoil) => {
    const before = await house.db.many(sql`select * from account order by id`);
    await expect(erp((name, text) => (name === file ? spoil(text) : text))).rejects.toMatchObject({
      code: 'export.malformed',
      errors: [expect.objectContaining({ pointer: `/${file}` })],
    });
    expect(await house.db.many(sql`select * from account order by id`)).toEqual(before);
  });

  test('cannot take over a system that is read through its connector', async () => {
    await house.db.run(sql`update system set kind = 'linux' where name = 'erp'`);
    await expect(erp()).rejects.toMatchObject({ code: 'export.system_is_read' });
    await house.db.run(sql`update system set kind = 'export' where name = 'erp'`);
  });
});

describe('the catalogue', () => {
  test('takes many descriptions, all or none', async () => {
    const [one, two] = [await entitlement('view_ledger'), await entitlement('post_journal')];
    const broken = [
      { id: one.id, risk: 'critical' },
      { id: two.id, description: null, ownerId: null, requestable: true },
    ];
    await expect(house.perform('entitlements.describeMany', { items: broken }, admin)).rejects.toMatchObject({
      code: 'graph.requestable_entitlement_has_owner_and_description',
    });
    expect((await entitlement('view_ledger')).risk).toBe('low');
    const whole = [
      { id: one.id, risk: 'medium' },
      { id: two.id, maxSeconds: 3600 },
    ];
    expect(await house.perform('entitlements.describeMany', { items: whole }, admin)).toEqual({ described: 2 });
  });

  test('is described by who answers for an entry, and by nobody else', async () => {
    const mine = await entitlement('view_ledger');
    await house.perform('entitlements.describe', { id: mine.id, description: 'Read the books' }, hanna);
    expect((await entitlement('view_ledger')).description).toBe('Read the books');
    await house.db.run(sql`update entitlement set owner_id = ${admin} where id = ${mine.id}`);
    await expect(
      house.perform('entitlements.describe', { id: mine.id, description: 'Mine again' }, hanna),
    ).rejects.toMatchObject({ status: 403 });
  });
});

describe('an account', () => {
  const someAccount = () =>
    house.db.one<{ id: string }>(sql`select id from account where valid_to is null order by native_id limit 1`);

  test('is given to somebody and released again, with reasons on record', async () => {
    const { id } = await someAccount();
    await house.perform('accounts.assign', { id, identityId: hanna, because: 'she says so' }, admin);
    expect(await house.db.one(sql`select identity_id, linked_because from account where id = ${id}`)).toEqual({
      identityId: hanna,
      linkedBecause: 'she says so',
    });
    await house.perform('accounts.release', { id, because: 'it was a mistake' }, admin);
    expect(await house.db.one(sql`select identity_id from account where id = ${id}`)).toEqual({ identityId: null });
  });

  test('is never given to oneself', async () => {
    const { id } = await someAccount();
    await expect(
      house.perform('accounts.assign', { id, identityId: admin, because: 'mine' }, admin),
    ).rejects.toMatchObject({ code: 'account.own_benefit' });
  });
});

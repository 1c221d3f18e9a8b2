import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { drift, endGrant, linkAccount, startGrant } from '../index.ts';
import { WEB, holds, person, webHost, type WebHost } from '../readings/web-host.ts';
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
});

describe('drift', () => {
  test('a holding nobody granted is unfounded; granted by group, role or nesting it is not', async () => {
    await web.read();
    const omar = await person(t.db, 'Omar');
    await write(t.db, async (ctx, permit) =>
      linkAccount(ctx, permit, { accountId: await web.account('omar'), identityId: omar, because: 'x' }),
    );
    const kinds = async () =>
      (await t.db.tx((tx) => drift(tx, { systemId: web.systemId, ownedOnly: true }))).map((d) => [
        d.kind,
        d.entitlementId,
        d.privileged,
      ]);
    expect(await kinds()).toEqual(
      [
        ['unfounded', await web.entitlement('staff'), false],
        ['unfounded', await web.entitlement('sudo'), true],
      ].sort((a, b) => String(a[1]).localeCompare(String(b[1]))),
    );
    const grant = await write(t.db, async (ctx, permit) =>
      startGrant(ctx, permit, {
        identityId: omar,
        entitlementId: await web.entitlement('docker'),
        origin: 'import',
        reason: 'adopted',
      }),
    );
    expect((await kinds()).sort()).toEqual([
      ['missing', await web.entitlement('docker'), false],
      ['unfounded', await web.entitlement('sudo'), true],
    ]);
    await write(t.db, (ctx, permit) => endGrant(ctx, permit, { grantId: grant.id, because: 'test' }));
    expect(await kinds()).toHaveLength(2);
  });

  test('a granted holding that goes from the target is remarkable, and so is an ungranted one that comes', async () => {
    await web.read();
    const lena = await person(t.db, 'Lena');
    await write(t.db, async (ctx, permit) => {
      await linkAccount(ctx, permit, { accountId: await web.account('lena'), identityId: lena, because: 'x' });
      await startGrant(ctx, permit, {
        identityId: lena,
        entitlementId: await web.entitlement('staff'),
        origin: 'birthright',
        reason: 'staff',
      });
    });
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    await web.read({ ...WEB, holdings: [holds('lena', 'sudo'), holds('omar', 'sudo')] }, { seen });
    expect(seen.filter((e) => e.type.startsWith('holding.')).map((e) => [e.type, e.data['holdings']])).toEqual([
      ['holding.appeared', [{ accountId: await web.account('lena'), entitlementId: await web.entitlement('sudo') }]],
      ['holding.gone', [{ accountId: await web.account('lena'), entitlementId: await web.entitlement('staff') }]],
    ]);
    expect((await t.db.tx((tx) => drift(tx, { identityId: lena }))).map((d) => d.kind).sort()).toEqual([
      'missing',
      'unfounded',
    ]);
  });
});

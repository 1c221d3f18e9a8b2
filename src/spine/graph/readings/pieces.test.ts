import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  applyReading,
  beginReading,
  drift,
  findAccount,
  forgetReading,
  getReadingMark,
  getStagedReading,
  keepPiece,
  listHoldings,
  type Judge,
  type ReadingLoss,
  type StagedReading,
  type SystemPiece,
} from '../index.ts';
import { write, type SeenEvent } from '../testing.ts';
import { WEB, account, group, holds, webHost, type WebHost } from './web-host.ts';

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

const begin = (readingId: string, more: { readAs?: string; afresh?: boolean } = {}): Promise<StagedReading> =>
  write(t.db, (ctx, permit) =>
    beginReading(ctx, permit, { readingId, systemId: web.systemId, readAs: 'this one', ...more }),
  );
const keep = (after: StagedReading, piece: SystemPiece): Promise<StagedReading> =>
  write(t.db, (ctx, permit) => keepPiece(ctx, permit, { readingId: after.id, after, piece }));
const apply = (readingId: string, trusted: boolean | Judge = true, seen?: SeenEvent[]) =>
  write(
    t.db,
    (ctx, permit) => applyReading(ctx, permit, { systemId: web.systemId, reading: { stagedAs: readingId }, trusted }),
    seen,
  );
const inPieces: readonly SystemPiece[] = [
  { holdings: WEB.holdings, resumeAt: '1' },
  { accounts: WEB.accounts.slice(0, 1) },
  { accounts: WEB.accounts.slice(1), nesting: WEB.nesting, resumeAt: '2' },
  { entitlements: WEB.entitlements, whole: { mark: 'm1' } },
];

async function keepAll(pieces: readonly SystemPiece[], readAs = 'this one'): Promise<string> {
  let at = await begin(newId(), { readAs });
  for (const piece of pieces) at = await keep(at, piece);
  return at.id;
}

describe('a reading in pieces', () => {
  test('comes to the same as the whole of it, in whatever order the pieces come', async () => {
    await web.read();
    const whole = await web.export();
    web = await webHost(t.db);
    const readingId = await keepAll(inPieces);
    const seen: SeenEvent[] = [];
    const result = await apply(readingId, true, seen);
    expect(await web.export()).toEqual(whole);
    expect(result).toMatchObject({ baseline: true, counts: { accounts: 3, holdings: 3, accountsAppeared: 3 } });
    expect(seen.map((e) => e.type)).toEqual(['system.read', 'account.appeared', 'holding.appeared']);
    expect(await getReadingMark(t.db, web.systemId)).toMatchObject({ mark: 'm1', readAs: 'this one' });
  });

  test('that broke off goes on after the last piece the target can go on from, as if it began then', async () => {
    let at = await begin(newId());
    const { beganAt } = at;
    for (const piece of inPieces.slice(0, 2)) at = await keep(at, piece);
    t.clock.advance(60_000);
    const again = await begin(at.id);
    expect(again).toMatchObject({ pieces: 1, rows: 3, resumeAt: '1', resumeAfter: 1, beganAt });
    at = again;
    for (const piece of inPieces.slice(1)) at = await keep(at, piece);
    t.clock.advance(60_000);
    await apply(at.id);
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
    const lena = await t.db.tx((tx) => findAccount(tx, web.systemId, 'lena'));
    expect(lena?.validFrom).toEqual(beganAt);
  });

  test('of another machine begins again, and so does one that is told to', async () => {
    let at = await keep(await begin(newId()), inPieces[0] ?? {});
    at = await begin(at.id, { readAs: 'another one' });
    expect(at).toMatchObject({ pieces: 0, rows: 0, resumeAt: null, readAs: 'another one' });
    at = await keep(at, inPieces[0] ?? {});
    expect(await begin(at.id, { readAs: 'another one', afresh: true })).toMatchObject({ pieces: 0, resumeAt: null });
    expect(await t.db.one(sql`select count(*) as n from staged_piece where reading_id = ${at.id}`)).toEqual({ n: 0 });
  });

  test('has one who reads on: the other is told to stop', async () => {
    const at = await begin(newId());
    await keep(at, inPieces[0] ?? {});
    await expect(keep(at, inPieces[0] ?? {})).rejects.toMatchObject({ code: 'reading.goes_on_elsewhere' });
  });

  test('is not applied before it is whole, nor to another system', async () => {
    const at = await keep(await begin(newId()), inPieces[0] ?? {});
    await expect(apply(at.id)).rejects.toMatchObject({ code: 'reading.not_whole' });
    const readingId = await keepAll(inPieces);
    web = await webHost(t.db);
    await expect(apply(readingId)).rejects.toMatchObject({ code: 'reading.not_whole' });
  });

  test.each([
    ['an account in two of them', { accounts: [account('lena')] }, 'names the account uid:lena twice'],
    ['an entitlement in two', { entitlements: [group('sudo')] }, 'names the entitlement group:sudo twice'],
    ['a holding of a stranger', { holdings: [holds('nobody', 'staff')] }, 'account uid:nobody'],
    ['a holding of nothing', { holdings: [holds('lena', 'nothing')] }, 'entitlement group:nothing'],
    ['nesting in nothing', { nesting: [{ parent: 'group:x', child: 'group:staff' }] }, 'entitlement group:x'],
  ] as const)('with %s is refused whole', async (_what, piece, why) => {
    const readingId = await keepAll([piece, ...inPieces]);
    await expect(apply(readingId)).rejects.toMatchObject({
      code: 'reading.malformed',
      message: expect.stringContaining(why) as string,
    });
    expect(await web.export()).toMatchObject({ accounts: [], entitlements: [], holdings: [] });
  });

  test('leaves nothing behind once it is put away', async () => {
    const readingId = await keepAll(inPieces);
    await forgetReading(t.db, readingId);
    await forgetReading(t.db, readingId);
    expect(await getStagedReading(t.db, readingId)).toBeUndefined();
    expect(await t.db.one(sql`select count(*) as n from staged_piece where reading_id = ${readingId}`)).toEqual({
      n: 0,
    });
  });

  test('of more rows than are handed over at once is kept in as many rows as it takes', async () => {
    const accounts = Array.from({ length: 12_001 }, (_, i) => account(`many${i}`));
    const at = await keep(await begin(newId()), { accounts, resumeAt: '1', whole: {} });
    expect(at).toMatchObject({ pieces: 3, rows: 12_001, resumeAfter: 3, whole: true });
    expect((await apply(at.id)).counts.accountsAppeared).toBe(12_001);
  });
});

describe('whether a reading is trusted', () => {
  test('is asked with what it would take away, and what it is held against', async () => {
    await apply(await keepAll(inPieces));
    t.clock.advance(60_000);
    const fewer: SystemPiece = {
      accounts: [account('lena')],
      entitlements: WEB.entitlements,
      holdings: [holds('lena', 'staff')],
      whole: { mark: 'm2' },
    };
    let told: (ReadingLoss & { now: unknown }) | undefined;
    const judge: Judge = async (loss) => {
      told = { ...loss, now: await loss.known() };
      return 'too much is gone';
    };
    const result = await apply(await keepAll([fewer], 'another one'), judge);
    expect(told).toMatchObject({
      accountsRead: 1,
      accountsMissing: 2,
      holdingsMissing: 2,
      readAs: 'another one',
      readAsBefore: 'this one',
      now: { accounts: 3, holdings: 3 },
    });
    expect(result).toMatchObject({ untrusted: 'too much is gone', counts: { accountsGone: 0, withheld: 5 } });
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
    expect(await getReadingMark(t.db, web.systemId)).toMatchObject({ mark: 'm1', readAs: 'this one' });
  });
});

describe('who gave a holding', () => {
  test('is kept where the target says it, told with drift, and not forgotten when one account is looked at', async () => {
    const given = { ...WEB, holdings: WEB.holdings.map((h) => ({ ...h, by: 'root' })) };
    await web.read();
    t.clock.advance(60_000);
    await web.read(given);
    const omar = await web.account('omar');
    const by = async (): Promise<(string | null)[]> =>
      (await t.db.tx((tx) => listHoldings(tx, { accountId: omar }))).map((h) => h.givenBy);
    expect(await by()).toEqual(['root', 'root']);
    t.clock.advance(60_000);
    await web.read(WEB);
    expect(await by()).toEqual(['root', 'root']);
    const found = await t.db.tx((tx) => drift(tx, { systemId: web.systemId }));
    expect(found.map((d) => [d.kind, d.givenBy])).toEqual(Array.from({ length: 3 }, () => ['unfounded', 'root']));
  });
});

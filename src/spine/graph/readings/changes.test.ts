import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  applyAccountReading,
  applyChanges,
  getReadingMark,
  type Judge,
  type ReadingResult,
  type SystemChanges,
  type SystemReading,
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
  await web.read({ ...WEB, mark: 'm1' });
  t.clock.advance(60_000);
});

const none: SystemChanges = {
  accounts: [],
  goneAccounts: [],
  entitlements: [],
  goneEntitlements: [],
  holdingsOf: [],
  holdersOf: [],
  mark: 'm2',
};
const apply = (
  changes: Partial<SystemChanges>,
  more: { since?: string; trusted?: boolean | Judge; readAt?: Date; seen?: SeenEvent[] } = {},
): Promise<ReadingResult> =>
  write(
    t.db,
    (ctx, permit) =>
      applyChanges(ctx, permit, {
        systemId: web.systemId,
        changes: { ...none, ...changes },
        since: more.since ?? 'm1',
        trusted: more.trusted ?? true,
        readAt: more.readAt,
        readAs: '',
      }),
    more.seen,
  );
const mark = async (): Promise<string | null | undefined> => (await getReadingMark(t.db, web.systemId))?.mark;

describe('changes since a mark', () => {
  test('bring what is new, with what it holds, and leave the rest alone', async () => {
    const seen: SeenEvent[] = [];
    const result = await apply(
      {
        accounts: [account('zoe')],
        entitlements: [group('ops')],
        holdingsOf: [{ account: 'uid:zoe', entitlements: ['group:ops', 'group:sudo'] }],
      },
      { seen },
    );
    expect(result.counts).toMatchObject({
      accountsAppeared: 1,
      entitlementsAppeared: 1,
      holdingsAppeared: 2,
      holdingsGone: 0,
    });
    expect(await web.heldBy('zoe')).toEqual(['ops', 'sudo']);
    expect(await web.heldBy('omar')).toEqual(['staff', 'sudo']);
    expect(seen.map((e) => e.type)).toEqual(['system.read', 'account.appeared', 'holding.appeared']);
    expect(seen[0]?.data).toMatchObject({ changes: true, trusted: true });
    expect(await mark()).toBe('m2');
  });

  test('end what is named as gone, with all it held, and nothing else', async () => {
    const result = await apply({ goneAccounts: ['uid:omar', 'uid:never-was'], goneEntitlements: ['group:docker'] });
    expect(result.counts).toMatchObject({ accountsGone: 1, holdingsGone: 2, entitlementsGone: 1, nestingChanged: 1 });
    expect(await web.heldBy('lena')).toEqual(['staff']);
    await expect(web.account('omar')).rejects.toThrow('no account omar');
  });

  test('make the holders of a group those that are named, and what implies it what is named', async () => {
    await apply({ holdersOf: [{ entitlement: 'group:staff', accounts: ['uid:root'], impliedBy: ['group:sudo'] }] });
    expect([await web.heldBy('lena'), await web.heldBy('omar'), await web.heldBy('root')]).toEqual([
      [],
      ['sudo'],
      ['staff'],
    ]);
    expect(await web.export()).toMatchObject({ nesting: ['["group:sudo","group:staff"]'] });
  });

  test('that are none move the mark and leave no event', async () => {
    const seen: SeenEvent[] = [];
    await apply({}, { seen });
    expect(seen).toEqual([]);
    expect(await mark()).toBe('m2');
  });

  test('from another mark are refused: there would be a gap', async () => {
    await expect(apply({}, { since: 'm0' })).rejects.toMatchObject({ code: 'reading.mark_moved' });
    await apply({});
    await expect(apply({})).rejects.toMatchObject({ code: 'reading.mark_moved' });
  });

  test('that name what nobody knows change nothing, and the mark stays', async () => {
    const before = await web.export();
    for (const changes of [
      { holdingsOf: [{ account: 'uid:nobody', entitlements: ['group:staff'] }] },
      { holdingsOf: [{ account: 'uid:nobody', entitlements: [] }] },
      { holdersOf: [{ entitlement: 'group:nothing', accounts: [], impliedBy: [] }] },
      { holdersOf: [{ entitlement: 'group:staff', accounts: ['uid:nobody'], impliedBy: [] }] },
      { holdersOf: [{ entitlement: 'group:staff', accounts: [], impliedBy: ['group:nothing'] }] },
      { accounts: [account('zoe'), account('zoe')] },
    ])
      await expect(apply(changes)).rejects.toMatchObject({ code: 'reading.malformed' });
    expect(await web.export()).toEqual(before);
    expect(await mark()).toBe('m1');
  });

  test('that are not trusted add, take nothing away, and leave the mark where it is', async () => {
    const result = await apply(
      {
        accounts: [account('zoe')],
        goneAccounts: ['uid:omar'],
        holdingsOf: [{ account: 'uid:lena', entitlements: [] }],
      },
      { trusted: async (loss) => `${loss.accountsMissing} of ${(await loss.known()).accounts} accounts` },
    );
    expect(result).toMatchObject({
      untrusted: '1 of 3 accounts',
      counts: { accountsAppeared: 1, accountsGone: 0, withheld: 4 },
    });
    expect([await web.heldBy('omar'), await web.heldBy('lena')]).toEqual([['staff', 'sudo'], ['staff']]);
    expect(await mark()).toBe('m1');
  });

  test('do not undo what was read back since they were asked for', async () => {
    const readAt = t.clock.now();
    t.clock.advance(1_000);
    await write(t.db, (ctx, permit) =>
      applyAccountReading(ctx, permit, {
        systemId: web.systemId,
        name: 'lena',
        found: { account: account('lena', { state: 'locked' }), holdings: ['group:staff', 'group:sudo'] },
      }),
    );
    await apply({ accounts: [account('lena')], holdingsOf: [{ account: 'uid:lena', entitlements: [] }] }, { readAt });
    expect(await web.heldBy('lena')).toEqual(['staff', 'sudo']);
    expect(await web.export()).toMatchObject({
      accounts: expect.arrayContaining([expect.stringContaining('locked')]) as unknown,
    });
  });
});

describe('a system read by its changes', () => {
  const names = ['a', 'b', 'c', 'd'];
  const groups = ['g', 'h', 'i'];
  const pairs = <A, B>(left: readonly A[], right: readonly B[]): [A, B][] =>
    left.flatMap((l) => right.map((r): [A, B] => [l, r]));
  /** A small system in any state that is whole. */
  const world = fc
    .record({
      accounts: fc.subarray(names),
      locked: fc.subarray(names),
      entitlements: fc.subarray(groups),
      holdings: fc.subarray(pairs(names, groups)),
      nesting: fc.subarray(pairs(groups, groups)),
    })
    .map(({ accounts, locked, entitlements, holdings, nesting }): SystemReading => ({
      accounts: accounts.map((name) => account(name, { state: locked.includes(name) ? 'locked' : 'active' })),
      entitlements: entitlements.map((name) => group(name)),
      holdings: holdings
        .filter(([a, e]) => accounts.includes(a) && entitlements.includes(e))
        .map(([a, e]) => holds(a, e)),
      nesting: nesting
        .filter(([p, c]) => p !== c && entitlements.includes(p) && entitlements.includes(c))
        .map(([p, c]) => ({ parent: `group:${p}`, child: `group:${c}` })),
    }));

  /** What a target would tell of the way from one state to another; by accounts or by groups, as targets differ. */
  function changesBetween(from: SystemReading, to: SystemReading, byGroup: boolean): SystemChanges {
    const ids = (all: readonly { readonly nativeId: string }[]): string[] => all.map((one) => one.nativeId);
    const gone = (before: readonly string[], after: readonly string[]): string[] =>
      before.filter((id) => !after.includes(id));
    return {
      ...none,
      accounts: to.accounts.filter((a) => from.accounts.find((b) => b.nativeId === a.nativeId)?.state !== a.state),
      goneAccounts: gone(ids(from.accounts), ids(to.accounts)),
      entitlements: to.entitlements.filter((e) => !ids(from.entitlements).includes(e.nativeId)),
      goneEntitlements: gone(ids(from.entitlements), ids(to.entitlements)),
      holdingsOf: byGroup
        ? []
        : to.accounts.map(({ nativeId }) => ({
            account: nativeId,
            entitlements: to.holdings.filter((h) => h.account === nativeId).map((h) => h.entitlement),
          })),
      holdersOf: to.entitlements.map(({ nativeId }) => ({
        entitlement: nativeId,
        accounts: to.holdings.filter((h) => h.entitlement === nativeId).map((h) => h.account),
        impliedBy: to.nesting.filter((n) => n.child === nativeId).map((n) => n.parent),
      })),
    };
  }

  test('is in the graph as if it had been read whole', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(world, world, fc.boolean(), async (from, to, byGroup) => {
        const whole = await webHost(t.db);
        for (const state of [from, to]) {
          t.clock.advance(60_000);
          await whole.read(state);
        }
        web = await webHost(t.db);
        await web.read({ ...from, mark: 'm1' });
        t.clock.advance(60_000);
        await apply(changesBetween(from, to, byGroup));
        expect(await web.export()).toEqual(await whole.export());
      }),
      { numRuns: 25 },
    );
  });
});

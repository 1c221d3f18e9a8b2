import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { ReadingHouse, type Run } from './testing/reading-house.ts';
import { account, away, noChanges, scripted, staffOf, type Script } from './testing/scripted-target.ts';

let h: ReadingHouse;
let script: Script;
let systemId: string;
beforeAll(async () => {
  h = await ReadingHouse.open();
});
afterAll(() => h.house.close());
beforeEach(async () => {
  script = scripted(staffOf(20));
  systemId = await h.connectAlone(script);
});
const read = (): Promise<Run> => h.read(systemId);
describe('a system that tells what changed', () => {
  beforeEach(async () => {
    script.reading = { ...staffOf(20), mark: '1' };
    script.changes = (since) => noChanges(since);
    await read();
  });

  test('is asked when it is due; what changed is a run, and nothing is none', async () => {
    await h.perform('systems.schedule', { id: systemId, readChangesEverySeconds: 60 });
    await h.tick();
    expect([script.asked.changes, (await h.runs(systemId)).length]).toEqual([1, 1]);
    await h.tick();
    expect(script.asked.changes).toBe(1);
    h.house.clock.advance(60_000);
    script.changes = () => ({
      ...noChanges('2'),
      accounts: [account('new')],
      goneAccounts: ['a0'],
      holdingsOf: [{ account: 'new', entitlements: ['staff'] }],
    });
    await h.tick();
    const [run] = await h.runs(systemId);
    expect(run).toMatchObject({ kind: 'changes', state: 'done', trusted: true });
    expect(run?.counts).toMatchObject({ accountsAppeared: 1, accountsGone: 1, holdingsAppeared: 1, holdingsGone: 1 });
    expect(await h.happened('system.read', systemId)).toMatchObject([{ trusted: true }, { changes: true }]);
    expect((await h.happened('finding.told', systemId)).at(-1)).toMatchObject({ opened: 1, gone: 1 });
    h.house.clock.advance(60_000);
    const sinces: string[] = [];
    script.changes = (since) => (sinces.push(since), noChanges(since));
    await h.tick();
    expect(sinces).toEqual(['2']);
  });

  const look = async (): Promise<void> => {
    h.house.clock.advance(60_000);
    await h.perform('systems.schedule', { id: systemId, readChangesEverySeconds: 60 });
    await h.tick();
  };

  test.each([
    ['no longer knows the mark', () => undefined],
    ['names what nobody knows', () => ({ ...noChanges('2'), holdingsOf: [{ account: 'nobody', entitlements: [] }] })],
    [
      'would take too much away',
      () => ({ ...noChanges('2'), goneAccounts: staffOf(15).accounts.map((a) => a.nativeId) }),
    ],
  ])('and %s is read whole', async (_what, changes) => {
    script.changes = changes;
    script.reading = { ...staffOf(19), mark: '3' };
    await look();
    expect((await h.runs(systemId))[0]).toMatchObject({ kind: 'whole', state: 'done' });
    expect(await h.there(systemId)).toBe(19);
    expect(await h.house.db.one(sql`select mark from reading_mark where system_id = ${systemId}`)).toEqual({
      mark: '3',
    });
  });

  test('and does not answer says so once', async () => {
    script.changes = () => Promise.reject(away());
    await look();
    await look();
    await look();
    expect(script.asked.changes).toBe(3);
    expect((await h.runs(systemId)).map((r) => [r.kind, r.state])).toEqual([
      ['changes', 'failed'],
      ['whole', 'done'],
    ]);
    expect(await h.perform('systems.showSchedule', { id: systemId })).toMatchObject({
      changesProblem: 'nobody answers',
    });
    script.changes = (since) => noChanges(since);
    await look();
    expect(await h.perform('systems.showSchedule', { id: systemId })).toMatchObject({
      changesProblem: null,
    });
  });
});

describe('the clock', () => {
  const every = (readEverySeconds: number | null, id = systemId): Promise<unknown> =>
    h.perform('systems.schedule', { id, readEverySeconds });

  test('reads a system when it is due, a little sooner or later, and never where it is told never', async () => {
    await h.tick();
    expect(script.asked.whole).toBe(1);
    await every(3_600);
    await h.tick();
    expect(script.asked.whole).toBe(1);
    h.house.clock.advance(3_600_000 * 0.94);
    await h.tick();
    expect(script.asked.whole).toBe(1);
    h.house.clock.advance(3_600_000 * 0.12);
    await h.tick();
    expect(script.asked.whole).toBe(2);
    await every(0);
    h.house.clock.advance(86_400_000 * 2);
    await h.tick();
    expect(script.asked.whole).toBe(2);
  });

  test('reads whole once a day what tells its changes, and each quarter of an hour what does not', async () => {
    await h.tick();
    const due = () => h.perform('systems.showSchedule', { id: systemId });
    expect(await due()).toMatchObject({
      readEverySeconds: 900,
      readChangesEverySeconds: 60,
      maxLossPercent: 50,
      maxLossFree: 0,
    });
    script.reading = { ...script.reading, mark: '1' };
    await read();
    expect(await due()).toMatchObject({ readEverySeconds: 86_400 });
  });

  test('never has one system read twice at once, nor more than a few', async () => {
    const open = new Set<number>();
    let most = 0;
    const others = [script, ...Array.from({ length: 4 }, () => scripted(staffOf(2)))];
    const ids = [systemId];
    for (const other of others.slice(1)) ids.push(await h.connect(other));
    for (const [i, other] of others.entries())
      other.beforePiece = async () => {
        expect(open.has(i)).toBe(false);
        open.add(i);
        most = Math.max(most, open.size);
        await until(() => most > 1, { timeoutMs: 15_000, what: 'a second reading beside this one' });
        await new Promise((done) => setTimeout(done, 50));
        open.delete(i);
      };
    for (const id of ids) await h.ask(id);
    await until(async () => (await Promise.all(ids.map((id) => h.runs(id)))).every(([run]) => run?.state === 'done'), {
      timeoutMs: 20_000,
    });
    await h.house.settle();
    expect(most).toBe(2);
    expect(others.map((o) => o.asked.whole)).toEqual([1, 1, 1, 1, 1]);
  });

  test('takes up again what nobody is at', async () => {
    const id = await h.ask(systemId);
    await h.house.settle();
    await h.house.db.run(sql`update discovery_run set state = 'waiting', ended_at = null where id = ${id}`);
    await h.tick();
    expect((await h.show(id)).state).toBe('waiting');
    h.house.clock.advance(11 * 60_000);
    await h.tick();
    expect((await h.show(id)).state).toBe('done');
  });
});

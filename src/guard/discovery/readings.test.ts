import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { pinSystem } from '#spine/graph/index.ts';
import { ReadingHouse, type Run } from './testing/reading-house.ts';
import { away, scripted, staffOf, type Script } from './testing/scripted-target.ts';

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
describe('a reading that was asked for', () => {
  test('is done once, with what it found, and says how far it came', async () => {
    const run = await read();
    expect(run).toMatchObject({ kind: 'whole', state: 'done', trusted: true, progress: { pieces: 1, rows: 41 } });
    expect(run.counts).toMatchObject({ accountsAppeared: 20, holdingsAppeared: 20 });
    expect(await h.happened('finding.told', systemId)).toMatchObject([{ opened: 20, gone: 0 }]);
    expect(await h.house.db.many(sql`select id from staged_reading`)).toEqual([]);
  });

  test('twice is one, while it waits', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    script.beforePiece = () => held;
    const first = await h.ask(systemId);
    expect(await h.ask(systemId)).toBe(first);
    release();
    await h.house.settle();
    expect(script.asked.whole).toBe(1);
    expect(await h.ask(systemId)).not.toBe(first);
    await h.house.settle();
  });

  test('tells a finding once: read again it writes none, and one that is gone comes back open', async () => {
    await read();
    const findings = () =>
      h.house.db.many(sql`select id, state, last_seen_at from finding where system_id = ${systemId} order by id`);
    const before = await findings();
    await read();
    expect(await findings()).toEqual(before);
    script.reading = {
      ...script.reading,
      accounts: script.reading.accounts.map((a) => ({ ...a, kind: 'service' as const })),
    };
    await read();
    expect(
      await h.house.db.one(sql`select count(*) as n from finding where system_id = ${systemId} and state = 'gone'`),
    ).toEqual({ n: 20 });
    script.reading = staffOf(20);
    await read();
    expect(
      await h.house.db.one(sql`select count(*) as n from finding where system_id = ${systemId} and state = 'open'`),
    ).toEqual({ n: 20 });
  });

  test('of a target that does not answer fails, changes nothing, and leaves nothing behind', async () => {
    await read();
    script.beforePiece = () => {
      throw away();
    };
    expect(await read()).toMatchObject({ state: 'failed', problem: 'nobody answers' });
    expect(await h.there(systemId)).toBe(20);
    expect(await h.house.db.many(sql`select id from staged_reading`)).toEqual([]);
  });

  test('that is not whole fails', async () => {
    script.reading = { ...script.reading, holdings: [{ account: 'nobody', entitlement: 'staff' }] };
    expect(await read()).toMatchObject({ state: 'failed', problem: expect.stringContaining('nobody') as string });
    expect(await h.there(systemId)).toBe(0);
  });
});

describe('a reading that breaks off', () => {
  beforeEach(() => {
    script.pieceRows = 3;
  });
  const breakAt = (times: number, number: number, error: () => Error = away): (string | undefined)[] => {
    const froms: (string | undefined)[] = [];
    let left = times;
    script.beforePiece = (at, from) => {
      if (at === 1) froms.push(from);
      if (at === number && left > 0) {
        left -= 1;
        throw error();
      }
    };
    return froms;
  };

  test('goes on at the last piece that was kept', async () => {
    const froms = breakAt(2, 3);
    const run = await read();
    expect(run).toMatchObject({ state: 'done', problem: null, progress: { pieces: 8, rows: 41 } });
    expect(froms).toEqual([undefined, '6', '12']);
    expect(await h.there(systemId)).toBe(20);
  });

  test('begins again where the target cannot go on there any more', async () => {
    const froms = breakAt(1, 3);
    const broken = script.beforePiece;
    script.beforePiece = async (at, from) => {
      await broken?.(at, from);
      if (from !== undefined) throw Object.assign(new Error('the file was replaced'), { code: 'failed', retry: true });
    };
    expect(await read()).toMatchObject({ state: 'done', progress: { rows: 41 } });
    expect(froms).toEqual([undefined, '6', undefined]);
    expect(await h.there(systemId)).toBe(20);
  });

  test('again and again without getting further has failed', async () => {
    let tries = 0;
    script.beforePiece = (at, from) => {
      if (at === 1) tries += 1;
      if (from !== undefined || at === 3) throw away();
    };
    expect(await read()).toMatchObject({ state: 'failed', problem: 'nobody answers' });
    expect(tries).toBe(6);
    expect(await h.house.db.many(sql`select reading_id from staged_piece`)).toEqual([]);
  });

  test('because the target says no is not tried again', async () => {
    breakAt(9, 3, () => Object.assign(new Error('the password is wrong'), { code: 'refused', retry: false }));
    expect(await read()).toMatchObject({ state: 'failed', problem: 'the password is wrong' });
    expect(script.asked.whole).toBe(1);
  });
});

describe('a reading that would take too much away', () => {
  const accept = (id: string, because = 'we closed the branch'): Promise<unknown> =>
    h.perform('discovery.accept', { id, because });

  test('is held, and says why; a named person accepts it once, and only then is anything gone', async () => {
    await read();
    script.reading = staffOf(9);
    const run = await read();
    expect(run).toMatchObject({
      state: 'held',
      trusted: false,
      problem: '11 of 20 accounts were not there (10 may be missing); nothing was taken away',
    });
    expect([await h.there(systemId), run.counts?.['withheld']]).toEqual([20, 22]);
    expect(await h.happened('discovery.held', systemId)).toMatchObject([{ runId: run.id, because: run.problem }]);
    await accept(run.id);
    await h.house.settle();
    expect(await h.show(run.id)).toMatchObject({
      state: 'done',
      trusted: true,
      acceptedBy: h.admin,
      acceptedBecause: 'we closed the branch',
    });
    expect(await h.there(systemId)).toBe(9);
    expect(await h.happened('discovery.accepted', systemId)).toMatchObject([
      { runId: run.id, because: 'we closed the branch' },
    ]);
    await expect(accept(run.id)).rejects.toMatchObject({ code: 'reading.not_held' });
    expect(script.asked.whole).toBe(2);
  });

  test('is over when a later one says more', async () => {
    await read();
    script.reading = staffOf(9);
    const first = await read();
    const second = await read();
    expect([(await h.show(first.id)).state, second.state]).toEqual(['superseded', 'held']);
    script.reading = staffOf(20);
    expect((await read()).state).toBe('done');
    expect((await h.show(second.id)).state).toBe('superseded');
    await expect(accept(second.id)).rejects.toMatchObject({ code: 'reading.not_held' });
    expect(await h.house.db.many(sql`select id from staged_reading`)).toEqual([]);
  });

  test('is accepted by a person, never by a component of Reeve', async () => {
    await read();
    script.reading = staffOf(1);
    const { id } = await read();
    await expect(
      h.house.perform('discovery.accept', { id, because: 'x' }, { kind: 'component', id: 'discovery' }),
    ).rejects.toMatchObject({ status: 403 });
    expect((await h.show(id)).state).toBe('held');
  });

  test('is one by the system’s own measure, for holdings as for accounts', async () => {
    await read();
    await h.perform('systems.schedule', { id: systemId, maxLossPercent: 10, maxLossFree: 1 });
    script.reading = staffOf(17);
    expect(await read()).toMatchObject({
      state: 'held',
      problem: expect.stringContaining('3 of 20 accounts') as string,
    });
    script.reading = { ...staffOf(20), holdings: [] };
    expect(await read()).toMatchObject({
      state: 'held',
      problem: expect.stringContaining('20 of 20 holdings') as string,
    });
    script.reading = staffOf(18);
    expect((await read()).state).toBe('done');
    await h.perform('systems.schedule', { id: systemId, maxLossPercent: 100 });
    script.reading = staffOf(1);
    expect((await read()).state).toBe('done');
  });

  test.each([
    ['names nobody', () => (script.reading = { ...staffOf(0), entitlements: [] }), 'names no account'],
    [
      'comes under other pins',
      () =>
        h.house
          .as('arrange')
          .act({ action: 'arrange.all' }, (ctx, permit) =>
            pinSystem(ctx, permit, { systemId, pinned: ['SHA256:other'] }),
          ),
      'another machine',
    ],
  ])('is always one that %s', async (_what, spoil, why) => {
    await read();
    await h.perform('systems.schedule', { id: systemId, maxLossPercent: 100, maxLossFree: 1000 });
    await spoil();
    const run = await read();
    expect(run).toMatchObject({ state: 'held', problem: expect.stringContaining(why) as string });
    expect(await h.there(systemId)).toBe(20);
    await accept(run.id);
    await h.house.settle();
    expect((await read()).state).toBe(why === 'another machine' ? 'done' : 'held');
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { TargetError, type Connector, type RowsPiece, type Target, type Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { registerSystem } from '#spine/graph/index.ts';
import { lifecycleHouse, type LifecycleHouse } from '../testing/lifecycle-house.ts';
import { readSource } from './read-source.ts';

const HEADER = ['no', 'given', 'family', 'mail'];
type Reading = () => AsyncIterable<RowsPiece>;

/** How the next reading goes. What breaks and when is the point here; the real systems are in the connectors' own tests. */
let next: Reading;
const people = (...names: readonly string[]): readonly (readonly string[])[] =>
  names.map((name, at) => [`K${at + 1}`, name, 'Test', `${name.toLowerCase()}@larkspur.example`]);
async function* whole(rows: readonly (readonly string[])[]): AsyncGenerator<RowsPiece> {
  yield { columns: HEADER, rows };
  yield { columns: HEADER, rows: [], whole: true };
}

const rows = {
  place: z.strictObject({ table: z.string() }),
  columns: async () => HEADER.map((name) => ({ name, type: 'text' })),
  read: () => next(),
} satisfies Connector['rows'];
const targets: Targets = {
  rowsOf: (kind) => (kind === 'postgres' ? rows : undefined),
  use: (_systemId, work) => work({ kind: 'postgres', rows } as unknown as Connector, {} as Target),
};

let house: LifecycleHouse;
let sourceId: string;
beforeAll(async () => {
  house = await lifecycleHouse(undefined, targets);
  const system = await house.as('test').act({ action: 'test.set_up' }, (ctx, permit) =>
    registerSystem(ctx, permit, {
      name: 'hr-db',
      kind: 'postgres',
      host: 'db.example',
      port: 5432,
      settings: {},
      pinned: [],
    }),
  );
  const made = await house.perform<{ id: string }>(
    'sources.put',
    {
      source: 'db',
      readFrom: { system: system.name, place: { table: 'people' }, everyMinutes: 5 },
      mapping: {
        columns: {
          externalId: 'no',
          firstName: 'given',
          lastName: 'family',
          preferredName: null,
          email: 'mail',
          username: null,
          department: null,
          orgUnit: null,
          jobTitle: null,
          manager: null,
          employmentType: null,
          status: null,
          startDate: null,
          endDate: null,
        },
        attributes: {},
      },
    },
    house.admin,
  );
  sourceId = made.id;
  next = () => whole(people('Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Fa', 'Gus'));
  await read();
});
afterAll(async () => house?.close());

const read = async (): Promise<void> => {
  house.clock.advance(1_000);
  await readSource(targets, house.as('lifecycle'), sourceId);
  await house.settle(60_000);
};
const runs = (): Promise<{ state: string; codes: string[] }[]> =>
  house.db.many(sql`
    select state, array(select distinct p->>'code' from jsonb_array_elements(problems) p) as codes
      from feed_run where source_id = ${sourceId} order by id`);
const here = async (): Promise<string[]> =>
  (
    await house.db.many<{ name: string }>(sql`
      select f.display_name as name from source_record r join identity_facts f on f.identity_id = r.identity_id and f.valid_to is null
       where r.source_id = ${sourceId} and f.state = 'active' order by 1`)
  ).map(({ name }) => name.replace(' Test', ''));
const EVERYBODY = ['Ada', 'Bo', 'Cy', 'Di', 'Ed', 'Fa', 'Gus'];

beforeEach(async () => {
  next = () => whole(people(...EVERYBODY));
  await read();
  if ((await here()).join() !== EVERYBODY.join()) throw new Error('not everybody is here');
});

async function* brokenAfter(count: number, error: unknown): AsyncGenerator<RowsPiece> {
  yield { columns: HEADER, rows: people(...EVERYBODY).slice(0, count) };
  throw error;
}

test.each([
  ['breaks off', new TargetError('unreachable', 'the connection broke off'), 'feed.target_unreachable'],
  ['meets a size limit', new TargetError('failed', 'size limit exceeded'), 'feed.read_broke_off'],
  ['is another machine now', new TargetError('untrusted', 'not the pinned server'), 'feed.target_untrusted'],
  ['may no longer be read', new TargetError('refused', 'permission denied'), 'feed.target_refused'],
])('a system that %s in the middle changes nobody, and the run says why', async (_what, error, code) => {
  next = () => brokenAfter(6, error);
  await read();
  expect((await runs()).at(-1)).toEqual({ state: 'refused', codes: [code] });
  expect(await here()).toEqual(EVERYBODY);
});

test('rows that end without being said to be whole are none', async () => {
  next = async function* () {
    yield { columns: HEADER, rows: people(...EVERYBODY).slice(0, 6) };
  };
  await read();
  expect((await runs()).at(-1)).toEqual({ state: 'refused', codes: ['feed.read_broke_off'] });
  expect(await here()).toEqual(EVERYBODY);
});

test('the same reason again is noted and told once; another one, or a good reading between, is told', async () => {
  const before = (await runs()).length;
  const told = async (): Promise<number> =>
    (await house.db.one<{ n: number }>(sql`select count(*)::int as n from audit_event where type = 'feed.refused'`)).n;
  const first = await told();
  next = () => brokenAfter(1, new TargetError('unreachable', 'no answer'));
  await read();
  await read();
  await read();
  expect([(await runs()).length - before, (await told()) - first]).toEqual([1, 1]);
  next = () => brokenAfter(1, new TargetError('failed', 'half an answer'));
  await read();
  expect((await told()) - first).toBe(2);
});

test('nobody in it, many fewer in it, and a fact that nobody has any more are not trusted', async () => {
  for (const [rowsNow, code] of [
    [[], 'feed.no_rows'],
    [people('Ada'), 'feed.rows_missing'],
    [people(...EVERYBODY).map((row) => row.with(3, '')), 'feed.column_emptied'],
    [[...people(...EVERYBODY), ...people('Ada')], 'feed.duplicate'],
  ] as const) {
    next = () => whole(rowsNow);
    await read();
    expect((await runs()).at(-1), code).toEqual({ state: 'refused', codes: [code] });
    expect(await here()).toEqual(EVERYBODY);
  }
});

test('a column that is gone is named, with what it may be called now', async () => {
  next = async function* () {
    yield { columns: ['no', 'given', 'family', 'e_mail'], rows: [], whole: true };
  };
  await read();
  const [run] = await house.db.many<{ problems: { detail: string }[] }>(
    sql`select problems from feed_run where source_id = ${sourceId} order by id desc limit 1`,
  );
  expect(run?.problems[0]?.detail).toMatch(/column mail is missing; is it called e_mail now/);
});

test('hostile values are a bad row, and its person stays as they are', async () => {
  const hostile = ['a\0b', 'two\nlines', 'x'.repeat(2001)];
  const rowsNow = people(...EVERYBODY).map((row, at) => row.with(1, hostile[at] ?? row[1] ?? ''));
  next = () => whole([...rowsNow, ['', '', '', '']]);
  await read();
  const [run] = await house.db.many<{ state: string; counts: Record<string, number> }>(
    sql`select state, counts from feed_run where source_id = ${sourceId} order by id desc limit 1`,
  );
  expect(run).toMatchObject({ state: 'applied', counts: { skipped: 4, left: 0 } });
  expect(await here()).toEqual(EVERYBODY);
});

test('what was read in one way is not delivered when the source is read in another since', async () => {
  const before = (await runs()).length;
  next = async function* () {
    await house.perform(
      'sources.put',
      { source: 'db', readFrom: { system: 'hr-db', place: { table: 'others' }, everyMinutes: 5 } },
      house.admin,
    );
    next = () => whole(people(...EVERYBODY));
    yield* whole(people('Somebody', 'Else'));
  };
  await read();
  expect(await here()).toEqual(EVERYBODY);
  expect((await runs()).slice(before).every(({ state }) => state === 'applied')).toBe(true);
});

test('two workers read a source once', async () => {
  const before = (await runs()).length;
  let reading = 0;
  next = async function* () {
    reading += 1;
    await new Promise((done) => setTimeout(done, 300));
    yield* whole(people(...EVERYBODY));
  };
  house.clock.advance(1_000);
  await Promise.all([1, 2, 3].map(() => readSource(targets, house.as('lifecycle'), sourceId)));
  await house.settle(60_000);
  expect([reading, (await runs()).length - before]).toEqual([1, 1]);
});

test('a run that is held stays held while the source cannot be read, and gives way to a newer reading', async () => {
  await house.perform(
    'sources.put',
    { source: 'db', limits: { created: { percent: 0, free: 1, most: null } } },
    house.admin,
  );
  next = () => whole([...people(...EVERYBODY), ['N1', 'New', 'Test', ''], ['N2', 'Other', 'Test', '']]);
  await read();
  expect((await runs()).at(-1)?.state).toBe('held');
  next = () => brokenAfter(1, new TargetError('unreachable', 'away'));
  await read();
  expect((await runs()).slice(-2).map(({ state }) => state)).toEqual(['held', 'refused']);
  next = () => whole(people(...EVERYBODY));
  await read();
  expect((await runs()).slice(-3).map(({ state }) => state)).toEqual(['superseded', 'refused', 'applied']);
});

test('it is read by itself when its time has come, and not before', async () => {
  let reading = 0;
  next = () => {
    reading += 1;
    return whole(people(...EVERYBODY));
  };
  const tick = async (): Promise<void> => {
    await house.db.run(sql`select graphile_worker.add_job('lifecycle.collect_drops', '{}'::json)`);
    await house.settle(60_000);
  };
  house.clock.advance(3_600_000);
  await tick();
  await tick();
  expect(reading).toBe(1);
  house.clock.advance(5 * 60_000);
  await tick();
  expect(reading).toBe(2);
});

test('a file is not delivered to a source that is read, and a file and a system do not go together', async () => {
  const feed = house.perform('sources.feed', { source: 'db', content: 'no,given\n' }, house.admin);
  await expect(feed).rejects.toMatchObject({ code: 'source.is_read' });
  const both = house.perform('sources.put', { source: 'db', dropFile: 'hr/people.csv' }, house.admin);
  await expect(both).rejects.toMatchObject({ status: 422 });
  const collect = house.perform('sources.collect', { source: 'hr' }, house.admin);
  await expect(collect).rejects.toMatchObject({ code: 'source.not_read' });
});

test.each([
  ['a system there is not', { system: 'nowhere', place: { table: 'x' } }, '/readFrom/system'],
  ['a place with a key nobody knows', { system: 'hr-db', place: { table: 'x', sql: 'drop' } }, '/readFrom/place'],
  ['a place that names no table', { system: 'hr-db', place: {} }, '/readFrom/place/table'],
])('a source is not read from %s', async (_what, readFrom, pointer) => {
  const put = house.perform('sources.put', { source: 'other', readFrom }, house.admin);
  await expect(put).rejects.toMatchObject({ status: 422, errors: [{ pointer }] });
});

test('a preview reads what is there now, keeps nothing, and tells why it cannot', async () => {
  const before = await runs();
  next = () => whole([...people(...EVERYBODY), ['N1', 'New', 'Test', 'new@larkspur.example']]);
  const preview = await house.perform<{ state: string; rows: { what: string }[] }>(
    'sources.preview',
    { source: 'db', show: 'changed' },
    house.admin,
  );
  expect([preview.state, preview.rows.map(({ what }) => what)]).toEqual(['applying', ['join']]);
  next = () => brokenAfter(2, new TargetError('unreachable', 'away'));
  const away = await house.perform<{ state: string; problems: unknown[] }>(
    'sources.preview',
    { source: 'db' },
    house.admin,
  );
  expect(away).toMatchObject({ state: 'refused', problems: [{ code: 'feed.target_unreachable', detail: 'away' }] });
  expect(await runs()).toEqual(before);
  expect(await here()).toEqual(EVERYBODY);
});

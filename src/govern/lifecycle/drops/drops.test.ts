import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { generateCompany, makeBadFeeds } from '#test/fixtures/company/index.ts';
import { lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';
import { collectDrops } from './collect-drops.ts';

const company = generateCompany({ today: TODAY });
let house: LifecycleHouse;
let root: string;
beforeAll(async () => {
  house = await lifecycleHouse();
  root = mkdtempSync(join(tmpdir(), 'reeve-drops-'));
  mkdirSync(join(root, 'hr'));
  await house.perform('sources.put', { source: 'hr', dropFile: 'hr/people.csv' }, house.admin);
});
afterAll(async () => {
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Puts a file there, as if it had been written a while ago by the house's clock. */
const put = (content: string | Buffer, secondsAgo = 60): void => {
  const part = join(root, 'hr', 'people.csv.part');
  writeFileSync(part, content);
  const at = new Date(house.clock.now().getTime() - secondsAgo * 1000);
  utimesSync(part, at, at);
  renameSync(part, join(root, 'hr', 'people.csv'));
};
const collect = async (): Promise<void> => {
  await collectDrops(house.as('lifecycle'), root);
  await house.settle(60_000);
};
const runs = (): Promise<{ state: string; rows: number; startedBy: string }[]> =>
  house.db.many(sql`select state, rows, started_by from feed_run order by started_at, id`);
const looked = (): Promise<{ problem: string | null; state: string | null } | undefined> =>
  house.db.maybe(sql`select d.problem, r.state from source_drop d left join feed_run r on r.id = d.run_id`);

beforeEach(async () => {
  await house.settle(60_000);
  house.clock.set(new Date(house.clock.now().getTime() + 3_600_000).toISOString());
});

test('a file is delivered once, whenever it is another one', async () => {
  await collect();
  expect(await runs()).toEqual([]);
  put(company.feed);
  await collect();
  await collect();
  expect(await runs()).toEqual([{ state: 'applied', rows: company.people.length, startedBy: 'lifecycle' }]);
  put(company.files.get('people-tomorrow.csv') ?? '');
  await collect();
  expect((await runs()).map((r) => r.state)).toEqual(['applied', 'applied']);
  expect(await looked()).toEqual({ problem: null, state: 'applied' });
});

test('a file that was written to a moment ago waits until it is whole', async () => {
  const before = await runs();
  put(company.feed.slice(0, 4000), 2);
  await collect();
  expect(await runs()).toEqual(before);
  put(company.feed);
  await collect();
  expect((await runs()).length).toBe(before.length + 1);
});

test('what is no feed changes nobody, and says why', async () => {
  const people = (): Promise<unknown> =>
    house.db.many(sql`select identity_id, state, valid_from from identity_facts order by 1, 3`);
  const before = await people();
  for (const [name, bad] of makeBadFeeds(company.feed)) {
    put(bad.content);
    await collect();
    expect((await looked())?.state, `${name}: ${bad.why}`).toMatch(
      bad.expect === 'same' ? /^applied$/ : /^(refused|held)$/,
    );
    expect(await people(), name).toEqual(before);
  }
});

test('a link, a pipe’s place and a folder are told with the source, and followed nowhere', async () => {
  const file = join(root, 'hr', 'people.csv');
  rmSync(file);
  symlinkSync('/etc/passwd', file);
  await collect();
  expect((await looked())?.problem).toMatch(/people\.csv is a link/);
  rmSync(file);
  mkdirSync(file);
  await collect();
  expect((await looked())?.problem).toMatch(/no ordinary file/);
  rmSync(file, { recursive: true });
});

test('a file somebody goes on writing to is not taken in parts', async () => {
  const before = await runs();
  put(company.feed);
  const job = house.as('lifecycle');
  await collectDrops(
    {
      ...job,
      // It was read through, and grows before its rows are read.
      act: async (ask, work) => {
        appendFileSync(join(root, 'hr', 'people.csv'), 'E9999,Late,Comer\n');
        return await job.act(ask, work);
      },
    },
    root,
  );
  expect(await runs()).toEqual(before);
  expect((await looked())?.problem).toMatch(/changed while it was read/);
});

test.each([
  'people.csv',
  '/etc/people.csv',
  '../hr/people.csv',
  'hr/../../people.csv',
  'hr/.people.csv',
  'hr//x',
  'hr/',
])('a source is not pointed at %s', async (dropFile) => {
  await expect(house.perform('sources.put', { source: 'hr', dropFile }, house.admin)).rejects.toMatchObject({
    status: 422,
    errors: [{ pointer: '/dropFile' }],
  });
});

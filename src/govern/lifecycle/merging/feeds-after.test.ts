import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import type { RunAnswer } from '../testing/lifecycle-house.ts';
import { mergingHouse, type MergingHouse, type PlanAnswer } from '../testing/merging-house.ts';

const HR = {
  columns: { preferredName: null, orgUnit: null, employmentType: null, endDate: null },
  attributes: {},
};
const head =
  'employee_id,first_name,last_name,email,username,department,job_title,manager_employee_id,status,start_date\n';
const padding = (source: string): string[] =>
  Array.from({ length: 30 }, (_, i) => `P${i},Pad,Ding${i},,${source}${i},Ops,,,active,2020-01-01`);
const csv = (source: string, ...rows: string[]): string => `${head}${[...rows, ...padding(source)].join('\n')}\n`;
const row = (id: string, name: string, more: { dept?: string; boss?: string; status?: string } = {}): string =>
  `${id},${name},Lund,,${name.toLowerCase()},${more.dept ?? 'Care'},,${more.boss ?? ''},${more.status ?? 'active'},2020-01-01`;

let house: MergingHouse;
beforeAll(async () => {
  house = await mergingHouse();
  await house.perform('sources.put', { source: 'hr', mapping: HR }, house.admin);
  await house.perform(
    'sources.put',
    { source: 'second', timeZone: 'Europe/Amsterdam', mapping: HR, terms: { lifecycle: true, rank: 200 } },
    house.admin,
  );
});
afterAll(async () => {
  await house?.settle(30_000);
  await house?.close();
});

const deliver = async (source: string, ...rows: string[]): Promise<RunAnswer> => {
  const made = await house.perform<RunAnswer>('sources.feed', { source, content: csv(source, ...rows) }, house.admin);
  await house.settle(30_000);
  const run = await house.run(made.id);
  if (run.state !== 'applied') throw new Error(`${run.state}: ${JSON.stringify([run.problems, run.heldBecause])}`);
  return run;
};
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const facts = (id: string) =>
  house.db.one<{ state: string; department: string; username: string | null; managerId: string | null }>(sql`
    select state, department, username, manager_id from identity_facts where identity_id = ${id} and valid_to is null`);
const people = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from identity_facts where valid_to is null`)).n;

describe('two rows of one source are one person', () => {
  test('the second is put aside: it makes nobody, revives nobody and changes nothing', async () => {
    await deliver('hr', row('E1', 'Ada'), row('E2', 'Adah', { dept: 'Lab' }), row('E3', 'Cleo', { boss: 'E2' }));
    const [ada, double, cleo] = [await idOf('ada'), await idOf('adah'), await idOf('cleo')];
    const plan = await house.perform<PlanAnswer>(
      'identities.mergePreview',
      { identity: double, into: ada },
      house.admin,
    );
    expect(plan).toMatchObject({ refusals: [], records: [{ externalId: 'E2', what: 'put_aside' }] });
    await house.merge(double, ada);
    await house.settle();
    const before = await people();
    const run = await deliver(
      'hr',
      row('E1', 'Ada', { dept: 'Desk' }),
      row('E2', 'Adah', { dept: 'Roof' }),
      row('E3', 'Cleo', { boss: 'E2', dept: 'Lab' }),
    );
    expect(run).toMatchObject({ state: 'applied', counts: { joined: 0, left: 0, returned: 0, moved: 2, skipped: 0 } });
    expect(await people()).toBe(before);
    expect(await facts(ada)).toMatchObject({ state: 'active', department: 'Desk', username: 'ada' });
    expect(await facts(double)).toMatchObject({ state: 'leaver' });
    // Her manager is named by the row that was put aside.
    expect((await facts(cleo)).managerId).toBe(ada);
  });

  test('when HR drops the first, the second takes its place, and back', async () => {
    const ada = await idOf('ada');
    const run = await deliver(
      'hr',
      row('E2', 'Adah', { dept: 'Roof' }),
      row('E3', 'Cleo', { boss: 'E2', dept: 'Lab' }),
    );
    expect(run).toMatchObject({ state: 'applied', counts: { left: 0, joined: 0, skipped: 0 } });
    expect(await facts(ada)).toMatchObject({ state: 'active', department: 'Roof', username: 'adah' });
    const back = await deliver('hr', row('E1', 'Ada'), row('E3', 'Cleo', { boss: 'E1', dept: 'Lab' }));
    expect(back.counts).toMatchObject({ left: 0, joined: 0 });
    expect(await facts(ada)).toMatchObject({ state: 'active', department: 'Care', username: 'ada' });
    const gone = await deliver('hr', row('E3', 'Cleo', { dept: 'Lab' }));
    expect(gone.counts).toMatchObject({ left: 1 });
    expect(await facts(ada)).toMatchObject({ state: 'leaver' });
  });
});

describe('rows of two sources are one person', () => {
  test('both are read from the next delivery on, and nobody has left while one has them at work', async () => {
    await deliver('hr', row('E5', 'Bo'), row('E3', 'Cleo'));
    await deliver('second', row('S5', 'Bob', { dept: 'Lab' }));
    const [bo, double] = [await idOf('bo'), await idOf('bob')];
    await house.merge(double, bo);
    await house.settle();
    await deliver('second', row('S5', 'Bob', { dept: 'Roof' }));
    await deliver('hr', row('E5', 'Bo', { dept: 'Desk' }), row('E3', 'Cleo'));
    expect(await facts(bo)).toMatchObject({ state: 'active', department: 'Desk', username: 'bo' });
    expect(await facts(double)).toMatchObject({ state: 'leaver', username: 'bob' });
    const left = await deliver('hr', row('E3', 'Cleo'));
    expect(left.counts).toMatchObject({ left: 0 });
    // The other source's name comes into force, which was the duplicate's to give up.
    expect(await facts(bo)).toMatchObject({ state: 'active', department: 'Roof', username: 'bob' });
    expect(await facts(double)).toMatchObject({ state: 'leaver', username: null });
    expect((await deliver('second')).counts).toMatchObject({ left: 1 });
    expect((await facts(bo)).state).toBe('leaver');
  });

  test('who had left is back by the row of who turned out to be them', async () => {
    await deliver('hr', row('E6', 'Dee'), row('E3', 'Cleo'));
    const dee = await idOf('dee');
    await deliver('hr', row('E6', 'Dee', { status: 'terminated' }), row('E3', 'Cleo'));
    expect((await facts(dee)).state).toBe('leaver');
    await deliver('hr', row('E6', 'Dee', { status: 'terminated' }), row('E7', 'Deedee'), row('E3', 'Cleo'));
    const again = await idOf('deedee');
    await expect(house.merge(dee, again)).resolves.toBeDefined();
    await house.unmerge(dee);
    await house.settle();
    expect((await facts(dee)).state).toBe('leaver');
    // The other way round her first row counts, since it is still delivered, and it says that she has left.
    await expect(house.merge(again, dee)).rejects.toMatchObject({ code: 'identity.merge_into_leaver' });
    await deliver('hr', row('E7', 'Deedee'), row('E3', 'Cleo'));
    await house.merge(again, dee);
    await house.settle();
    expect(await facts(dee)).toMatchObject({ state: 'active', username: 'deedee' });
    const run = await deliver('hr', row('E7', 'Deedee', { dept: 'Roof' }), row('E3', 'Cleo'));
    expect(run.counts).toMatchObject({ joined: 0, left: 0, moved: 1 });
    expect(await facts(dee)).toMatchObject({ state: 'active', department: 'Roof' });
  });
});

describe('taken back', () => {
  test('each row is again about whom it was, and facts are by these rows', async () => {
    await deliver('hr', row('E8', 'Eve', { dept: 'Care' }), row('E9', 'Eva', { dept: 'Lab' }), row('E3', 'Cleo'));
    await deliver('second', row('S9', 'Evi', { dept: 'Roof' }));
    const [eve, eva, evi] = [await idOf('eve'), await idOf('eva'), await idOf('evi')];
    await house.merge(evi, eva);
    await house.merge(eva, eve);
    await house.unmerge(eva);
    expect(await facts(eva)).toMatchObject({ state: 'active', department: 'Lab', username: 'eva' });
    expect(await facts(eve)).toMatchObject({ state: 'active', department: 'Care', username: 'eve' });
    await house.unmerge(evi);
    expect(await facts(evi)).toMatchObject({ state: 'active', department: 'Roof', username: 'evi' });
    await house.settle();
    const before = await people();
    const run = await deliver(
      'hr',
      row('E8', 'Eve', { dept: 'Care' }),
      row('E9', 'Eva', { dept: 'Desk' }),
      row('E3', 'Cleo'),
    );
    expect(run.counts).toMatchObject({ joined: 0, left: 0, moved: 1 });
    expect(await people()).toBe(before);
    expect((await facts(eva)).department).toBe('Desk');
  });
});

describe('a row that is about somebody else', () => {
  test('makes somebody new of it, whom the next delivery changes, and leaves the other as their own rows say', async () => {
    await deliver('hr', row('X1', 'Fay', { dept: 'Care' }), row('E3', 'Cleo'));
    await deliver('second', row('Y1', 'Fae', { dept: 'Lab' }));
    const [fay, fae] = [await idOf('fay'), await idOf('fae')];
    await house.merge(fae, fay);
    await house.settle();
    const ask = {
      identity: fay,
      displayName: 'not used, since the row has a name',
      records: [{ source: 'second', externalId: 'Y1' }],
    };
    const plan = await house.perform<PlanAnswer>('identities.splitPreview', ask, house.admin);
    expect(plan).toMatchObject({ refusals: [], records: [{ externalId: 'Y1', what: 'moves' }] });
    const { otherId } = await house.perform<{ otherId: string }>(
      'identities.split',
      { ...ask, because: 'neither of the two' },
      house.admin,
    );
    expect([fay, fae]).not.toContain(otherId);
    // The username is the row's: the duplicate, which still is Fay, gives it up.
    expect(await facts(otherId)).toMatchObject({ state: 'active', department: 'Lab', username: 'fae' });
    expect(await facts(fae)).toMatchObject({ state: 'leaver', username: null });
    expect(await facts(fay)).toMatchObject({ state: 'active', department: 'Care', username: 'fay' });
    await house.settle();
    const run = await deliver('second', row('Y1', 'Fae', { dept: 'Roof' }));
    expect(run.counts).toMatchObject({ joined: 0, left: 0, moved: 1, skipped: 0 });
    expect([(await facts(fay)).department, (await facts(otherId)).department]).toEqual(['Care', 'Roof']);
    const gone = await deliver('hr', row('E3', 'Cleo'));
    expect(gone.counts).toMatchObject({ left: 1 });
    expect([(await facts(fay)).state, (await facts(otherId)).state]).toEqual(['leaver', 'active']);
  });
});

describe('at the same instant', () => {
  test('a merge and deliveries about both end as one after the other, whichever is first', async () => {
    let refused = 0;
    for (let i = 0; i < 6; i += 1) {
      const [one, two] = [`Max${i}`, `Moritz${i}`];
      const rows = (dept: string): string[] => [
        row(`M${i}`, one, { dept }),
        row(`N${i}`, two, { dept }),
        row('E3', 'Cleo'),
      ];
      await deliver('hr', ...rows('Care'));
      const [max, moritz] = [await idOf(one.toLowerCase()), await idOf(two.toLowerCase())];
      const feeding = house.perform('sources.feed', { source: 'hr', content: csv('hr', ...rows('Roof')) }, house.admin);
      // Every other time the plan is there, and its job is on the way.
      if (i % 2 === 1) await feeding;
      const merging = house.merge(moritz, max).then(
        () => undefined,
        (error: { code: string }) => error.code,
      );
      const [code] = await Promise.all([merging, feeding]);
      await house.settle(30_000);
      if (code !== undefined) {
        expect(code).toBe('identity.delivery_open');
        refused += 1;
        await house.merge(moritz, max);
      }
      await house.settle();
      expect(await facts(max)).toMatchObject({ state: 'active', department: 'Roof' });
      expect(await facts(moritz)).toMatchObject({ state: 'leaver' });
      const next = await deliver('hr', ...rows('Desk'));
      expect(next.counts).toMatchObject({ joined: 0, returned: 0, moved: 1 });
      expect(await facts(max)).toMatchObject({ state: 'active', department: 'Desk' });
      expect(await facts(moritz)).toMatchObject({ state: 'leaver' });
    }
    expect(refused).toBeLessThanOrEqual(6);
  });

  test('a delivery that waits for somebody is decided first', async () => {
    await deliver('hr', row('H1', 'Hal'), row('H2', 'Hall'), row('E3', 'Cleo'));
    const [hal, hall] = [await idOf('hal'), await idOf('hall')];
    const held = await house.perform<RunAnswer>(
      'sources.feed',
      {
        source: 'hr',
        content: `${head}${[row('H1', 'Hal', { dept: 'Z' }), row('H2', 'Hall'), ...padding('hr').map((p, i) => (i < 12 ? p.replace('active', 'terminated') : p))].join('\n')}\n`,
      },
      house.admin,
    );
    expect(held.state).toBe('held');
    await expect(house.merge(hall, hal)).rejects.toMatchObject({ code: 'identity.delivery_open' });
    await house.perform('sources.declineRun', { id: held.id, because: 'no' }, house.admin);
    await house.merge(hall, hal);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity } from '#spine/graph/index.ts';
import { lifecycleHouse, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

const HR = {
  columns: { preferredName: null, orgUnit: null, employmentType: null, endDate: null },
  attributes: { floor: 'floor' },
};
const DIRECTORY = {
  columns: {
    externalId: 'id',
    firstName: 'first',
    lastName: 'last',
    email: 'mail',
    department: 'dept',
    jobTitle: 'title',
    username: null,
    manager: null,
    preferredName: null,
    orgUnit: null,
    employmentType: null,
    status: null,
    startDate: null,
    endDate: null,
  },
  attributes: { number: 'number', desk: 'desk' },
};
const hrHead =
  'employee_id,first_name,last_name,email,username,department,job_title,manager_employee_id,status,start_date,floor\n';
const hr = (...rows: string[]): string => `${hrHead}${rows.join('\n')}\n`;
const dirHead = 'id,first,last,mail,dept,title,number,desk\n';
const dir = (...rows: string[]): string => `${dirHead}${rows.join('\n')}\n`;
const PADDING = Array.from({ length: 12 }, (_, i) => `P${i},Pad,Ding${i},,pad${i},Ops,,,active,2020-01-01,`);

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
  await put('hr', { mapping: HR });
  await put('directory', {
    mapping: DIRECTORY,
    terms: {
      lifecycle: false,
      rank: 200,
      ranks: { email: 1 },
      join: [
        { fact: 'number', with: 'externalId' },
        { fact: 'email', with: 'email' },
      ],
    },
  });
});
afterAll(() => house.close());

const put = (source: string, settings: object): Promise<unknown> =>
  house.perform('sources.put', { source, ...settings }, house.admin);
const deliver = async (source: string, content: string): Promise<RunAnswer> => {
  const made = await house.perform<RunAnswer>('sources.feed', { source, content }, house.admin);
  await house.settle(30_000);
  return await house.run(made.id);
};
interface Facts {
  readonly id: string;
  readonly email: string | null;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly displayName: string;
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
const who = (username: string): Promise<Facts> =>
  house.db.one<Facts>(sql`
    select identity_id as id, email, department, job_title, display_name, state, attributes from identity_facts
     where username = ${username} and valid_to is null`);

interface Lineage {
  readonly sources: readonly { source: string; present: boolean }[];
  readonly facts: readonly {
    fact: string;
    value: string | null;
    source: string | null;
    others: readonly { source: string; value: string }[];
  }[];
}
const lineage = async (username: string): Promise<Record<string, Lineage['facts'][number]>> => {
  const { facts } = await house.perform<Lineage>('sources.lineage', { identity: username }, house.admin);
  return Object.fromEntries(facts.map((f) => [f.fact, f]));
};

const ADA = 'E1,Ada,Lund,ada@hr.example,ada,Care,Nurse,,active,2020-01-01,1';
const BO = 'E2,Bo,Berg,bo@x.example,bo,Care,,E1,active,2020-01-01,2';

describe('a second source that fills in', () => {
  test('meets its rows with people by its rules, adds what is missing, and its rank decides fact by fact', async () => {
    await deliver('hr', hr(ADA, BO, ...PADDING));
    const run = await deliver(
      'directory',
      dir(
        'd1,A.,L.,ada@work.example,IT,Head,E1,D7',
        'd2,Bo,Berg,BO@x.example,IT,Porter,,D8',
        'd3,Nobody,Known,n@x.example,,,E99,',
      ),
    );
    expect(run).toMatchObject({
      state: 'applied',
      counts: { rows: 3, joined: 0, changed: 1, moved: 1, unmatched: 1, skipped: 0 },
    });
    expect(run.problems).toMatchObject([{ code: 'row.nobody', row: 3 }]);
    expect(await who('ada')).toMatchObject({
      displayName: 'Ada Lund',
      email: 'ada@work.example',
      department: 'Care',
      jobTitle: 'Nurse',
      state: 'active',
      attributes: { floor: '1', desk: 'D7', number: 'E1', first_name: 'Ada' },
    });
    expect(await who('bo')).toMatchObject({ email: 'BO@x.example', jobTitle: 'Porter', attributes: { desk: 'D8' } });
    const of = await lineage('ada');
    expect(of['email']).toMatchObject({
      value: 'ada@work.example',
      source: 'directory',
      others: [{ source: 'hr', value: 'ada@hr.example' }],
    });
    expect(of['department']).toMatchObject({ source: 'hr', others: [{ source: 'directory', value: 'IT' }] });
    expect(of['desk']).toMatchObject({ source: 'directory', others: [] });
    expect(of['status']).toMatchObject({ value: 'active', source: 'hr' });
  });

  test('the first source does not take back what the second one fills in, and changes what is its own', async () => {
    const run = await deliver('hr', hr(ADA.replace('Care', 'Lab').replace('ada@hr', 'ada2@hr'), BO, ...PADDING));
    expect(run.counts).toMatchObject({ moved: 1, changed: 0 });
    expect(await who('ada')).toMatchObject({
      email: 'ada@work.example',
      department: 'Lab',
      attributes: { desk: 'D7' },
    });
  });

  test('delivered again, neither changes anything', async () => {
    for (const [source, content] of [
      ['hr', hr(ADA.replace('Care', 'Lab').replace('ada@hr', 'ada2@hr'), BO, ...PADDING)],
      ['directory', dir('d1,A.,L.,ada@work.example,IT,Head,E1,D7', 'd2,Bo,Berg,BO@x.example,IT,Porter,,D8')],
    ] as const)
      expect((await deliver(source, content)).counts).toMatchObject({
        joined: 0,
        changed: 0,
        moved: 0,
        left: 0,
        returned: 0,
      });
  });

  test('its silence ends nobody; what it said falls back to the other', async () => {
    const run = await deliver('directory', dir('d2,Bo,Berg,BO@x.example,IT,Porter,,D8'));
    expect(run.counts).toMatchObject({ left: 0, changed: 1 });
    const ada = await who('ada');
    expect(ada).toMatchObject({ state: 'active', email: 'ada2@hr.example', department: 'Lab' });
    expect(ada.attributes).not.toHaveProperty('desk');
    expect((await lineage('ada'))['email']).toMatchObject({ source: 'hr', others: [] });
    await deliver('directory', dir('d1,A.,L.,ada@work.example,IT,Head,E1,D7', 'd2,Bo,Berg,BO@x.example,IT,Porter,,D8'));
    expect(await who('ada')).toMatchObject({ email: 'ada@work.example', attributes: { desk: 'D7' } });
  });

  test('who leaves the deciding source has left, whatever the other says', async () => {
    const run = await deliver('hr', hr(ADA, ...PADDING));
    expect(run.counts).toMatchObject({ left: 1 });
    expect((await who('bo')).state).toBe('leaver');
    await deliver('directory', dir('d1,A.,L.,ada@work.example,IT,Head,E1,D7', 'd2,Bo,Berg,BO@x.example,IT,Chief,,D8'));
    expect((await who('bo')).state).toBe('leaver');
    await deliver('hr', hr(ADA, BO, ...PADDING));
    expect((await who('bo')).state).toBe('active');
  });

  test('somebody made by hand is filled in, and neither ended nor emptied', async () => {
    const id = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
      const made = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: {
          displayName: 'Cy Hand',
          username: 'cy',
          email: 'cy@x.example',
          department: 'Board',
          attributes: { key: '1' },
        },
      });
      return made.id;
    });
    const base = ['d1,A.,L.,ada@work.example,IT,Head,E1,D7', 'd2,Bo,Berg,BO@x.example,IT,Chief,,D8'];
    await deliver('directory', dir(...base, 'd4,Cy,H,cy@x.example,,Chair,,D9'));
    expect(await who('cy')).toMatchObject({
      id,
      department: 'Board',
      jobTitle: 'Chair',
      state: 'active',
      attributes: { key: '1', desk: 'D9' },
    });
    await deliver('directory', dir(...base));
    expect(await who('cy')).toMatchObject({ state: 'active', department: 'Board' });
  });
});

describe('a source that does not decide, and somebody no source decides about', () => {
  const known = ['d1,A.,L.,ada@work.example,IT,Head,E1,D7', 'd2,Bo,Berg,BO@x.example,IT,Chief,,D8'];

  test('a contract made by hand still ends on its day', async () => {
    const ends = new Date(house.clock.now().getTime() + 3_600_000);
    await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
      await createIdentity(ctx, permit, {
        kind: 'vendor',
        facts: { displayName: 'Vi Vendor', username: 'vi', email: 'vi@x.example', contractEnd: ends },
      });
    });
    await deliver('directory', dir(...known, 'd9,Vi,V,vi@x.example,,Fitter,,'));
    expect(await who('vi')).toMatchObject({ jobTitle: 'Fitter', state: 'active' });
    house.clock.advance(2 * 3_600_000);
    await house.tasks['lifecycle.apply_dates']?.({}, undefined as never);
    await house.settle(30_000);
    expect((await who('vi')).state).toBe('leaver');
  });

  test('HR still finds the person of its row, whom the other filled in before', async () => {
    const id = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
      const made = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: 'Flo Fern', username: 'flo', email: 'flo@x.example' },
      });
      return made.id;
    });
    await deliver('directory', dir(...known, 'd10,Flo,F,flo@x.example,,Baker,,'));
    const run = await deliver(
      'hr',
      hr(ADA, BO, ...PADDING, 'E7,Flo,Fern,flo@x.example,flo,Kitchen,,,active,2020-01-01,'),
    );
    expect(run.counts).toMatchObject({ skipped: 0 });
    expect(await who('flo')).toMatchObject({ id, department: 'Kitchen', jobTitle: 'Baker' });
    await deliver('hr', hr(ADA, BO, ...PADDING));
    expect((await who('flo')).state).toBe('leaver');
    await deliver('directory', dir(...known));
  });
});

describe('a row that may be several people', () => {
  interface Case {
    readonly id: string;
    readonly externalId: string;
    readonly candidates: readonly { identityId: string; username: string | null; because: readonly string[] }[];
  }
  const cases = async (): Promise<readonly Case[]> =>
    (await house.perform<{ items: Case[] }>('sources.cases', {}, house.admin)).items;
  const rows = [
    'd1,A.,L.,ada@work.example,IT,Head,E1,D7',
    'd2,Bo,Berg,BO@x.example,IT,Chief,,D8',
    'd5,X,Y,pad@x.example,,,P3,D5',
  ];

  test('waits for a person, who is told who it may be and why; nobody is changed', async () => {
    await deliver(
      'hr',
      hr(ADA, BO, ...PADDING.map((p, i) => (i === 4 ? p.replace(',,pad4', ',pad@x.example,pad4') : p))),
    );
    const run = await deliver('directory', dir(...rows));
    expect(run).toMatchObject({ state: 'applied', counts: { unmatched: 1 } });
    const [open] = await cases();
    expect(open).toMatchObject({ externalId: 'd5' });
    expect(open?.candidates.map((c) => [c.username, c.because]).toSorted()).toEqual([
      ['pad3', ['number']],
      ['pad4', ['email']],
    ]);
    expect((await who('pad3')).attributes).not.toHaveProperty('desk');
  });

  test('is taken as a person said with the next delivery, and not asked again', async () => {
    const [open] = await cases();
    if (open === undefined) throw new Error('no case');
    const chosen = open.candidates.find((c) => c.username === 'pad4');
    await house.perform(
      'sources.resolveCase',
      { id: open.id, identityId: chosen?.identityId, because: 'asked her' },
      house.admin,
    );
    await deliver('directory', dir(...rows));
    expect((await who('pad4')).attributes).toMatchObject({ desk: 'D5' });
    expect(await cases()).toEqual([]);
    const resolve = { id: open.id, identityId: chosen?.identityId, because: 'again' };
    await expect(house.perform('sources.resolveCase', resolve, house.admin)).rejects.toMatchObject({
      code: 'source_case.resolved',
    });
  });

  test('two rows for one person wait both', async () => {
    const run = await deliver('directory', dir(...rows, 'd6,X,Y,,,,P6,', 'd7,X,Y,,,,P6,'));
    expect(run.counts['unmatched']).toBe(2);
    expect((await cases()).map((c) => c.externalId).toSorted()).toEqual(['d6', 'd7']);
    await deliver('directory', dir(...rows));
    expect(await cases()).toEqual([]);
  });

  test('nobody says which row is their own', async () => {
    await house.db.run(sql`update identity_facts set email = 'root@x.example' where identity_id = ${house.admin}`);
    await deliver('directory', dir(...rows, 'd8,Root,Admin,root@x.example,,Chief,P6,'));
    const [open] = await cases();
    expect(open?.candidates).toHaveLength(2);
    for (const identityId of [house.admin, null])
      await expect(
        house.perform('sources.resolveCase', { id: open?.id, identityId, because: 'me' }, house.admin),
      ).rejects.toMatchObject({ status: 403, code: 'source_case.own_benefit' });
    await deliver('directory', dir(...rows));
  });
});

describe('two sources that both decide', () => {
  beforeAll(async () => {
    await put('agency', {
      mapping: HR,
      terms: { rank: 150, join: [{ fact: 'email', with: 'email' }] },
    });
  });

  test('somebody both know leaves when both say so, and nobody who has left comes back by a guess', async () => {
    const staff = PADDING.map((p) => p.replace(/^P/, 'A').replace(/,pad/, ',age').replace(',,age', ',,age'));
    await deliver('agency', hr('Z1,Ada,Lund,ada@work.example,,Pool,,,active,2020-01-01,', ...staff));
    expect(await who('ada')).toMatchObject({ department: 'Care', state: 'active' });
    await deliver('hr', hr(BO.replace(',E1,', ',,'), ...PADDING));
    expect(await who('ada')).toMatchObject({ department: 'Pool', state: 'active' });
    await deliver('agency', hr(...staff));
    expect((await who('ada')).state).toBe('leaver');
    const run = await deliver('agency', hr('Z9,Ada,Lund,ada@work.example,,Pool,,,active,2020-01-01,', ...staff));
    expect(run.counts).toMatchObject({ returned: 0, joined: 0, unmatched: 1 });
    expect((await who('ada')).state).toBe('leaver');
  });
});

test('a first load that would change many people others know is held', async () => {
  const many = Array.from(
    { length: 80 },
    (_, i) => `M${i},Many,One${i},m${i}@x.example,many${i},Ops,,,active,2020-01-01,`,
  );
  await deliver('hr', hr(BO.replace(',E1,', ',,'), ...PADDING));
  const held = await house.perform<RunAnswer>(
    'sources.feed',
    { source: 'hr', content: hr(BO.replace(',E1,', ',,'), ...PADDING, ...many) },
    house.admin,
  );
  await house
    .perform('sources.acceptRun', { id: held.id, because: 'new site' }, house.admin)
    .catch((e: { code?: string }) => {
      expect(e.code).toBe('feed.not_held');
    });
  await house.settle(30_000);
  await put('badges', {
    mapping: { ...DIRECTORY, attributes: { badge: 'desk' } },
    terms: { lifecycle: false, rank: 500, join: [{ fact: 'email', with: 'email' }] },
  });
  const run = await deliver('badges', dir(...many.map((_, i) => `b${i},M,O,m${i}@x.example,,,,B${i}`)));
  expect(run).toMatchObject({ state: 'held', appliedRows: 0 });
  expect(run.heldBecause.map((h) => h.code)).toEqual(['limit.changed']);
});

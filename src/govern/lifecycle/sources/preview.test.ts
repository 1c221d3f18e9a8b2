import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { lifecycleHouse, type LifecycleHouse, type RunAnswer } from '../testing/lifecycle-house.ts';

const head = 'Nr;Voornaam;Achternaam;Mail;Afdeling;Status;Sinds';
const file = (...rows: readonly string[]): string => `${[head, ...rows].join('\n')}\n`;
const EXPRESSIONS = {
  externalId: 'pad(row.Nr, 6, "0")',
  username: 'lower(ascii(left(row.Voornaam, 1) + replace(row.Achternaam, " ", "")))',
  email: 'lower(trim(row.Mail))',
  startDate: 'day(row.Sinds, "d-M-yyyy")',
  cost_centre: '{"Zorg": "C1", "IT": "C2"}[row.Afdeling]',
};
const MAPPING = {
  delimiter: ';',
  columns: {
    firstName: 'Voornaam',
    lastName: 'Achternaam',
    department: 'Afdeling',
    status: 'Status',
    preferredName: null,
    orgUnit: null,
    jobTitle: null,
    manager: null,
    employmentType: null,
    endDate: null,
  },
  attributes: {},
  statuses: { actief: 'active', uit: 'leaver' },
  expressions: EXPRESSIONS,
};
const ROWS = Array.from(
  { length: 20 },
  (_, i) => `${i + 1};Zoë;van den Berg${i}; Z${i}@X.Example ;Zorg;Actief;3-4-2020`,
);

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
});
afterAll(() => house.close());

interface Preview {
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly code: string; readonly detail: string; readonly row?: number }[];
  readonly heldBecause: readonly { readonly code: string }[];
  readonly rows: readonly {
    readonly row: number | null;
    readonly what: string;
    readonly changed: readonly string[];
    readonly record: Readonly<Record<string, unknown>> | null;
    readonly problems: readonly { readonly detail: string }[];
  }[];
}
const preview = (input: object): Promise<Preview> =>
  house.perform('sources.preview', { source: 'nl', ...input }, house.admin);
/** Everything there is, by table: a preview leaves it as it was. */
const everything = async (): Promise<unknown> =>
  await house.db.one(sql`
    select (select jsonb_agg(s order by s.name) from people_source s) as sources,
           (select count(*) from people_source_history) as history,
           (select count(*) from feed_run) as runs, (select count(*) from feed_change) as changes,
           (select count(*) from feed_value) as values, (select count(*) from identity) as people,
           (select jsonb_agg(r order by r.external_id) from source_record r) as records,
           (select count(*) from source_case) as cases, (select count(*) from audit_event where type <> 'signin.refused') as events,
           (select max(recorded_from) from identity_facts) as facts`);

describe('a draft of a source', () => {
  test('is tried on a file before there is such a source: what is read, what is bad and why, and what would change', async () => {
    const before = await everything();
    const bad = [
      '21;Jo;Bad;j@x.example;Keuken;Actief;3-4-2020',
      '22;Al;Late;a@x.example;IT;Actief;31-2-2020',
      '23;Li;Odd;l@x.example;IT;Weg;1-1-2020',
    ];
    const seen = await preview({ mapping: MAPPING, content: file(...ROWS, ...bad), rows: 2 });
    expect(seen).toMatchObject({ state: 'applying', counts: { rows: 23, joined: 20, skipped: 3 } });
    expect(seen.rows).toMatchObject([
      {
        row: 1,
        what: 'join',
        record: {
          externalId: '000001',
          username: 'zvandenberg0',
          email: 'z0@x.example',
          startsOn: '2020-04-03',
          department: 'Zorg',
          attributes: { cost_centre: 'C1', first_name: 'Zoë' },
        },
      },
      { row: 2 },
    ]);
    const wrong = await preview({ mapping: MAPPING, content: file(...ROWS, ...bad), show: 'bad' });
    expect(wrong.rows.map((r) => [r.row, r.what, r.problems[0]?.detail])).toEqual([
      [21, 'bad', 'row 21: cost_centre cannot be made: a table in it has no entry for this value'],
      [22, 'bad', 'row 22: startDate cannot be made: a value is not a day like d-M-yyyy'],
      [23, 'bad', 'row 23: Status is a word this source does not map'],
    ]);
    expect(JSON.stringify(wrong.problems)).not.toMatch(/Keuken|31-2/);
    expect(await everything()).toEqual(before);
  });

  test('is put, and does what was shown', async () => {
    await house.perform('sources.put', { source: 'nl', mapping: MAPPING }, house.admin);
    const made = await house.perform<RunAnswer>('sources.feed', { source: 'nl', content: file(...ROWS) }, house.admin);
    await house.settle(30_000);
    expect(await house.run(made.id)).toMatchObject({ state: 'applied', counts: { joined: 20, skipped: 0 } });
    expect(
      await house.db.one(sql`
        select f.username, f.email, f.attributes->>'cost_centre' as centre from source_record s
          join identity_facts f on f.identity_id = s.identity_id where s.external_id = '000001'`),
    ).toEqual({ username: 'zvandenberg0', email: 'z0@x.example', centre: 'C1' });
  });

  test('says what it would change of people who are there, and what it would be held for', async () => {
    const before = await everything();
    const mapping = {
      expressions: { ...EXPRESSIONS, username: null, department: 'upper(row.Afdeling)' },
      columns: { username: null },
    };
    const seen = await preview({
      mapping,
      limits: { changed: { percent: 0, free: 5 } },
      content: file(...ROWS),
      show: 'changed',
      rows: 3,
    });
    expect(seen).toMatchObject({
      state: 'held',
      counts: { rows: 20, moved: 20, joined: 0 },
      heldBecause: [{ code: 'limit.changed' }],
    });
    expect(seen.rows).toHaveLength(3);
    expect(seen.rows[0]).toMatchObject({ what: 'move', record: { department: 'ZORG' } });
    expect(seen.rows[0]?.changed).toContain('department');
    expect(await everything()).toEqual(before);
  });

  test('without a file plans what the source said last: another time zone changes nobody here, and nothing is kept', async () => {
    const before = await everything();
    const seen = await preview({ timeZone: 'Asia/Tokyo', terms: { rank: 5 } });
    expect(seen).toMatchObject({
      state: 'applying',
      counts: { rows: 20, unchanged: 20, moved: 0, changed: 0, left: 0 },
    });
    expect(seen.rows).toHaveLength(20);
    expect(await everything()).toEqual(before);
    await expect(preview({ mapping: { delimiter: ',' } })).rejects.toMatchObject({ status: 422 });
  });

  test('a file of another shape would be refused, and says so', async () => {
    const seen = await preview({ mapping: { expressions: { jobTitle: 'row.Functie' } }, content: file(...ROWS) });
    expect(seen).toMatchObject({
      state: 'refused',
      problems: [{ code: 'feed.column_missing', detail: expect.stringContaining('Functie') }],
    });
    expect((await preview({ content: '<html>' })).problems[0]).toMatchObject({ code: 'csv.not_csv' });
  });

  test('a bad expression is refused where it is put, with its place and what to write', async () => {
    const draft = { source: 'nl', mapping: { expressions: { email: 'lower(row.Mail' } } };
    for (const [operation, input] of [
      ['sources.put', draft],
      ['sources.preview', { ...draft, content: file(...ROWS) }],
    ] as const)
      await expect(house.perform(operation, input, house.admin)).rejects.toMatchObject({
        status: 422,
        errors: [{ pointer: '/mapping/expressions/email', detail: expect.stringMatching(/at character 15$/) }],
      });
  });

  test('is tried by those who may change it only', async () => {
    const somebody = await house.db.one<{ id: string }>(sql`select identity_id as id from source_record limit 1`);
    await expect(
      house.perform('sources.preview', { source: 'nl', terms: { rank: 1 } }, somebody.id),
    ).rejects.toMatchObject({ status: 403 });
  });
});

test('a row whose expression has no answer leaves its person as they are, and many of them refuse the delivery', async () => {
  const content = file(...ROWS.map((r, i) => (i < 2 ? r.replace('Zorg', 'Keuken') : r)));
  const made = await house.perform<RunAnswer>('sources.feed', { source: 'nl', content }, house.admin);
  await house.settle(30_000);
  expect(await house.run(made.id)).toMatchObject({ state: 'applied', counts: { skipped: 2, left: 0 } });
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from identity_facts f where f.attributes->>'cost_centre' = 'C1' and f.department = 'Zorg'`);
  expect(n).toBe(20);
  const worse = file(...ROWS.map((r) => r.replace('Zorg', 'Keuken')));
  expect(await house.perform<RunAnswer>('sources.feed', { source: 'nl', content: worse }, house.admin)).toMatchObject({
    state: 'refused',
  });
});

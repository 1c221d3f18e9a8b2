import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

const COLUMNS = [
  'employee_id',
  'first_name',
  'last_name',
  'preferred_name',
  'email',
  'username',
  'company',
  'department',
  'org_unit',
  'job_title',
  'manager_employee_id',
  'location',
  'time_zone',
  'employment_type',
  'status',
  'start_date',
  'end_date',
  'cost_centre',
] as const;
type Row = Record<(typeof COLUMNS)[number], string>;

interface Run {
  readonly id: string;
  readonly state: string;
  readonly problems: readonly { readonly code: string; readonly detail: string; readonly fix?: string }[];
  readonly heldBecause: readonly { readonly code: string; readonly detail: string }[];
  readonly counts: Readonly<Record<string, number>>;
}

let house: PeopledHouse;
let boss: Caller;

/** A company as small as companies are: the more it matters that nobody is lost. */
const PEOPLE = 30;
const names = ['Zoë', 'Jürgen', 'Siân', '李', 'Ólafur', 'Anna'];
const company: readonly Row[] = Array.from({ length: PEOPLE }, (_, n) => ({
  employee_id: `E${100 + n}`,
  first_name: names[n % names.length] ?? '',
  last_name: `Example "${n}", the ${n}th`,
  preferred_name: '',
  email: `p${n}@larkspur.example`,
  username: `person${n}`,
  company: 'Larkspur',
  department: n % 2 === 0 ? 'finance' : 'it',
  org_unit: 'Unit',
  job_title: 'Engineer',
  manager_employee_id: n === 0 ? '' : 'E100',
  location: 'Leith',
  time_zone: 'Europe/London',
  employment_type: 'employee',
  status: 'active',
  start_date: '2014-12-01',
  end_date: n % 5 === 0 ? '2031-01-31' : '',
  cost_centre: 'CC-1',
}));
const quoted = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const csv = (rows: readonly Row[], columns: readonly string[] = COLUMNS): string =>
  `${[columns.join(','), ...rows.map((row) => COLUMNS.map((c) => quoted(row[c])).join(','))].join('\n')}\n`;
const GOOD = csv(company);
const changed = (change: (row: Row, n: number) => Partial<Row>): string =>
  csv(company.map((row, n) => ({ ...row, ...change(row, n) })));
const exchanged = (a: keyof Row, b: keyof Row): string => changed((row) => ({ [a]: row[b], [b]: row[a] }));

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  const entitlementId = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'intranet', kind: 'csv', ownerId: boss.id });
    return (await putEntitlement(ctx, permit, { systemId: system.id, kind: 'group', nativeId: 'staff', name: 'staff' }))
      .id;
  });
  must(
    await boss.call('POST', '/v1/birthrights', {
      name: 'staff',
      condition: { employment_type: ['employee'] },
      entitlementId,
    }),
  );
  must(await boss.call('PUT', '/v1/sources/hr', { timeZone: 'Europe/London' }));
  const run = await deliver(GOOD);
  if (run.state !== 'applying') throw new Error(JSON.stringify(run));
  await house.settle(60_000);
  const { active, grants } = await standing();
  if (active !== PEOPLE || grants !== PEOPLE) throw new Error(`${active} people, ${grants} grants`);
});
afterAll(() => house?.close());

const post = (body: Record<string, unknown>): Promise<Answer> => boss.call('POST', '/v1/sources/hr/feeds', body);
/** Delivers as an operator does: text as it is, bytes as bytes. */
const deliver = async (content: string | Buffer): Promise<Run> =>
  must<Run>(
    await post(typeof content === 'string' ? { content } : { content: content.toString('base64'), encoding: 'base64' }),
  );
/** What is so of everybody the source knows: whatever a feed takes away shows here. */
const standing = (): Promise<{ active: number; grants: number; held: number; digest: string }> =>
  house.db.one(sql`
    select count(*) filter (where f.state = 'active')::int as active,
           (select count(*)::int from access_grant g join source_record s on s.identity_id = g.identity_id
             where g.ended_because is null) as grants,
           (select count(*)::int from feed_run where state = 'held') as held,
           md5(string_agg(concat_ws('|', s.external_id, f.display_name, f.username, f.email, f.state, f.department, f.job_title,
                                    f.manager_id, f.contract_end), E'\n' order by s.external_id)) as digest
      from source_record s join identity_facts f on f.identity_id = s.identity_id
       and f.valid_from <= ${house.clock.now()} and (f.valid_to is null or f.valid_to > ${house.clock.now()})`);

const cut = (share: number): string => GOOD.slice(0, Math.floor(GOOD.length * share));
const utf16 = (mark: boolean): Buffer => Buffer.from(`${mark ? '\ufeff' : ''}${GOOD}`, 'utf16le');
const lines = GOOD.trimEnd().split('\n');
const withLines = (change: (all: string[]) => string[]): string => `${change([...lines]).join('\n')}\n`;

/** Deliveries that are not what HR meant. None may change anybody, and each says why. */
const BAD: readonly (readonly [what: string, content: string | Buffer])[] = [
  ['nothing', ''],
  ['blank lines', '\n \r\n\n'],
  ['a header and nobody', `${lines[0]}\n`],
  ['rows without their header', withLines((all) => all.slice(1))],
  ['one tenth of the file', cut(0.1)],
  ['half of the file, cut within a line', cut(0.5)],
  ['half of the file, cut between lines', withLines((all) => all.slice(0, 15))],
  ['nine tenths of the file', cut(0.9)],
  ['all but the last line break', GOOD.slice(0, -1)],
  ['one row twice', withLines((all) => [...all, all[3] ?? ''])],
  ['the file twice', GOOD + GOOD],
  ['UTF-16 without its mark', utf16(false)],
  ['Latin-1', Buffer.from(GOOD, 'latin1')],
  ['replacement characters', GOOD.replaceAll(/[ëüâ李Ó]/g, '\ufffd')],
  ['bytes that are no text', Buffer.from([0, 1, 2, 255, 254, 0, 0])],
  ['a compressed file', gzipSync(GOOD)],
  ['a page to sign in', '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form></form></body></html>'],
  ['a page without its doctype', '  <html><body>Session expired</body></html>'],
  ['an error in JSON', '{"error":"token expired"}'],
  ['an error in XML', '<?xml version="1.0"?><fault>no</fault>'],
  ['an error in plain words', 'ERROR: could not connect to the database\n'],
  ['another delimiter', GOOD.replaceAll(',', ';')],
  ['a quote that never closes', GOOD.replace('E110,', 'E110,"')],
  ['a quote in the middle of a value', GOOD.replace('E110,', 'E"110,')],
  ['a value more in one row', GOOD.replace('E110,', 'E110,,')],
  [
    'a column that is missing',
    csv(
      company,
      COLUMNS.map((c) => (c === 'status' ? 'estado' : c)),
    ),
  ],
  [
    'a column of that name twice',
    csv(
      company,
      COLUMNS.map((c) => (c === 'location' ? 'status' : c)),
    ),
  ],
  ['keys and user names exchanged', exchanged('employee_id', 'username')],
  ['keys and mail addresses exchanged', exchanged('employee_id', 'email')],
  ['status and location exchanged', exchanged('status', 'location')],
  ['first and last days exchanged', exchanged('start_date', 'end_date')],
  ['managers and units exchanged', exchanged('manager_employee_id', 'org_unit')],
  ['everybody terminated', changed(() => ({ status: 'terminated' }))],
  ['everybody’s last day long ago', changed(() => ({ end_date: '2015-01-01' }))],
  ['everybody’s first day far ahead', changed(() => ({ start_date: '2099-01-01' }))],
  ['keys written otherwise', changed((row) => ({ employee_id: `0${row.employee_id}` }))],
  ['keys in small letters', changed((row) => ({ employee_id: row.employee_id.toLowerCase() }))],
  ['days of another country', changed(() => ({ start_date: '01/12/2014' }))],
  ['a day there never was', changed(() => ({ start_date: '2015-02-30' }))],
];

test.each(BAD)('%s changes nobody, and is answered with why', async (_what, content) => {
  const before = await standing();
  const run = await deliver(content);
  await house.settle(60_000);
  expect(['refused', 'held'], JSON.stringify(run)).toContain(run.state);
  const why = [...run.problems, ...run.heldBecause];
  expect(why.length).toBeGreaterThan(0);
  for (const { code, detail } of why) {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(detail.length).toBeGreaterThan(15);
  }
  expect(await standing()).toMatchObject({ ...before, held: run.state === 'held' ? 1 : 0 });
});

test.each<readonly [string, string | Buffer]>([
  ['the same again', GOOD],
  ['the rows in another order', withLines(([header = '', ...rows]) => [header, ...rows.reverse()])],
  [
    'the columns in another order, each under its name',
    [[...COLUMNS].reverse(), ...company.map((row) => [...COLUMNS].reverse().map((c) => quoted(row[c])))]
      .map((cells) => cells.join(','))
      .join('\n') + '\n',
  ],
  ['line ends of another system', GOOD.replaceAll('\n', '\r\n')],
  ['a byte order mark', Buffer.from(`\ufeff${GOOD}`)],
  ['UTF-16 with its mark', utf16(true)],
  ['names taken apart into letters and accents', GOOD.normalize('NFD')],
  ['columns nobody asked for', withLines((all) => all.map((line, n) => `${line},${n === 0 ? 'salary' : '1'}`))],
])('%s says the same, and changes nobody', async (_what, content) => {
  const before = await standing();
  const run = await deliver(content);
  await house.settle(60_000);
  expect(['applying', 'applied'], JSON.stringify(run)).toContain(run.state);
  expect(run.counts).toMatchObject({ left: 0, moved: 0, changed: 0, joined: 0 });
  expect({ ...(await standing()), held: 0 }).toEqual({ ...before, held: 0 });
});

/** Values somebody in HR, or whoever sits between, may write into one row of their own. */
const HOSTILE: readonly (readonly [what: string, values: Partial<Row>])[] = [
  ['a formula', { first_name: "=cmd|' /C calc'!A0", job_title: '@SUM(1+1)*cmd' }],
  ['a script', { first_name: '<script>alert(1)</script>', department: '"><img src=x onerror=alert(1)>' }],
  ['a statement', { last_name: "'); drop table identity; --", department: "x' or '1'='1" }],
  ['a shell', { first_name: '$(touch /tmp/pwned)', job_title: '`id`; reboot' }],
  ['a template', { first_name: '{{7*7}}${7*7}<%= 7*7 %>' }],
  ['a prototype', { department: '__proto__', org_unit: 'constructor', job_title: 'toString' }],
  ['very much', { job_title: 'x'.repeat(199) }],
  // Two people may share one; it makes neither into the other.
  ['a mail address of somebody else', { email: 'p3@larkspur.example' }],
];
/** Values that are refused by the row, and never taken for somebody else. */
const REFUSED: readonly (readonly [what: string, values: Partial<Row>])[] = [
  ['a user name of the system', { username: 'root' }],
  ['a user name of somebody else', { username: 'person3' }],
  ['that user name in capitals', { username: 'PERSON3' }],
  ['an administrator’s user name', { username: 'boss' }],
  ['a user name for a shell', { username: 'a;touch /tmp/pwned' }],
  ['a user name that is an option', { username: '-oProxyCommand=x' }],
  ['text that turns around', { last_name: 'Example\u202egpj.exe' }],
  ['an escape sequence', { last_name: 'Example\u001b[2J' }],
  ['more than a value may be', { last_name: 'x'.repeat(201) }],
  ['a mail address with another in it', { email: 'a@b.example\u0020Bcc:eve@evil.example' }],
];
const newcomer = (n: number, values: Partial<Row>): Row => ({
  ...(company[1] as Row),
  employee_id: `N${n}`,
  username: `newcomer${n}`,
  email: `n${n}@larkspur.example`,
  ...values,
});

test('hostile values are kept as they are, in their own row; what could be somebody else is refused by row', async () => {
  const before = await standing();
  const rows = HOSTILE.map(([, values], n) => newcomer(n, values));
  const run = await deliver(csv([...company, ...rows]));
  await house.settle(60_000);
  expect(run, JSON.stringify(run)).toMatchObject({ counts: { joined: HOSTILE.length, left: 0, changed: 0 } });
  const people = await house.db.many<{ username: string; displayName: string; department: string; jobTitle: string }>(
    sql`select username, display_name, department, job_title from identity_facts where username like 'newcomer%' order by username`,
  );
  for (const [n, row] of rows.entries())
    expect(people[n]).toEqual({
      username: row.username,
      displayName: `${row.first_name} ${row.last_name}`,
      department: row.department,
      jobTitle: row.job_title,
    });
  const after = await standing();
  expect([after.active, after.grants]).toEqual([before.active + HOSTILE.length, before.grants + HOSTILE.length]);

  for (const [n, [what, values]] of REFUSED.entries()) {
    const digest = await standing();
    const answer = await deliver(csv([...company, ...rows, newcomer(100 + n, values)]));
    await house.settle(60_000);
    expect(answer.problems.length, `${what}: ${JSON.stringify(answer)}`).toBeGreaterThan(0);
    expect(await standing(), what).toEqual(digest);
  }
});

test('what is delivered wrongly is refused by the name of its field', async () => {
  for (const body of [
    { content: 'not base64!', encoding: 'base64' },
    { content: GOOD, encoding: 'utf-16' },
    { content: `a\0b` },
    { content: 7 },
    {},
  ]) {
    const answer = await post(body);
    expect(answer.status, JSON.stringify(body).slice(0, 50)).toBe(422);
    expect(answer.body['errors']).toBeDefined();
  }
  expect((await boss.call('POST', '/v1/sources/nowhere/feeds', { content: GOOD })).status).toBe(404);
});

test('two deliveries at the same instant are taken one after the other, and change nobody twice', async () => {
  const before = await standing();
  const rows = HOSTILE.map(([, values], n) => newcomer(n, values));
  const content = csv([...company, ...rows]);
  const answers = await Promise.all(Array.from({ length: 6 }, () => post({ content })));
  await house.settle(60_000);
  for (const { status, text } of answers) expect([200, 409], text).toContain(status);
  expect(answers.some((a) => a.status === 200)).toBe(true);
  expect(await standing()).toEqual({ ...before, held: 0 });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

interface Answer {
  readonly entitlementName: string;
  readonly ways: readonly {
    readonly via: string;
    readonly path: readonly { readonly kind: string; readonly name: string }[];
    readonly grant: {
      readonly reason: string | null;
      readonly cause: Readonly<Record<string, unknown>>;
      readonly told: { readonly eventId: string; readonly by: string } | null;
    } | null;
    readonly account: { readonly name: string; readonly quality: string; readonly founded: boolean } | null;
  }[];
}

const company = generateCompany({ today: '2026-03-02' });
const person = (id: string, username: string, last: string, department: string): Person => ({
  ...company.person('lena'),
  employee_id: id,
  first_name: username,
  last_name: last,
  preferred_name: '',
  email: `${username}@larkspur.example`,
  username,
  department,
  org_unit: '',
  manager_employee_id: '',
});
const csvOf = (people: readonly Person[]): string =>
  `${[PERSON_COLUMNS.join(','), ...people.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;

let house: GuardedHouse;
let admin: string;
const ids = new Map<string, string>();

beforeAll(async () => {
  house = await guardedHouse();
  admin = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: 'Ada Min', username: 'ada' };
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts });
    await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return id;
  });
  await house.perform(
    'systems.importCsv',
    {
      system: 'erp',
      accounts: 'account_id,account_name,kind\nzoe,zoe,personal\nivo,ivo,personal\n',
      entitlements:
        'entitlement_id,kind,name\npost,role,Post a journal\npay,role,Pay a vendor\nall,role,Everything in the ledger\n',
      holdings: 'account_id,entitlement_id\nivo,pay\nzoe,all\n',
      nesting: 'parent_id,child_id\nall,post\n',
    },
    admin,
  );
  await house.perform('sources.put', { source: 'hr', timeZone: 'Europe/Amsterdam' }, admin);
  await house.perform(
    'birthrights.put',
    { name: 'finance posts', condition: { department: ['Finance'] }, entitlementId: await entitlement('post') },
    admin,
  );
  await house.perform(
    'sources.feed',
    {
      source: 'hr',
      content: csvOf([person('E1', 'zoe', 'Ng', 'Finance'), person('E2', 'ivo', 'Berg', 'Sales')]),
    },
    admin,
  );
  await house.settle(60_000);
  for (const { id, username } of await house.db.many<{ id: string; username: string }>(
    sql`select identity_id as id, username from identity_facts where valid_to is null and username is not null`,
  ))
    ids.set(username, id);
});
afterAll(() => house?.close());

const entitlement = async (nativeId: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where native_id = ${nativeId} and valid_to is null`,
    )
  ).id;
const trace = async (who: string, nativeId: string, as: string = admin): Promise<Answer> =>
  await house.perform<Answer>('access.lineage', { identity: who, entitlementId: await entitlement(nativeId) }, as);

test('what a rule gives goes back to the rule, the facts it asks about, and the row of the source that says them', async () => {
  const { entitlementName, ways } = await trace('zoe', 'post');
  expect(entitlementName).toBe('Post a journal');
  const [byRule] = ways.filter((way) => way.grant?.cause['kind'] === 'birthright');
  expect(byRule?.grant?.cause).toMatchObject({
    rule: 'finance posts',
    condition: { department: ['Finance'] },
    facts: [{ fact: 'department', value: 'Finance', source: 'hr', externalId: 'E1' }],
    rows: [{ source: 'hr', externalId: 'E1', present: true }],
  });
  const rows = byRule?.grant?.cause['rows'] as { runId: string }[] | undefined;
  expect(await house.perform('sources.run', { id: rows?.[0]?.runId }, admin)).toMatchObject({ state: 'applied' });
  const told = byRule?.grant?.told;
  expect(await house.db.one(sql`select type, subject_id from audit_event where id = ${told?.eventId ?? ''}`)).toEqual({
    type: 'grants.started',
    subjectId: ids.get('zoe'),
  });
});

test('what was given directly goes back to who gave it and why', async () => {
  const because = 'the ledger is hers';
  await house.perform(
    'grants.give',
    { identity: ids.get('zoe'), entitlementId: await entitlement('all'), because },
    admin,
  );
  const { ways } = await trace('zoe', 'post');
  const given = ways.find((way) => way.grant?.cause['kind'] === 'given');
  expect(given).toMatchObject({
    path: [
      { kind: 'grant' },
      { kind: 'entitlement', name: 'Everything in the ledger' },
      { kind: 'entitlement', name: 'Post a journal' },
    ],
    grant: { reason: because, cause: { origin: 'admin' }, told: { by: 'Ada Min' } },
  });
});

test('what an account holds and nobody granted is said to be unfounded', async () => {
  await house.perform(
    'accounts.assign',
    {
      id: (await house.db.one<{ id: string }>(sql`select id from account where name = 'ivo'`)).id,
      identityId: ids.get('ivo'),
      because: 'his name',
    },
    admin,
  );
  const { ways } = await trace('ivo', 'pay');
  expect(ways).toMatchObject([{ via: 'account', account: { name: 'ivo', quality: 'reported', founded: false } }]);
});

test('what was asked for goes back to the request, and to who decided it', async () => {
  const nativeId = 'pay';
  const entitlementId = await entitlement(nativeId);
  await house.perform(
    'entitlements.describe',
    { id: entitlementId, requestable: true, risk: 'low', ownerId: admin, description: 'Moves money' },
    admin,
  );
  const zoe = ids.get('zoe') ?? '';
  const { request } = await house.perform<{
    request: { id: string; number: string; state: string; steps: { approvers: { id: string }[] }[] };
  }>('requests.submit', { what: 'erp:pay', for: '2h', reason: 'a vendor waits' }, zoe);
  for (const { approvers } of request.steps)
    await house.perform('requests.approve', { id: request.id }, approvers[0]?.id);
  const { ways } = await trace('zoe', nativeId);
  const asked = ways.find((way) => way.grant?.cause['kind'] === 'request');
  expect(asked?.grant?.cause).toMatchObject({
    requestId: request.id,
    requester: 'zoe Ng',
    reason: 'a vendor waits',
    decisions: [{ by: 'Ada Min', decision: 'approved' }],
  });
});

test('people trace their own access, and nobody else’s', async () => {
  const zoe = ids.get('zoe') ?? '';
  expect((await trace(zoe, 'post', zoe)).ways.length).toBeGreaterThan(0);
  await expect(trace('ivo', 'pay', zoe)).rejects.toMatchObject({ status: 404 });
  expect((await trace('ada', 'post')).ways).toEqual([]);
});

test('a rule in CEL goes back to the facts it names too', async () => {
  await house.perform(
    'birthrights.put',
    {
      name: 'sales pays',
      condition: {},
      personCondition: 'person.department == "Sales"',
      entitlementId: await entitlement('pay'),
    },
    admin,
  );
  await house.settle(60_000);
  const { ways } = await trace('ivo', 'pay');
  expect(ways.find((way) => way.grant?.cause['kind'] === 'birthright')?.grant?.cause).toMatchObject({
    personCondition: 'person.department == "Sales"',
    facts: [{ fact: 'department', value: 'Sales' }],
  });
});

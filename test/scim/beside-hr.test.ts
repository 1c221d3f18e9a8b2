import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ENTERPRISE, must, scimHouse, USER, type Directory, type Json, type ScimHouse } from './scim-house.ts';

const head = 'employee_id,first_name,last_name,email,username,department,status,start_date\n';
const ADA = 'E1,Ada,Lund,ada@hr.example,ada,Care,active,2020-01-01';
const BO = 'E2,Bo,Berg,,bo,Care,active,2020-01-01';
const CY = 'E3,Cy,Holt,,cy,Care,active,2020-01-01';

let house: ScimHouse;
let entra: Directory;
beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  must(
    await house.boss.call('PUT', '/v1/sources/hr', {
      mapping: {
        columns: {
          preferredName: null,
          orgUnit: null,
          jobTitle: null,
          manager: null,
          employmentType: null,
          endDate: null,
        },
        attributes: {},
      },
    }),
  );
  must(
    await house.boss.call('PUT', '/v1/sources/entra', {
      terms: {
        lifecycle: false,
        rank: 200,
        ranks: { email: 1 },
        join: [
          { fact: 'employee_number', with: 'externalId' },
          { fact: 'email', with: 'email' },
        ],
      },
    }),
  );
  await feed(ADA, BO);
});
afterAll(() => house?.close());

async function feed(...rows: readonly string[]): Promise<void> {
  must(await house.boss.call('POST', '/v1/sources/hr/feeds', { content: `${head}${rows.join('\n')}\n` }));
  await house.settle(30_000);
}
const push = (userName: string, number: string, more: Json = {}): Promise<Json & { id: string }> =>
  entra.user(userName, { schemas: [USER, ENTERPRISE], [ENTERPRISE]: { employeeNumber: number }, ...more });
const who = (
  username: string,
): Promise<{ id: string; email: string | null; jobTitle: string | null; state: string; department: string }> =>
  house.db.one(sql`
    select identity_id as id, email, job_title, state, department from identity_facts where username = ${username} and valid_to is null`);
const people = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from identity where kind = 'person'`)).n;

test('a directory beside HR fills in who is there, and makes nobody', async () => {
  const before = await people();
  const ada = await push('ada@work.example', 'E1', {
    title: 'Nurse',
    emails: [{ value: 'ada@work.example', type: 'work' }],
  });
  expect(await who('ada')).toMatchObject({
    email: 'ada@work.example',
    jobTitle: 'Nurse',
    department: 'Care',
    state: 'active',
  });
  await push('cy@work.example', 'E3', { title: 'Porter' });
  expect(await people()).toBe(before);
  const lineage = must(await house.boss.call('GET', '/v1/identities/ada/lineage'));
  expect((lineage['facts'] as Json[]).find((f) => f['fact'] === 'email')).toMatchObject({ source: 'entra' });
  must(await entra.patch(`/Users/${ada.id}`, { op: 'replace', path: 'title', value: 'Head nurse' }));
  expect((await who('ada')).jobTitle).toBe('Head nurse');
});

test('who was pushed before HR had them is theirs once HR brings them', async () => {
  await feed(ADA, BO, CY);
  await house.settle(30_000);
  expect(await who('cy')).toMatchObject({ jobTitle: 'Porter', state: 'active' });
  const row = await house.db.one<{ same: boolean }>(sql`
    select r.identity_id = f.identity_id as same from scim_resource r, identity_facts f
     where r.body->>'userName' = 'cy@work.example' and f.username = 'cy' and f.valid_to is null`);
  expect(row.same).toBe(true);
});

test('deactivated or deleted in the directory, they stay while HR has them; gone from HR, they have left', async () => {
  const bo = await push('bo@work.example', 'E2', { title: 'Chef' });
  must(await entra.patch(`/Users/${bo.id}`, { op: 'replace', path: 'active', value: false }));
  expect(await who('bo')).toMatchObject({ state: 'active', jobTitle: 'Chef' });
  expect((await entra.call('DELETE', `/Users/${bo.id}`)).status).toBe(204);
  expect(await who('bo')).toMatchObject({ state: 'active', jobTitle: null });
  await feed(ADA, CY);
  expect((await who('bo')).state).toBe('leaver');
  await push('bo@work.example', 'E2', { title: 'Chef' });
  expect((await who('bo')).state).toBe('leaver');
});

test('a user who may be two people waits for a person, and is taken as they said without another push', async () => {
  await push('x@work.example', 'E3', { title: 'Odd', emails: [{ value: 'ada@work.example', type: 'work' }] });
  const open = (must(await house.boss.call('GET', '/v1/sources/cases'))['items'] as Json[])[0];
  // Cy and Ada have a user of this directory each: it is somebody else, or a mistake there.
  expect(open).toBeUndefined();
  await feed(
    ADA,
    CY,
    'E4,Di,Roe,di@hr.example,di,Care,active,2020-01-01',
    'E5,Ed,Fox,ed@hr.example,ed,Care,active,2020-01-01',
  );
  await push('di@work.example', 'E4', { title: 'Cook', emails: [{ value: 'ed@hr.example', type: 'work' }] });
  const [waits] = must(await house.boss.call('GET', '/v1/sources/cases'))['items'] as (Json & { candidates: Json[] })[];
  expect(waits?.candidates.map((c) => c['username'])).toEqual(expect.arrayContaining(['di', 'ed']));
  const di = await who('di');
  expect(di.jobTitle).toBeNull();
  must(
    await house.boss.call('POST', `/v1/sources/cases/${String(waits?.['id'])}/resolve`, {
      identityId: di.id,
      because: 'asked',
    }),
  );
  await house.settle(30_000);
  expect((await who('di')).jobTitle).toBe('Cook');
});

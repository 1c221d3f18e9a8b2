import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { ENTERPRISE, must, scimHouse, USER, type Directory, type Json, type ScimHouse } from './scim-house.ts';

const EMPLOYMENT = 'urn:reeve:scim:schemas:extension:employment:1.0:User';
let house: ScimHouse;
let entra: Directory;
let entitlementId: string;
beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  entitlementId = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'ledger', kind: 'csv', host: '127.0.0.9', port: 22 });
    const put = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'books',
      name: 'books',
    });
    return put.id;
  });
  must(
    await house.boss.call('POST', '/v1/birthrights', {
      name: 'finance',
      condition: { scim_groups: ['entra/Finance'] },
      entitlementId,
    }),
  );
  await house.settle(30_000);
});
afterAll(() => house?.close());

const person = async (username: string): Promise<Json | undefined> =>
  (must(await house.boss.call('GET', '/v1/identities?limit=500'))['items'] as Json[]).find(
    (p) => p['username'] === username,
  );
const booksOf = async (username: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from access_grant g join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null
       where f.username = ${username} and g.entitlement_id = ${entitlementId} and g.ended_because is null and g.valid_to is null`)
  ).n;
const receipts = async (username: string): Promise<string[]> =>
  (
    await house.db.many<{ what: string }>(sql`
      select r.what from lifecycle_receipt r join identity_facts f on f.identity_id = r.identity_id and f.valid_to is null
       where f.username = ${username} order by r.id`)
  ).map((r) => r.what);
const set = (id: string, path: string, value: unknown) => entra.patch(`/Users/${id}`, { op: 'replace', path, value });

test('a user is a person with their facts; a group is access by a rule, also through groups', async () => {
  const mara = await entra.user('mara@larkspur.example', { displayName: 'Mara Lind' });
  const lena = await entra.user('lena@larkspur.example', {
    schemas: [USER, ENTERPRISE],
    displayName: 'Lena Berg',
    title: 'Analyst',
    userType: 'employee',
    emails: [{ value: 'lena@larkspur.example', type: 'work' }],
    [ENTERPRISE]: { department: 'Finance', manager: { value: mara.id } },
  });
  const team = await entra.group('Team', [lena.id]);
  await entra.group('Finance', [team.id]);
  await house.settle(30_000);
  expect(await person('lena')).toMatchObject({
    displayName: 'Lena Berg',
    email: 'lena@larkspur.example',
    department: 'Finance',
    jobTitle: 'Analyst',
    state: 'active',
    managerId: (await person('mara'))?.['id'],
    attributes: { employment_type: 'employee', scim_groups: ['entra/Finance', 'entra/Team'] },
  });
  expect([await booksOf('lena'), await booksOf('mara')]).toEqual([1, 0]);
  expect(await receipts('lena')).toEqual(['joined']);
});

test('out of the group the access ends; another department makes a mover; inactive is out, and back again', async () => {
  const { Resources } = must(await entra.call('GET', '/Users?filter=userName sw "lena@"')) as { Resources: Json[] };
  const id = String(Resources[0]?.['id']);
  const groups = must(await entra.call('GET', '/Groups?filter=displayName eq "Team"')) as { Resources: Json[] };
  const team = String(groups.Resources[0]?.['id']);
  house.clock.advance(60_000);
  expect((await entra.patch(`/Groups/${team}`, { op: 'remove', path: `members[value eq "${id}"]` })).status).toBe(204);
  await house.settle(30_000);
  expect(await booksOf('lena')).toBe(0);
  house.clock.advance(60_000);
  await set(id, `${ENTERPRISE}:department`, 'Sales');
  house.clock.advance(60_000);
  await set(id, 'active', 'False');
  await house.settle(30_000);
  expect(await person('lena')).toMatchObject({ state: 'leaver', department: 'Sales' });
  house.clock.advance(60_000);
  await set(id, 'active', 'True');
  await house.settle(30_000);
  expect((await person('lena'))?.['state']).toBe('active');
  expect(await receipts('lena')).toEqual(['joined', 'moved', 'left', 'returned']);
});

test('who is here already is the person of a user by username and one thing more, and is not made twice', async () => {
  const here = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) =>
    createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Somebody', username: 'priya', email: 'priya@larkspur.example' },
    }),
  );
  await entra.user('Priya@larkspur.example', {
    displayName: 'Priya Rao',
    emails: [{ value: 'PRIYA@larkspur.example', primary: true }],
  });
  const { identityId } = await house.db.one<{ identityId: string }>(sql`
    select identity_id from scim_resource where name_key = 'priya@larkspur.example'`);
  expect(identityId).toBe(here.id);
});

test('a username of somebody else who is here is refused, and a leaver’s is given to nobody', async () => {
  const before = await person('boss');
  await house.person('tomas');
  const taken = await entra.call('POST', '/Users', {
    schemas: [USER],
    userName: 'tomas@elsewhere.example',
    displayName: 'Stranger',
  });
  expect([taken.status, taken.body['scimType']]).toEqual([409, 'uniqueness']);
  const first = await entra.user('omar@larkspur.example', { displayName: 'Omar One' });
  expect((await entra.call('DELETE', `/Users/${first.id}`)).status).toBe(204);
  await house.settle(30_000);
  const other = await entra.user('omar@larkspur.example', { displayName: 'Another Omar' });
  expect(other['userName']).toBe('omar@larkspur.example');
  expect((await person('omar'))?.['displayName']).toBe('Omar One');
  const { items } = must(await house.boss.call('GET', '/v1/sources/entra/runs')) as { items: { problems: Json[] }[] };
  expect(items.flatMap((r) => r.problems).map((p) => p['code'])).toContain('row.username_withheld');
  expect(await person('boss')).toEqual(before);
});

test('deleted and made again, the same person is back', async () => {
  const zoe = { externalId: 'z-1', displayName: 'Zoe', emails: [{ value: 'zoe@larkspur.example' }] };
  const first = await entra.user('zoe', zoe);
  const id = (await person('zoe'))?.['id'];
  house.clock.advance(60_000);
  await entra.call('DELETE', `/Users/${first.id}`);
  house.clock.advance(60_000);
  const again = await entra.user('zoe.k', { ...zoe, displayName: 'Zoe K' });
  expect(again.id).not.toBe(first.id);
  expect((await person('zoe.k'))?.['id']).toBe(id);
  expect(await receipts('zoe.k')).toEqual(['joined', 'left', 'returned']);
  expect((await entra.call('GET', `/Users/${first.id}`)).status).toBe(404);
});

test('first and last day come with the dates, without another push', async () => {
  await entra.user('nina', {
    schemas: [USER, EMPLOYMENT],
    displayName: 'Nina',
    [EMPLOYMENT]: { startDate: '2026-03-10', endDate: '2026-03-20' },
  });
  const dates = async (): Promise<unknown> => {
    const { applyDates } = await import('#govern/lifecycle/consequences/apply-dates.ts');
    await applyDates(house.as('lifecycle'));
    return (await person('nina'))?.['state'];
  };
  expect(await dates()).toBe('pre_hire');
  house.clock.advance(8 * 86_400_000);
  expect(await dates()).toBe('active');
  house.clock.advance(11 * 86_400_000);
  expect(await dates()).toBe('leaver');
});

test('names that systems keep for themselves are nobody’s username', async () => {
  await entra.user('root@larkspur.example', { displayName: 'Rooty' });
  await entra.user('admin', { displayName: 'Addy' });
  expect([await person('root'), await person('admin')]).toEqual([undefined, undefined]);
});

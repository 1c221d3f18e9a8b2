import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { BULK, ENTERPRISE, ERROR, must, scimHouse, type Directory, type Json, type ScimHouse } from './scim-house.ts';

let house: ScimHouse;
let entra: Directory;
let ids: string[];
const PEOPLE = 60;
const FREE = 10;

beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  const limits = { left: { percent: 0, free: FREE }, changed: { percent: 0, free: FREE } };
  must(await house.boss.call('PUT', '/v1/sources/entra', { limits }));
  const Operations = Array.from({ length: PEOPLE }, (_, i) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `u${i}`,
    data: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
      userName: `person${i}@larkspur.example`,
      name: { givenName: 'Person', familyName: `Number ${i}` },
      emails: [{ value: `person${i}@larkspur.example`, type: 'work', primary: true }],
      [ENTERPRISE]: { department: 'Finance' },
    },
  }));
  ids = [];
  for (let i = 0; i < PEOPLE; i += 15) {
    const some = { schemas: [BULK], Operations: Operations.slice(i, i + 15) };
    const made = must(await entra.call('POST', '/Bulk', some))['Operations'] as { location: string }[];
    ids.push(...made.map((o) => o.location.split('/').at(-1) ?? ''));
  }
  await house.settle(60_000);
});
afterAll(() => house?.close());

const states = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await house.db.many<{ state: string; n: number }>(sql`
        select f.state, count(*)::int as n from identity_facts f join source_record s on s.identity_id = f.identity_id
         where f.valid_from <= ${house.clock.now()} and (f.valid_to is null or f.valid_to > ${house.clock.now()}) group by 1`)
    ).map((r) => [r.state, r.n]),
  );
const heldRun = async (): Promise<Json> => {
  const { items } = must(await house.boss.call('GET', '/v1/sources/entra/runs?state=held')) as { items: Json[] };
  return items[0] ?? {};
};
const deactivate = (id: string) => entra.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });

test('the first load makes as many as it likes, and each is an identity with a receipt', async () => {
  expect(await states()).toEqual({ active: PEOPLE });
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from lifecycle_receipt where what = 'joined'`,
  );
  expect(n).toBe(PEOPLE);
});

test('a bulk request that would deactivate more than the limit deactivates nobody', async () => {
  const Operations = ids.slice(0, FREE + 1).map((id) => ({
    method: 'PATCH',
    path: `/Users/${id}`,
    data: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active: false } }],
    },
  }));
  const answer = must(await entra.call('POST', '/Bulk', { schemas: [BULK], Operations }));
  const answers = answer['Operations'] as { status: string; response: Json }[];
  expect(answers.map((a) => a.status)).toEqual(Operations.map(() => '409'));
  expect(answers[0]?.response['schemas']).toEqual([ERROR]);
  expect(await states()).toEqual({ active: PEOPLE });
  const shown = must(await entra.call('GET', `/Users/${ids[0]}`));
  expect(shown['active']).toBe(true);
  const run = await heldRun();
  expect(run).toMatchObject({ plannedRows: FREE + 1, appliedRows: 0, counts: { left: FREE + 1 } });
  expect((run['heldBecause'] as Json[]).map((h) => h['code'])).toEqual(['limit.left']);
});

test('so does one that deletes them', async () => {
  const Operations = ids.slice(0, FREE + 1).map((id) => ({ method: 'DELETE', path: `/Users/${id}` }));
  must(await entra.call('POST', '/Bulk', { schemas: [BULK], Operations }));
  expect(await states()).toEqual({ active: PEOPLE });
  expect((await heldRun())['counts']).toMatchObject({ left: FREE + 1 });
});

test('a declined run is put away, and the directory may go on', async () => {
  const run = await heldRun();
  must(
    await house.boss.call('POST', `/v1/runs/${String(run['id'])}/decline`, { because: 'a mistake at the directory' }),
  );
  await house.settle();
  expect(await states()).toEqual({ active: PEOPLE });
  expect(await house.db.one(sql`select count(*)::int as n from scim_held`)).toEqual({ n: 0 });
});

test('one after another they leave up to the limit of a day; the next waits, also when it is asked again', async () => {
  for (const id of ids.slice(0, FREE)) expect((await deactivate(id)).status).toBe(204);
  const over = await deactivate(ids[FREE] ?? '');
  expect(over.status).toBe(409);
  expect(over.body).toMatchObject({ schemas: [ERROR], status: '409' });
  expect(over.headers.get('reeve-held-run')).toBe((await heldRun())['id']);
  await deactivate(ids[FREE] ?? '');
  expect((await entra.call('DELETE', `/Users/${ids[FREE + 1]}`)).status).toBe(409);
  await house.settle(60_000);
  expect(await states()).toEqual({ active: PEOPLE - FREE, leaver: FREE });
  expect((await heldRun())['counts']).toMatchObject({ left: 2 });
  // Others are not held up.
  expect((await entra.patch(`/Users/${ids[20]}`, { op: 'replace', path: 'title', value: 'Lead' })).status).toBe(204);
});

test('a named person accepts, and what was pushed is so, at the directory’s side too', async () => {
  const run = await heldRun();
  const mara = await house.person('mara');
  expect((await mara.call('POST', `/v1/runs/${String(run['id'])}/accept`, { because: 'x' })).status).toBe(403);
  must(await house.boss.call('POST', `/v1/runs/${String(run['id'])}/accept`, { because: 'the site is closed' }));
  await house.settle(60_000);
  expect(await states()).toEqual({ active: PEOPLE - FREE - 2, leaver: FREE + 2 });
  expect(must(await entra.call('GET', `/Users/${ids[FREE]}`))['active']).toBe(false);
  expect((await entra.call('GET', `/Users/${ids[FREE + 1]}`)).status).toBe(404);
  // It opens no door to the next.
  expect((await deactivate(ids[FREE + 2] ?? '')).status).toBe(409);
});

test('what is newer takes the place of what waits', async () => {
  const waiting = ids[FREE + 2] ?? '';
  expect((await entra.patch(`/Users/${waiting}`, { op: 'replace', path: 'active', value: true })).status).toBe(204);
  expect(await heldRun()).toEqual({});
  expect(await house.db.one(sql`select count(*)::int as n from scim_held`)).toEqual({ n: 0 });
});

test('a day later as many may leave again', async () => {
  house.clock.advance(25 * 3_600_000);
  expect((await deactivate(ids[FREE + 2] ?? '')).status).toBe(204);
});

test('a group whose change moves more people than the limit changes nobody and stays as it was; accepted, it is changed', async () => {
  house.clock.advance(10 * 86_400_000);
  const members = ids.slice(20, 20 + FREE + 1);
  const made = await entra.call('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Everybody',
    members: members.map((value) => ({ value })),
  });
  expect(made.status).toBe(409);
  expect(must(await entra.call('GET', '/Groups'))['totalResults']).toBe(0);
  const inGroup = async (): Promise<number> =>
    (
      await house.db.one<{ n: number }>(sql`
        select count(*)::int as n from identity_facts f
         where f.attributes->'scim_groups' ? 'entra/Everybody' and f.valid_to is null`)
    ).n;
  expect(await inGroup()).toBe(0);
  const run = await heldRun();
  must(await house.boss.call('POST', `/v1/runs/${String(run['id'])}/accept`, { because: 'a new group' }));
  await house.settle(60_000);
  expect(await inGroup()).toBe(FREE + 1);
  const { Resources } = must(await entra.call('GET', '/Groups?filter=displayName eq "Everybody"')) as {
    Resources: { members: unknown[] }[];
  };
  expect(Resources[0]?.members).toHaveLength(FREE + 1);
});

test('who knows the token changes no row of their own by it', async () => {
  const answer = await entra.call('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'boss',
    displayName: 'Boss Example',
    title: 'King',
  });
  expect(answer.status).toBe(409);
  expect(((await heldRun())['heldBecause'] as Json[]).map((h) => h['code'])).toContain('limit.own_row');
  const run = await heldRun();
  const denied = await house.boss.call('POST', `/v1/runs/${String(run['id'])}/accept`, { because: 'me' });
  expect([denied.status, denied.body['code']]).toEqual([403, 'feed.own_row']);
});

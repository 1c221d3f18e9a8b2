import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { must, scimHouse, type Directory, type ScimHouse } from './scim-house.ts';

const head = 'employee_id,first_name,last_name,email,username,department,status,start_date\n';
let house: ScimHouse;
let okta: Directory;
beforeAll(async () => {
  house = await scimHouse();
  okta = await house.directory('okta');
  const columns = {
    preferredName: null,
    orgUnit: null,
    jobTitle: null,
    manager: null,
    employmentType: null,
    endDate: null,
  };
  must(await house.boss.call('PUT', '/v1/sources/hr', { mapping: { columns, attributes: {} } }));
  await feed('E1,Eve,Lund,,eve,Care,active,2020-01-01');
});
afterAll(() => house?.close());

async function feed(...rows: readonly string[]): Promise<void> {
  must(await house.boss.call('POST', '/v1/sources/hr/feeds', { content: `${head}${rows.join('\n')}\n` }));
  await house.settle(30_000);
}
const facts = (id: string) =>
  house.db.one<{ state: string; jobTitle: string | null }>(
    sql`select state, job_title from identity_facts where identity_id = ${id} and valid_to is null`,
  );
const idOf = async (username: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    )
  ).id;
const userOf = async (id: string): Promise<string | null> =>
  (await house.db.one<{ of: string | null }>(sql`select identity_id as of from scim_resource where id = ${id}`)).of;
const merge = (from: string, into: string) =>
  house.boss.call('POST', `/v1/identities/${from}/merge`, { into, because: 'the same face' });

test('what a directory says of somebody who turned out to be another, it says of that one', async () => {
  const user = await okta.user('evi', { title: 'Nurse', active: true });
  const [eve, evi] = [await idOf('eve'), await idOf('evi')];
  must(await merge(evi, eve));
  await house.settle(30_000);
  expect(await userOf(user.id)).toBe(eve);
  must(await okta.patch(`/Users/${user.id}`, { op: 'replace', path: 'title', value: 'Head nurse' }));
  expect(await facts(eve)).toEqual({ state: 'active', jobTitle: 'Head nurse' });
  expect((await facts(evi)).state).toBe('leaver');
  // The directory no longer has her at work, and HR does.
  must(await okta.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: false }));
  expect((await facts(eve)).state).toBe('active');
  must(await okta.patch(`/Users/${user.id}`, { op: 'replace', path: 'active', value: true }));
  must(await house.boss.call('POST', `/v1/identities/${evi}/unmerge`, { because: 'a mistake' }));
  await house.settle(30_000);
  expect(await userOf(user.id)).toBe(evi);
  must(await okta.patch(`/Users/${user.id}`, { op: 'replace', path: 'title', value: 'Porter' }));
  expect(await facts(evi)).toMatchObject({ state: 'active', jobTitle: 'Porter' });
  expect((await facts(eve)).state).toBe('active');
});

test('two users of one directory are not merged until one of them is removed there', async () => {
  const [one, two] = [await okta.user('max'), await okta.user('moritz')];
  const [max, moritz] = [await idOf('max'), await idOf('moritz')];
  const refused = await merge(moritz, max);
  expect([refused.status, refused.body['code']]).toEqual([409, 'identity.merge_same_directory']);
  expect((await okta.call('DELETE', `/Users/${two.id}`)).status).toBe(204);
  await house.settle(30_000);
  must(await merge(moritz, max));
  await house.settle(30_000);
  must(await okta.patch(`/Users/${one.id}`, { op: 'replace', path: 'title', value: 'Porter' }));
  expect(await facts(max)).toEqual({ state: 'active', jobTitle: 'Porter' });
});

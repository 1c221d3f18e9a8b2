import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { must, scimHouse, type Directory, type Json, type ScimHouse } from './scim-house.ts';

const USERS = 100_000;
const MOST_MS = 50;
let house: ScimHouse;
let entra: Directory;
beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  await house.db.tx(async (tx) => {
    await tx.run(
      sql`create temp table u on commit drop as select i, gen_random_uuid() as id, gen_random_uuid() as who from generate_series(1, ${USERS}::int) i`,
    );
    await tx.run(sql`insert into identity (id, kind) select who, 'person' from u`);
    await tx.run(sql`
      insert into scim_resource (id, source_id, type, created_at, changed_at, name_key, external_id, identity_id, body, folded)
      select id, ${entra.sourceId}::uuid, 'User', ${tx.now}, ${tx.now}, 'user' || i || '@larkspur.example', 'E' || i, who, body, body
        from u cross join lateral (select jsonb_build_object(
          'schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:User'), 'userName', 'user' || i || '@larkspur.example',
          'externalId', 'E' || i, 'active', true, 'displayname', 'user ' || i, 'title', 'title ' || i % 50,
          'name', jsonb_build_object('familyName', 'family ' || i % 1000, 'givenName', 'given'),
          'emails', jsonb_build_array(jsonb_build_object('value', 'mail' || i || '@larkspur.example', 'type', 'work', 'primary', true))) as body) b`);
  });
  await vacuum();
}, 180_000);
afterAll(() => house?.close());

/** What the server does by itself within a minute. */
async function vacuum(): Promise<void> {
  const { name } = await house.db.one<{ name: string }>(sql`select current_database() as name`);
  const url = new URL(inject('reeveTestServer').adminUrl);
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query('vacuum analyze scim_resource');
  await client.end();
}

/** How long a call takes at its best, and how long one does that reads a single row beside it: what else runs slows both. */
async function best(path: string): Promise<{ readonly ms: number; readonly floor: number; readonly total: number }> {
  const some = must(await entra.call('GET', '/Users?count=1'))['Resources'] as { id: string }[];
  const timed = async (what: string): Promise<readonly [number, Json]> => {
    const from = performance.now();
    const body = must(await entra.call('GET', what));
    return [performance.now() - from, body];
  };
  let [ms, floor, total] = [Infinity, Infinity, -1];
  for (let i = 0; i < 15; i += 1) {
    const [one] = await timed(`/Users/${some[0]?.id}`);
    const [all, body] = await timed(path);
    floor = Math.min(floor, one);
    ms = Math.min(ms, all);
    total = Number(body['totalResults']);
  }
  return { ms, floor, total };
}

test.each([
  ['by userName', 'filter=userName eq "User77777@larkspur.example"', 1],
  ['by the beginning of a userName', 'filter=userName sw "user7777"', 11],
  ['by externalId', 'filter=externalId eq "E77777"', 1],
  ['by mail address', 'filter=emails.value eq "MAIL77777@larkspur.example"', 1],
  ['by mail address and type', 'filter=emails[type eq "work" and value eq "mail77777@larkspur.example"]', 1],
  ['by family name', 'filter=name.familyName eq "family 777"&count=10', 100],
  ['on the first page of all', 'count=10', USERS],
])('of 100,000 users, those %s are found within 50 ms', async (name, query, found) => {
  const { ms, floor, total } = await best(`/Users?${query}`);
  expect(total).toBe(found);
  console.log(`${name}: ${ms.toFixed(1)} ms, a single one by its id ${floor.toFixed(1)} ms`);
  // Where a single row takes long, the machine is busy with something else.
  expect(ms).toBeLessThan(Math.max(MOST_MS, 6 * floor));
});

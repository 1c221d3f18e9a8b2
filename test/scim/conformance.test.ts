import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BULK,
  ENTERPRISE,
  ERROR,
  GROUP,
  must,
  PATCH,
  scimHouse,
  SEARCH,
  USER,
  type Directory,
  type Json,
  type ScimHouse,
} from './scim-house.ts';

let house: ScimHouse;
let entra: Directory;
const ids: Record<string, string> = {};
beforeAll(async () => {
  house = await scimHouse();
  entra = await house.directory('entra');
  const people: readonly [string, Json][] = [
    [
      'bjensen@example.com',
      {
        displayName: 'Babs Jensen',
        title: 'Tour Guide',
        userType: 'Employee',
        externalId: 'Ext-1',
        name: { familyName: 'Jensen', givenName: 'Barbara' },
        emails: [
          { value: 'bjensen@example.com', type: 'work', primary: true },
          { value: 'babs@jensen.org', type: 'home' },
        ],
      },
    ],
    [
      'jsmith',
      {
        displayName: 'John Smith',
        userType: 'Employee',
        name: { familyName: 'Smith' },
        emails: [{ value: 'jsmith@example.org', type: 'work' }],
        [ENTERPRISE]: { department: 'Sales', employeeNumber: '701984' },
      },
    ],
    ['Äpfel', { displayName: 'Ä Pfel', userType: 'Intern', active: false }],
  ];
  for (const [userName, more] of people) {
    const schemas = ENTERPRISE in more ? [USER, ENTERPRISE] : [USER];
    ids[userName] = (await entra.user(userName, { schemas, ...more })).id;
    house.clock.advance(1000);
  }
  ids['group'] = (await entra.group('Tour Guides', [ids['bjensen@example.com'] ?? ''])).id;
});
afterAll(() => house?.close());

const namesIn = (body: Json): string[] => (body['Resources'] as Json[]).map((r) => String(r['userName']));
const list = async (query: string): Promise<Json> => must(await entra.call('GET', `/Users?${query}`));

/** RFC 7644 §3.4.2.2, figure 4 and the like, over the three people above. */
const FILTERS: readonly (readonly [string, readonly string[]])[] = [
  ['userName eq "BJENSEN@example.com"', ['bjensen@example.com']],
  ['name.familyName co "mit"', ['jsmith']],
  ['userName sw "J"', ['jsmith']],
  [`${USER}:userName sw "J"`, ['jsmith']],
  ['title pr', ['bjensen@example.com']],
  ['title pr and userType eq "Employee"', ['bjensen@example.com']],
  ['title pr or userType eq "Intern"', ['bjensen@example.com', 'Äpfel']],
  ['schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"', ['jsmith']],
  [
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    ['bjensen@example.com', 'jsmith'],
  ],
  ['userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")', ['Äpfel']],
  ['userType eq "Employee" and (emails.type eq "work")', ['bjensen@example.com', 'jsmith']],
  ['userType eq "Employee" and emails[type eq "work" and value co "@example.com"]', ['bjensen@example.com']],
  [
    'emails[type eq "work" and value co "@example.com"] or emails[type eq "home" and value co "@jensen.org"]',
    ['bjensen@example.com'],
  ],
  ['emails[type eq "home" and value eq "bjensen@example.com"]', []],
  ['externalId eq "Ext-1"', ['bjensen@example.com']],
  ['externalId eq "ext-1"', []],
  ['active eq false', ['Äpfel']],
  ['active ne true', ['Äpfel']],
  ['userName eq "äPFEL"', ['Äpfel']],
  [`${ENTERPRISE}:department eq "sales"`, ['jsmith']],
  ['title eq null and active eq true', ['jsmith']],
  ['meta.created gt "2026-03-02T09:00:00.500Z" and meta.created le "2026-03-02T10:00:01+01:00"', ['jsmith']],
  ['groups.display eq "tour guides"', ['bjensen@example.com']],
  ['groups[type eq "direct" and display sw "Tour"]', ['bjensen@example.com']],
];

describe('filters', () => {
  test.each(FILTERS)('%s', async (filter, names) => {
    expect(namesIn(await list(`filter=${encodeURIComponent(filter)}`))).toEqual(names);
    const body = must(await entra.call('POST', '/Users/.search', { schemas: [SEARCH], filter }));
    expect(namesIn(body)).toEqual(names);
    expect(body['totalResults']).toBe(names.length);
  });
  test('of members of a group, and over all kinds at once', async () => {
    const filter = encodeURIComponent(`members.value eq "${ids['bjensen@example.com']}"`);
    expect(must(await entra.call('GET', `/Groups?filter=${filter}`))['totalResults']).toBe(1);
    const all = must(
      await entra.call('POST', '/.search', { schemas: [SEARCH], filter: 'displayName sw "T" or title pr' }),
    );
    expect((all['Resources'] as Json[]).map((r) => (r['meta'] as Json)['resourceType'])).toEqual(['User', 'Group']);
  });
});

describe('lists', () => {
  test('are sorted, without a value last going up and first going down', async () => {
    expect(namesIn(await list('sortBy=title'))).toEqual(['bjensen@example.com', 'jsmith', 'Äpfel']);
    expect(namesIn(await list('sortBy=title&sortOrder=descending'))).toEqual([
      'Äpfel',
      'jsmith',
      'bjensen@example.com',
    ]);
    expect(namesIn(await list('sortBy=emails&sortOrder=descending'))).toEqual([
      'Äpfel',
      'jsmith',
      'bjensen@example.com',
    ]);
    expect((await entra.call('GET', '/Users?sortBy=nothing')).body['scimType']).toBe('invalidValue');
  });
  test('come in pages by index', async () => {
    expect(await list('startIndex=2&count=1')).toMatchObject({ totalResults: 3, itemsPerPage: 1, startIndex: 2 });
    expect(await list('startIndex=-5&count=-1')).toMatchObject({
      totalResults: 3,
      itemsPerPage: 0,
      startIndex: 1,
      Resources: [],
    });
    expect(await list('startIndex=9')).toMatchObject({ totalResults: 3, itemsPerPage: 0 });
    for (const bad of ['startIndex=x', 'count=1.5', 'count=&startIndex=1'])
      expect((await entra.call('GET', `/Users?${bad}`)).status, bad).toBe(400);
  });
  test('come in pages by cursor (RFC 9865), in any order, each once', async () => {
    for (const sort of ['', '&sortBy=title', '&sortBy=title&sortOrder=descending', '&sortBy=userName']) {
      const seen: string[] = [];
      let cursor: string | undefined = '';
      for (let n = 0; cursor !== undefined && n < 9; n += 1) {
        const page: Json = await list(`cursor=${cursor}&count=1${sort}`);
        expect(page['startIndex']).toBeUndefined();
        seen.push(...namesIn(page));
        cursor = page['nextCursor'] as string | undefined;
        if (cursor !== undefined) expect(cursor).toMatch(/^[\w.~-]+$/);
      }
      expect(seen).toEqual(namesIn(await list(sort.slice(1))));
    }
  });
  test('a cursor is for its query and for an hour', async () => {
    const cursor = String((await list('cursor=&count=1'))['nextCursor']);
    const scimType = async (query: string): Promise<unknown> =>
      (await entra.call('GET', `/Users?${query}`)).body['scimType'];
    expect(await scimType(`cursor=${cursor}&filter=title%20pr`)).toBe('invalidCursor');
    expect(await scimType('cursor=made-up')).toBe('invalidCursor');
    expect(await scimType('cursor=&count=0')).toBe('invalidCount');
    expect(await scimType('cursor=&count=100000')).toBe('invalidCount');
    expect(await scimType('cursor=&startIndex=1')).toBe('invalidValue');
    house.clock.advance(3_601_000);
    expect(await scimType(`cursor=${cursor}&count=1`)).toBe('expiredCursor');
  });
  test('show what is asked for, and always id and schemas', async () => {
    const only = (await list('attributes=userName,name.familyName&filter=userName%20sw%20%22b%22'))[
      'Resources'
    ] as Json[];
    expect(only).toEqual([
      {
        schemas: [USER],
        id: ids['bjensen@example.com'],
        userName: 'bjensen@example.com',
        name: { familyName: 'Jensen' },
      },
    ]);
    const [but] = (await list('excludedAttributes=emails,name.givenName,meta,id&filter=userName%20sw%20%22b%22'))[
      'Resources'
    ] as Json[];
    expect(but).toMatchObject({ id: ids['bjensen@example.com'], name: { familyName: 'Jensen' } });
    expect(Object.keys(but ?? {})).not.toContain('emails');
    expect(Object.keys(but ?? {})).not.toContain('meta');
    expect((await entra.call('GET', '/Users?attributes=userName&excludedAttributes=name')).status).toBe(400);
  });
});

describe('versions', () => {
  test('are told, asked for and compared', async () => {
    const made = await entra.call('POST', '/Users', { schemas: [USER], userName: 'versions' });
    expect(made.status).toBe(201);
    const path = `/Users/${String(made.body['id'])}`;
    const tag = made.headers.get('etag') ?? '';
    expect([tag, (made.body['meta'] as Json)['version']]).toEqual(['W/"1"', 'W/"1"']);
    expect(made.headers.get('location')).toBe(`http://localhost/scim/v2${path}`);
    const get = (headers: Record<string, string>) => entra.call('GET', path, undefined, { headers });
    expect((await get({ 'if-none-match': tag })).status).toBe(304);
    expect((await get({ 'if-none-match': 'W/"9"' })).status).toBe(200);
    const body = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'title', value: 'x' }] };
    const patch = (match: string) => entra.call('PATCH', path, body, { headers: { 'if-match': match } });
    expect((await patch('W/"9"')).status).toBe(412);
    const done = await patch(`W/"7", ${tag}`);
    expect([done.status, done.headers.get('etag'), done.text]).toEqual([204, 'W/"2"', '']);
    // What changes nothing is no new version.
    expect((await patch('*')).headers.get('etag')).toBe('W/"2"');
    const shown = await entra.call('PATCH', `${path}?attributes=title`, body);
    expect([shown.status, shown.body['title']]).toEqual([200, 'x']);
    expect((await entra.call('DELETE', path, undefined, { headers: { 'if-match': tag } })).status).toBe(412);
    expect((await entra.call('DELETE', path)).status).toBe(204);
    expect((await entra.call('DELETE', path)).status).toBe(404);
  });
});

describe('discovery', () => {
  test.each(['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', `/Schemas/${ENTERPRISE}`, '/ResourceTypes/Group'])(
    '%s',
    async (path) => {
      const answer = await entra.call('GET', path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/scim+json');
      expect((await entra.call('GET', `${path}?filter=id%20pr`)).status).toBe(403);
    },
  );
  test('says what is there, and no more', async () => {
    expect((await entra.call('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: true },
      filter: { supported: true },
      sort: { supported: true },
      etag: { supported: true },
      changePassword: { supported: false },
      pagination: { cursor: true, index: true },
    });
    for (const [method, path, status] of [
      ['GET', '/Me', 501],
      ['GET', '/Nothing', 404],
      ['PUT', '/Users', 404],
      ['GET', '/Schemas/urn:x', 404],
      ['POST', '/Users', 400],
    ] as const) {
      const answer = await entra.call(method, path);
      expect([answer.status, answer.body['schemas']], `${method} ${path}`).toEqual([status, [ERROR]]);
    }
    expect(
      (await entra.call('POST', '/Users', undefined, { raw: '{}', headers: { 'content-type': 'text/plain' } })).status,
    ).toBe(415);
  });
});

describe('bulk', () => {
  const bulk = async (operations: readonly Json[], more: Json = {}) =>
    await entra.call('POST', '/Bulk', { schemas: [BULK], Operations: operations, ...more });
  const answersOf = (body: Json): Json[] => body['Operations'] as Json[];
  const post = (path: string, bulkId: string, data: Json): Json => ({
    method: 'POST',
    path,
    bulkId,
    data: { schemas: [path === '/Users' ? USER : GROUP], ...data },
  });

  test('names what it makes, also in circles and before it is made', async () => {
    const answer = await bulk([
      post('/Groups', 'ga', { displayName: 'Circle A', members: [{ value: 'bulkId:gb' }, { value: 'bulkId:u' }] }),
      post('/Groups', 'gb', { displayName: 'Circle B', members: [{ value: 'bulkId:ga' }] }),
      post('/Users', 'u', { userName: 'circle', [ENTERPRISE]: { manager: { value: 'bulkId:m' } } }),
      post('/Users', 'm', { userName: 'circle-manager' }),
      {
        method: 'PATCH',
        path: '/Users/bulkId:u',
        data: { schemas: [PATCH], Operations: [{ op: 'add', path: 'title', value: 'Round' }] },
      },
    ]);
    expect(answersOf(answer.body).map((a) => a['status'])).toEqual(['201', '201', '201', '201', '204']);
    const id = String(answersOf(answer.body)[2]?.['location']).split('/').at(-1);
    const user = must(await entra.call('GET', `/Users/${id}`));
    expect((user['groups'] as Json[]).map((g) => [g['display'], g['type']]).sort()).toEqual([
      ['Circle A', 'direct'],
      ['Circle B', 'indirect'],
    ]);
    expect(user).toMatchObject({ title: 'Round', meta: { version: 'W/"2"' } });
    const person = await house.boss.call('GET', '/v1/identities?search=circle');
    const [boss, worker] = ['circle-manager', 'circle'].map((n) =>
      (person.body['items'] as Json[]).find((p) => p['username'] === n),
    );
    expect(worker?.['managerId']).toBe(boss?.['id']);
    expect(worker?.['attributes']).toMatchObject({ scim_groups: ['entra/Circle A', 'entra/Circle B'] });
  });
  test('each fails by itself, until there are as many as failOnErrors', async () => {
    const operations = [
      post('/Users', 'a', { userName: 'alone' }),
      post('/Users', 'b', { userName: 'ALONE' }),
      { method: 'DELETE', path: '/Users/00000000-0000-7000-8000-000000000000' },
      post('/Groups', 'c', { displayName: 'Of nobody', members: [{ value: 'bulkId:b' }] }),
      { method: 'PUT', path: '/Nothing/1', data: {} },
      post('/Users', 'd', { userName: 'last' }),
    ];
    const all = answersOf((await bulk(operations)).body);
    expect(all.map((a) => a['status'])).toEqual(['201', '409', '404', '409', '400', '201']);
    expect(all[1]?.['response']).toMatchObject({ schemas: [ERROR], scimType: 'uniqueness' });
    const stopped = answersOf(
      (await bulk([post('/Users', 'x', { userName: 'alone' }), ...operations], { failOnErrors: 2 })).body,
    );
    expect(stopped.map((a) => a['status'])).toEqual(['409', '409']);
  });
  test('versions and limits are kept to', async () => {
    const { id } = await entra.user('bulk-version');
    const one = { method: 'DELETE', path: `/Users/${id}`, version: 'W/"5"' };
    expect(answersOf((await bulk([one])).body)[0]?.['status']).toBe('412');
    expect((await bulk(Array.from({ length: 1001 }, () => one))).status).toBe(413);
    expect((await bulk([])).body['scimType']).toBe('invalidSyntax');
    expect((await entra.call('POST', '/Bulk', undefined, { raw: ' '.repeat(5_000_000) })).status).toBe(413);
  });
});

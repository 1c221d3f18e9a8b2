import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reading, Target } from '../port.ts';
import { fakeService, json, type FakeService, type Reply } from './fake-service.fixture.ts';
import { restConnector as connector } from './index.ts';

let fake: FakeService;
let answers: Record<string, unknown>;
beforeAll(async () => {
  fake = await fakeService();
});
beforeEach(() => {
  fake.asked.splice(0);
  answers = {
    '/people': [
      { n: 7, login: 'lena', admin: true, tags: ['a'], bot: false, seen: 1_700_000_000_000 },
      { n: 8, login: 'backup', admin: false, tags: [], bot: true, seen: 0 },
    ],
  };
  fake.answer = ({ path }): Reply => (path in answers ? json(answers[path]) : { ...json({}), status: 404 });
});
afterAll(() => fake?.stop());

const target = (entitlements: string, map = ''): Target =>
  fake.target(`
version: 1
about: people 2
auth: { header: { name: X-Key } }
accounts:
  list: { call: GET /people }
  map:
    id: /login
    key: /n
    ${map}
entitlements:
${entitlements}`);
const read = (entitlements: string, map = ''): Promise<Reading> => connector.read(target(entitlements, map));
const held = ({ holdings }: Reading): readonly string[] => holdings.map((one) => `${one.account} ${one.entitlement}`);

it('the key travels in the header that is named', async () => {
  await read('  []');
  expect(fake.asked[0]?.headers).toMatchObject({ 'x-key': 'tok-4711-secret-of-this-test' });
  expect(fake.asked[0]?.headers['authorization']).toBeUndefined();
});

describe('facts', () => {
  it('that are not described stay unknown', async () => {
    const { accounts } = await read('  []');
    expect(accounts).toEqual([
      { nativeId: 'backup', name: 'backup', state: 'active', kind: 'unknown', attributes: {}, privilegedBecause: [] },
      { nativeId: 'lena', name: 'lena', state: 'active', kind: 'unknown', attributes: {}, privilegedBecause: [] },
    ]);
  });

  it('that are described come as they are', async () => {
    const { accounts } = await read(
      '  []',
      `kind: { service: { at: /bot, is: true }, personal: { not: { at: /bot, is: true } } }
    attributes: { number: /n, tags: /tags, bot: /bot, none: /none }
    last_used_at: { at: /seen, as: milliseconds }
    privileged: [{ when: { all: [{ at: /admin, is: true }, { at: /tags, contains: a }] }, reason: may do everything, evidence: /tags }]`,
    );
    expect(accounts).toMatchObject([
      { nativeId: 'backup', kind: 'service', attributes: { number: '8', tags: [], bot: true } },
      {
        nativeId: 'lena',
        kind: 'personal',
        attributes: { number: '7', tags: ['a'], bot: false },
        lastUsedAt: '2023-11-14T22:13:20.000Z',
        privilegedBecause: [{ reason: 'may do everything', evidence: '/tags ["a"]' }],
      },
    ]);
    expect(accounts[0]).not.toHaveProperty('lastUsedAt');
    expect(accounts[0]?.attributes).not.toHaveProperty('none');
  });

  it.each([
    ['2026-11-26T10:00:00+01:00', '2026-11-26T09:00:00.000Z'],
    ['2026-11-26 10:00:00.5Z', '2026-11-26T10:00:00.500Z'],
    ['2026-11-26T10:00:00', undefined],
    ['yesterday', undefined],
    ['2026-13-26T10:00:00Z', undefined],
  ])('an instant is one whose offset is known (%s)', async (seen, instant) => {
    answers['/people'] = [{ n: 1, login: 'a', seen }];
    const work = read('  []', 'last_used_at: { at: /seen }');
    if (instant === undefined) await expect(work).rejects.toMatchObject({ code: 'failed' });
    else expect((await work).accounts[0]?.lastUsedAt).toBe(instant);
  });
});

describe('what is held', () => {
  it('as a flag of the account is an entitlement of its own', async () => {
    const flags = `  - kind: flag
    fixed: [{ id: admin, name: Administrator, privileged: true, held_when: { at: /admin, is: true } }]`;
    const reading = await read(flags);
    expect(reading.entitlements).toEqual([
      { nativeId: 'flag:admin', kind: 'flag', name: 'Administrator', privileged: true, attributes: {} },
    ]);
    expect(held(reading)).toEqual(['lena flag:admin']);
    expect(reading.accounts[1]?.privilegedBecause).toEqual([
      { reason: 'holds what is privileged', evidence: 'Administrator' },
    ]);
    expect((await connector.readAccount(target(flags), 'lena'))?.holdings).toEqual(['flag:admin']);
  });

  it('of a fixed set is named by the account', async () => {
    const tags = '  - { kind: tag, fixed: [{ id: a }, { id: b }], held: { in_account: { at: /tags } } }';
    expect(held(await read(tags))).toEqual(['lena tag:a']);
    answers['/people'] = [{ n: 7, login: 'lena', tags: ['c'] }];
    await expect(read(tags)).rejects.toMatchObject({ message: expect.stringContaining('names `tag:c`') as string });
  });

  it('by a list for each account is read from there, for one account only its own', async () => {
    answers['/roles'] = [{ id: 1 }, { id: 2 }];
    answers['/people/7/roles'] = { roles: [{ role: 2 }, { role: 1 }] };
    answers['/people/8/roles'] = { roles: [] };
    const roles = `  - kind: role
    list: { call: GET /roles }
    map: { id: /id }
    held: { of_account: { list: { call: 'GET /people/{/account/n}/roles', items: /roles }, id: /role } }
    nesting: { implies: { at: /gives, absent: none } }`;
    expect(held(await read(roles))).toEqual(['lena role:1', 'lena role:2']);
    fake.asked.splice(0);
    expect((await connector.readAccount(target(roles), 'backup'))?.holdings).toEqual([]);
    expect(fake.asked.map(({ path }) => path)).toEqual(['/people', '/roles', '/people/8/roles']);
    delete answers['/people/8/roles'];
    await expect(read(roles)).rejects.toMatchObject({ code: 'refused' });
  });

  it('by a list for each entitlement is read from there, with what each implies', async () => {
    answers['/roles'] = [
      { id: 'low', gives: [] },
      { id: 'high', gives: ['low', 'root'] },
      { id: 'root', gives: ['high'] },
    ];
    answers['/roles/low/people'] = [8];
    answers['/roles/high/people'] = [7, 7];
    answers['/roles/root/people'] = [];
    const roles = `  - kind: role
    list: { call: GET /roles }
    map: { id: /id, privileged: { at: /id, is: root } }
    held: { of_entitlement: { list: { call: 'GET /roles/{/entitlement_id}/people' } } }
    nesting: { implies: { at: /gives } }`;
    const reading = await read(roles);
    expect(held(reading)).toEqual(['backup role:low', 'lena role:high']);
    expect(reading.nesting).toHaveLength(3);
    expect(reading.accounts.map(({ privilegedBecause }) => privilegedBecause.map(({ evidence }) => evidence))).toEqual([
      [],
      ['high, which implies root'],
    ]);
    answers['/roles/low/people'] = [9];
    await expect(read(roles)).rejects.toMatchObject({ message: expect.stringContaining('names `9`') as string });
  });
});

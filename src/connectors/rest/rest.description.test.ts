import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TargetError } from '../port.ts';
import { descriptionSchema } from './description/schema.ts';
import { described } from './fake-service.fixture.ts';
import { restConnector as connector } from './index.ts';
import { GLEWLWYD } from './lab-server.fixture.ts';

const problems = (description: string): readonly string[] => {
  const parsed = connector.settings.safeParse({ description });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const withChange = (from: string, to: string): string => {
  const text = described('');
  expect(text).toContain(from);
  return text.replace(from, to);
};

it('descriptions that are right have no problems', () => {
  expect(problems(GLEWLWYD)).toEqual([]);
  expect(problems(described('paging: { link: {} }'))).toEqual([]);
});

describe('a mistake is named by its place, with what to do', () => {
  it.each([
    [
      'a misspelt key',
      'id: /login',
      'ids: /login',
      'description.accounts.map: `ids` is not known here; did you mean `id`?',
    ],
    ['a missing key', 'id: /login', '', 'description.accounts.map.id: is missing'],
    [
      'a name that is no pointer',
      'id: /login',
      'id: login',
      'description.accounts.map.id: is no JSON Pointer; write `/login`',
    ],
    ['no call', 'call: GET /users\n', 'call: /users\n', 'description.accounts.list.call: is a method and a path'],
    [
      'a query in a path',
      'call: GET /users\n',
      "call: 'GET /users?all=1'\n",
      'what comes behind `?` goes into `query`',
    ],
    ['an address', 'call: GET /users\n', 'call: GET https://evil.example/users\n', 'is a method and a path'],
    ['a way up', 'call: GET /users\n', 'call: GET /users/../admin\n', 'is a method and a path'],
    [
      'two ways of paging',
      'items: /users\n',
      'items: /users\n    paging: { link: {}, next_url: { at: /n } }\n',
      'description.accounts.list.paging: says link and next_url, of which only one can be',
    ],
    [
      'no way to sign in',
      'auth: { bearer: {} }',
      'auth: {}',
      'description.auth: says one of basic, bearer, header, login',
    ],
    [
      'a credential in a header',
      "x-api-version: '2026-01-01'",
      'Authorization: Bearer abc',
      'credentials go into `auth`',
    ],
    [
      'a header in a header',
      "x-api-version: '2026-01-01'",
      'x: "a\\r\\nb: c"',
      'description.headers.x: has printable ASCII characters only',
    ],
    [
      'a look without a question',
      'state: { active: { at: /status, is: active }',
      'state: { active: { at: /status }',
      'description.accounts.map.state.active: says one of is, in, contains, present',
    ],
    [
      'something that is not to be had',
      '/users/{/name}',
      '/users/{/nam}',
      '`nam` is not known here; did you mean `name`?',
    ],
    [
      'an account before it is there',
      'call: POST /users, body',
      "call: 'POST /users/{/account/id}', body",
      'description.changes.create_account.0.call: `account` is not known here',
    ],
    ['a mark that is none', '$else:', '$or:', '`$or` is none of $from, $else'],
    [
      'an unknown status',
      'done_already: [409]',
      'done_already: [none]',
      'description.entitlements.0.grant.0.done_already.0: is a status such as 404',
    ],
    ['another version', 'version: 1', 'version: 2', 'description.version: is 1, the version of this format'],
    [
      'a kind that is no word',
      'kind: group',
      'kind: "group:x"',
      'description.entitlements.0.kind: is a word of small letters',
    ],
    [
      'no holders',
      '    held: { in_entitlement: { at: /members, id: /user } }\n',
      '',
      'description.entitlements.0.held: what is listed needs `held`',
    ],
    ['a fact of no shape', 'mail: /profile/mail', 'Mail: /profile/mail', 'description.accounts.map.attributes.Mail'],
  ])('%s', (_what, from, to, says) => {
    expect(problems(withChange(from, to)).join('\n')).toContain(says);
  });

  it.each([
    [
      'a password in an address',
      "set_password: [{ call: 'PUT /p/{/password}' }]",
      'changes.set_password.0.call: a password goes into the body',
    ],
    [
      'a password in a query',
      'set_password: [{ call: PUT /p, query: { p: { $from: /password } } }]',
      'changes.set_password.0.query.p: a password goes into the body',
    ],
    [
      'a password that cannot be tried',
      'set_password: [{ call: PUT /p, body: { $from: /password } }]',
      'changes.set_password: needs `try_password`',
    ],
    [
      'a fact nobody reads',
      'set_attributes: [{ call: PUT /p, body: { $from: /facts/shoe_size } }]',
      'sets `shoe_size`; `accounts.map.attributes`',
    ],
    ['a GET with a body', 'unlock_account: [{ call: GET /p, body: {} }]', 'a GET has no body'],
    [
      'marks beside keys',
      'unlock_account: [{ call: PUT /p, body: { $from: /name, x: 1 } }]',
      '`$from` stands for the whole value',
    ],
  ])('%s', (_what, change, says) => {
    expect(problems(described('', `  ${change}\n`)).join('\n')).toContain(says);
  });

  it.each([
    ['no YAML', 'a: [', 'is no YAML'],
    ['a key twice', 'version: 1\nversion: 1\n', 'is no YAML'],
    ['aliases that unfold', `a: &a [1]\nb: [*a, *a]`, 'is no YAML'],
    ['depth without end', '['.repeat(5_000), 'nested too deep'],
    ['depth on one line', '- '.repeat(5_000), 'nested too deep'],
    ['nothing', '', 'description: should be keys with values'],
    ['a text', 'hello', 'description: should be keys with values'],
  ])('%s', (_what, text, says) => {
    expect(problems(text).join('\n')).toContain(says);
  });
});

it('a target whose description is wrong is told so, several problems at once, and one without is told where to begin', async () => {
  const target = {
    systemId: 'x',
    kind: 'rest',
    host: '127.0.0.1',
    port: 1,
    pinned: [],
    credential: { kind: 'token', username: '', token: 'x' },
  } as const;
  const wrong = withChange('id: /login', 'id: login').replace('version: 1', 'version: 2');
  const read = async (settings: Readonly<Record<string, unknown>>): Promise<TargetError> => {
    const error: unknown = await connector.read({ ...target, settings }).catch((thrown: unknown) => thrown);
    if (!(error instanceof TargetError)) throw new Error('it was read');
    return error;
  };
  const error = await read({ description: wrong });
  expect(error.code).toBe('unsupported');
  expect(error.message).toContain('`description.version`: is 1');
  expect(error.message).toContain('`description.accounts.map.id`: is no JSON Pointer');
  expect((await read({})).message).toContain('docs/how-to/describe-a-rest-api.md');
});

it('every key of a description is in the reference', () => {
  const page = readFileSync(new URL('../../../docs/reference/rest-descriptions.md', import.meta.url), 'utf8');
  const keys = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object' && node.properties !== null)
      for (const key of Object.keys(node.properties)) keys.add(key);
    for (const value of Object.values(node)) walk(value);
  };
  walk(z.toJSONSchema(descriptionSchema, { io: 'input' }));
  expect(keys.size).toBeGreaterThan(60);
  expect([...keys].filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '#kit/config/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { startMail, type LabMail } from '#lab/index.ts';
import { putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { runProcess } from '../../harness/cli.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { inputWith, pointerOf, spotsOf } from '../fuzz/spots.ts';
import { must } from '../one-of-each.ts';

/** What a mail program would take for a line break and a header, were it decoded into one. */
const WORD = '=?utf-8?Q?=0D=0ABcc:_all@evil.example?=';
/** What would end a string and a policy, and permit everything, were it pasted into Cedar. */
const CEDAR = `it" || true }; permit(principal, action, resource); //`;

let house: PeopledHouse;
let sink: LabMail;
let boss: Caller;
let eve: Caller;
let scim: Caller['call'];
const folder = mkdtempSync(join(tmpdir(), 'reeve-injection-'));

beforeAll(async () => {
  sink = await startMail();
  house = await peopledHouse({ smtpUrl: sink.url });
  boss = await house.person('boss', {}, ['administrator', 'security_officer']);
  must(await boss.call('PUT', '/v1/sources/hr', { timeZone: 'Europe/London' }));
  const run = must(await boss.call('POST', '/v1/sources/hr/feeds', { content: feed() }));
  if (run['state'] !== 'applying') throw new Error(JSON.stringify(run));
  await house.settle(60_000);
  const { id } = await house.db.one<{ id: string }>(
    sql`select identity_id as id from identity_facts where username = 'eve'`,
  );
  eve = await house.signIn(id, 'eve');
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'csv', ownerId: boss.id });
    await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'reports',
      name: 'reports',
      description: WORD,
      ownerId: boss.id,
      requestable: true,
      risk: 'low',
    });
  });
  const { token } = must<{ token: string }>(
    await boss.call('POST', '/v1/scim/clients', {
      name: 'entra',
      tokenEndsAt: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
    }),
  );
  const call = callWith(house.url, { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' });
  scim = (method, path, body) => call(method, `/scim/v2${path}`, body);
  for (const userName of ['lena@larkspur.example', 'tom_as@larkspur.example', '100%@larkspur.example'])
    must(await scim('POST', '/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName }));
});
afterAll(async () => {
  await house?.close();
  await sink?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function feed(): string {
  const columns =
    'employee_id,first_name,last_name,preferred_name,email,username,company,department,org_unit,job_title,' +
    'manager_employee_id,location,time_zone,employment_type,status,start_date,end_date,cost_centre';
  const row = (id: string, name: string, username: string, department: string, manager: string): string =>
    [id, name, 'Example', '', `${username}@larkspur.example`, username, 'X', department, 'U', 'E', manager]
      .concat(['Leith', 'Europe/London', 'employee', 'active', '2014-12-01', '', 'CC-1'])
      .map((cell) => `"${cell.replaceAll('"', '""')}"`)
      .join(',');
  return `${[columns, row('E1', 'Mara', 'mara', 'it', ''), row('E2', WORD, 'eve', CEDAR, 'E1')].join('\n')}\n`;
}

/** How long it took, and what came back. */
async function timed(call: () => Promise<Answer>): Promise<Answer & { readonly ms: number }> {
  const began = performance.now();
  const answer = await call();
  return { ...answer, ms: performance.now() - began };
}
/** Generous for a busy machine: what backtracks takes minutes. */
const LIMIT_MS = 10_000;

describe('SCIM filter', () => {
  const find = async (filter: string): Promise<Answer> =>
    await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);

  test.each([
    [`userName eq "x' or '1'='1"`, 0],
    [`userName eq "\\" or userName pr or userName eq \\""`, 0],
    ['userName co "%"', 1],
    ['userName sw "_"', 0],
    ['userName co "m_a"', 1],
    [`userName eq "lena@larkspur.example'; drop table scim_resource; --"`, 0],
    ['userName pr', 3],
  ])('what is quoted in %s is a value and no more: finds %i', async (filter, found) => {
    expect(must(await find(filter))['totalResults']).toBe(found);
  });

  test.each([
    `userName'; drop table identity; -- eq "x"`,
    'userName eq "x" or 1=1',
    `name.familyName") or true -- eq "x"`,
    'userName eq "x") or (userName pr',
    'userName eq (select password from identity)',
    '${7*7} eq "49"',
    '__proto__.x eq "1"',
  ])('what is not a filter is refused: %s', async (filter) => {
    const answer = await find(filter);
    expect([answer.status, answer.body['scimType']], answer.text).toEqual([400, 'invalidFilter']);
  });

  test.each([
    ['ten thousand brackets', `${'('.repeat(10_000)}userName pr${')'.repeat(10_000)}`],
    ['five thousand terms', Array.from({ length: 5_000 }, () => 'userName pr').join(' or ')],
    ['ten thousand nots', `${'not ('.repeat(10_000)}userName pr${')'.repeat(10_000)}`],
    ['a value that is nearly closed', `userName eq "${'\\'.repeat(9_999)}`],
    ['a path of ten thousand steps', `${'a.'.repeat(10_000)}a eq "x"`],
  ])('%s are refused at once', async (_what, filter) => {
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter };
    const answer = await timed(() => scim('POST', '/Users/.search', search));
    expect([answer.status, answer.body['scimType']], answer.text.slice(0, 300)).toEqual([400, 'invalidFilter']);
    expect(answer.ms).toBeLessThan(LIMIT_MS);
  });
});

test('e-mail headers: a name that decodes into a header reaches one person, as the name it is', async () => {
  must(
    await eve.call('POST', '/v1/requests', {
      what: 'web1:reports',
      for: '2h',
      reason: 'x\n\n.\nBcc: all@evil.example',
    }),
  );
  const mail = await sink.waitFor((m) => m.to.includes('mara@larkspur.example'), 20_000);
  await house.settle(30_000);
  expect(sink.messages.map((m) => m.to)).toEqual([['mara@larkspur.example']]);
  expect([...mail.headers.keys()].filter((name) => ['bcc', 'cc'].includes(name))).toEqual([]);
  // As a mail program shows it, words decoded.
  expect(mail.subject).not.toMatch(/[\r\n]|Bcc: /);
  expect(mail.subject).toContain('Bcc:_all@evil.example');
  expect(mail.text).toContain('Bcc: all@evil.example');
  const refused = await eve.call('POST', '/v1/requests', {
    what: 'web1:reports',
    for: '2h',
    reason: 'x\r\nBcc: y@z.example',
  });
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('/reason')]);
});

const TAGS = [
  "!!js/function \"function () { require('fs').writeFileSync('pwned', '') }\"",
  '!!python/object/apply:os.system ["touch pwned"]',
  '!<tag:ruby.yaml.org,2002:object:ERB> {src: "<%= `touch pwned` %>"}',
];
/** Nine levels of nine: 387 million values, were they followed. */
const BOMB = `${Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*l${n}`)).join(', ')}]`).join('\n')}\n`;

describe('YAML', () => {
  test.each<readonly [what: string, yaml: string]>([
    ...TAGS.map((tag) => ['a tag', `rules:\n  - name: ${tag}\n    severity: low\n`] as const),
    ['a bomb', `${BOMB}rules: *l9\n`],
    ['a merge', 'base: &b {severity: low}\nrules:\n  - <<: *b\n    name: x\n'],
    ['a key twice', 'rules: []\nrules: []\n'],
    ['a prototype', 'rules:\n  - {name: x, severity: low, __proto__: {mode: enforce}}\n'],
    ['brackets without end', `rules: ${'['.repeat(100_000)}\n`],
  ])('of duties with %s in it is refused at once, and runs nothing', async (_what, yaml) => {
    const answer = await timed(() => boss.call('POST', '/v1/sod/rules/import', { yaml }));
    expect([answer.status, answer.body['code']], answer.text.slice(0, 300)).toEqual([422, 'sod.file_unreadable']);
    expect(answer.ms).toBeLessThan(LIMIT_MS);
  });

  test('of the configuration with a tag in it stops the start and runs nothing, and so does a bomb', async () => {
    const file = join(folder, 'reeve.yaml');
    writeFileSync(file, `data_dir: ${TAGS[0]}\nhttp_port: ${TAGS[1]}\n`);
    const ran = await runProcess(['up'], { REEVE_CONFIG: file, HOME: folder }, folder);
    expect([ran.code === 0, `${ran.out}${ran.err}`]).toEqual([false, expect.stringContaining('http_port')]);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    writeFileSync(file, `${BOMB}http_port: *l9\n`);
    const began = performance.now();
    expect(() => loadConfig({ env: { REEVE_CONFIG: file }, cwd: folder })).toThrow(/cannot be read/);
    expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  });
});

describe('Cedar', () => {
  test('a department that would end a policy and permit everything is a department', async () => {
    const { department } = await house.db.one<{ department: string }>(
      sql`select department from identity_facts where username = 'eve'`,
    );
    expect(department).toBe(CEDAR);
    expect((await eve.call('GET', '/v1/identities')).status).toBe(403);
    expect(
      (await eve.call('POST', '/v1/grants', { identity: 'eve', entitlementId: newId(), because: 'x' })).status,
    ).toBe(403);
  });

  const FALSE_ENDS = `permit(principal, action, resource) when { principal.department == "it" };`;
  test.each([
    ['that is not closed', `permit(principal, action, resource) when { principal.department == "${CEDAR}`],
    ['of a template', 'permit(principal == ?principal, action, resource);'],
    ['under the name of one that Reeve ships', `@id("rotation.reeve_rotates")\n${FALSE_ENDS}`],
    [
      'a hundred thousand brackets deep',
      `permit(principal, action, resource) when { ${'('.repeat(100_000)}true${')'.repeat(100_000)} };`,
    ],
    [
      'of a thousand brackets',
      `permit(principal, action, resource) when { ${'('.repeat(1_000)}true${')'.repeat(1_000)} };`,
    ],
    [
      'of ten thousand terms',
      `@id("x")\npermit(principal, action, resource) when { ${'true && '.repeat(10_000)}true };`,
    ],
    [
      'of ten thousand ifs',
      `@id("x")\npermit(principal, action, resource) when { ${'if true then true else '.repeat(10_000)}true };`,
    ],
    [
      'of ten thousand calls',
      `@id("x")\npermit(principal, action, resource) when { principal${'.a'.repeat(10_000)} };`,
    ],
    ['with a hundred thousand nots', `permit(principal, action, resource) when { ${'!'.repeat(100_000)}true };`],
    ['with an entity of another house', 'permit(principal == Linux::User::"root", action, resource);'],
  ])('a policy %s is told what is wrong with it, at once', async (_what, text) => {
    const answer = await timed(() => boss.call('POST', '/v1/policies/validate', { text }));
    if (answer.status < 300) expect(answer.body, answer.text.slice(0, 300)).toMatchObject({ ok: false });
    else expect(answer.status, answer.text.slice(0, 300)).toBe(422);
    expect(answer.ms).toBeLessThan(LIMIT_MS);
    // And the next one is read as if nothing had been.
    const fine = `@id("fine")\npermit(principal is Reeve::Identity, action == Reeve::Action::"identity.list", resource) when { principal.state == "active" };`;
    expect((await boss.call('POST', '/v1/policies/validate', { text: fine })).body).toMatchObject({ ok: true });
  });
});

test('regular expressions: no field of any operation, and nothing it is parsed into, is slow on any text', async () => {
  const pumps = [
    'a',
    ' ',
    '0',
    '-',
    '.',
    '/',
    ':',
    '@',
    '\t\n',
    'a-',
    'a.',
    'a@',
    '0:',
    '\u00e9\u0301',
    '"\\',
    '((',
    'a=,',
    '1h',
  ];
  const slow: string[] = [];
  let parsed = 0;
  const later = new Date(house.clock.now().getTime() + 86_400_000);
  for (const operation of house.registry.operations.values())
    for (const spot of spotsOf(operation.input)) {
      if (spot.shape.type !== 'string') continue;
      for (const pump of pumps) {
        const text = `${pump.repeat(20_000 / pump.length)}!\u0000`; // no pattern takes the end
        const input = inputWith(operation.input, spot, text, later);
        const began = performance.now();
        operation.input.safeParse(input);
        parsed += 1;
        const ms = performance.now() - began;
        if (ms > 250) slow.push(`${operation.name} ${pointerOf(spot)} ${JSON.stringify(pump)}: ${ms.toFixed()} ms`);
      }
    }
  expect(slow).toEqual([]);
  expect(parsed).toBeGreaterThan(2_000);

  const sent: readonly (readonly [method: string, path: string, body: (text: string) => unknown])[] = [
    ['POST', '/v1/requests', (text) => ({ what: text.slice(0, 290), for: text.slice(0, 190), reason: 'x' })],
    ['POST', '/v1/sources/hr/feeds', (text) => ({ content: `${feed().split('\n')[0]}\n${text},${text}\n` })],
    ['POST', '/v1/sod/rules/import', (text) => ({ yaml: text })],
    ['POST', '/v1/policies/validate', (text) => ({ text })],
    ['POST', '/v1/ssh-keys', (text) => ({ publicKey: `ssh-ed25519 ${text}`.slice(0, 15_000) })],
    [
      'POST',
      '/v1/systems',
      (text) => ({
        name: 'x',
        kind: 'ldap',
        host: 'h',
        settings: { accountFilter: text, base: text },
        username: 'u',
        pinned: ['p'],
        secret: { kind: 'password', value: 'x' },
      }),
    ],
    [
      'POST',
      '/v1/systems',
      (text) => ({
        name: 'x',
        kind: 'linux',
        host: text.slice(0, 250),
        username: text.slice(0, 190),
        pinned: [text.slice(0, 190)],
        secret: { kind: 'ssh_key', value: text },
      }),
    ],
  ];
  for (const [method, path, body] of sent)
    for (const pump of pumps.filter((_pump, n) => n % 2 === 0)) {
      const answer = await timed(() => boss.call(method, path, body(pump.repeat(20_000 / pump.length))));
      const what = `${path} ${JSON.stringify(pump)} ${answer.text.slice(0, 200)}`;
      expect(answer.status, what).toBeLessThan(500);
      expect(answer.ms, what).toBeLessThan(LIMIT_MS);
    }
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { RawClient } from '#test/ssh-rig/raw-client.ts';
import { run } from '#test/ssh-rig/run-program.ts';

/** A5: in a house where lena may be lena on web1, the target is the intended one or an error. */
describe('a login name', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-names-'));
  const mark = join(dir, 'executed');
  const clients: RawClient[] = [];
  let house: AuthorisedHouse;

  beforeAll(async () => {
    house = await authorisedHouse();
    await house.give();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.end();
  });
  afterAll(async () => {
    await house?.close();
    rmSync(dir, { recursive: true });
  });

  /** Proves lena's key under a name and asks for a command; what comes back. */
  const under = async (name: string): Promise<string> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(house.gateway.address.port);
    client.signIn(name, house.lena.raw);
    if ((await client.outcome(20_000)) !== 52) return 'not let in';
    client.openSession(0);
    client.exec((await client.waitFor(91, 20_000))?.readUInt32BE(5) ?? 0, 'echo $(id -un) on $(hostname)');
    await client.waitFor(97, 30_000);
    client.end();
    return Buffer.concat(
      client.received.flatMap((p) => (p[0] === 94 ? [p.subarray(9)] : p[0] === 95 ? [p.subarray(13)] : [])),
    ).toString();
  };
  const refusals = () =>
    house.db.many<{ account: string; system: string }>(
      sql`select data->>'account' as account, data->>'system' as system from audit_event where type = 'session.refused' order by xid`,
    );

  const refusedAsNoName = async (name: string): Promise<void> => {
    const [before, sessions] = [(await refusals()).length, (await house.sessions()).length];
    expect(await under(name)).toMatch(/^Reeve: .*Log in as account@system, for instance: ssh root@web1@gateway\n$/);
    expect([(await refusals()).length, (await house.sessions()).length]).toEqual([before, sessions]);
  };

  test('that says account and system, by @ or by %, is that account on that system', async () => {
    for (const name of ['lena@web1', 'lena%web1', `lena@${house.systemId}`])
      expect(await under(name)).toBe('lena on web1\n');
    const rows = await house.quiet();
    expect(rows.map((r) => [r.who, r.account])).toEqual([1, 2, 3].map(() => ['lena', 'lena']));
  });

  test.each([
    'lena',
    'web1',
    '',
    '@',
    'lena@',
    '@web1',
    'lena@web1@web1',
    'lena@web1@other',
    'lena%web1@web1',
    'root@web1@lena',
    ' lena@web1',
    'lena@web1 ',
    'lena @web1',
    'lena@web1\n',
    'lena@web1\0',
    'lena\0@web1',
    'le\u0007na@web1',
    'lena@web1\u001b[2J',
    'léna@web1',
    'lеna@web1', // Cyrillic е
    'lena@ｗeb1', // full-width w
    'lena@web\u200b1',
    'lena@\u202eweb1',
    'lena＠web1', // full-width @
    `-oProxyCommand=touch${'$IFS'}${'x'}@web1`,
    'lena@-oProxyCommand=id',
    '-l@web1',
    'lena;id@web1',
    '$(id)@web1',
    'lena`id`@web1',
    "lena' or '1'='1@web1",
    'lena@web1:22',
    'lena@web1/../web1',
    '../lena@web1',
    'lena@[::1]',
  ])('%j is no name, and is told how one is written', (name) => refusedAsNoName(name));

  test.each([
    ['a system', `lena@${'w'.repeat(300)}`],
    ['an account', `${'l'.repeat(300)}@web1`],
    ['anything', 'l'.repeat(30_000)],
  ])('as long as %s never is, is no name', (_what, name) => refusedAsNoName(name));

  test.each([
    ['root', 'web1'],
    ['Lena', 'web1'],
    ['LENA', 'web1'],
    ['lena', 'WEB1'],
    ['lena', 'web1.'],
    ['lena', 'web01'],
    ['lena', 'web'],
    ['lena', '127.0.0.1'],
    ['lena.', 'web1'],
    ['lena', '40web1'],
    ['lena,root', 'web1'],
    ['tomas', 'web1'],
  ])('K8: %j on %j is not what lena may, and is on the record as typed', async (account, system) => {
    const sessions = (await house.sessions()).length;
    const said = await under(`${account}@${system}`);
    if (account.includes(',')) return expect(said).toContain('Log in as account@system');
    expect(said).toContain(`Reeve: you have no access to ${account}@${system} now. Ask for it: `);
    expect((await refusals()).at(-1)).toEqual({ account, system });
    expect(await house.sessions()).toHaveLength(sessions);
  });

  test('as the real client sends it, reaches no shell and nobody’s arguments', async () => {
    const key = join(dir, 'key');
    writeFileSync(key, house.lena.key.privateKey, { mode: 0o600 });
    const options = [
      'StrictHostKeyChecking=no',
      `UserKnownHostsFile=${join(dir, 'known')}`,
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'LogLevel=ERROR',
    ];
    for (const name of [
      `-oProxyCommand=touch ${mark}@web1`,
      `lena;touch ${mark}@web1`,
      `$(touch ${mark})@web1`,
      `lena@web1 touch ${mark}`,
    ]) {
      const ran = await run('ssh', [
        '-F',
        'none',
        '-i',
        key,
        ...options.flatMap((o) => ['-o', o]),
        '-p',
        String(house.gateway.address.port),
        '-o',
        `User=${name}`,
        '127.0.0.1',
        'id',
      ]);
      expect(ran.code).not.toBe(0);
      expect(ran.stdout.toString()).toBe('');
    }
    expect(existsSync(mark)).toBe(false);
    expect((await house.web1.exec(`ls ${mark} 2>&1 || true`)).stdout).toContain('No such file');
  });
});

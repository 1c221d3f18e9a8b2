import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexEvents } from '#guard/sessions/search/index-events.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeSshKey, startPostgres, type LabPostgres } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { dumpDatabase } from '../attacks/search/dump-database.ts';
import { findSecrets } from '../attacks/search/find-secrets.ts';
import { must } from '../attacks/one-of-each.ts';
import { runHere } from '../harness/cli.ts';
import { openAccount } from '../harness/open-account.ts';
import { openDatabase, type OpenDatabase } from '../harness/open-database.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';
import { proving } from '#test/harness/fresh-proof.ts';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP recordings-are-found: no sshd on this machine');

interface Found {
  readonly sessionId: string;
  readonly n: number;
  readonly atMs: number;
  readonly type: string;
  readonly text: string;
}

/** What somebody typed, ran, copied and asked in real sessions, looked for by those who may watch them. */
describe.skipIf(sshdPath === undefined)('what was run in sessions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-found-'));
  const [hidden, inSql] = ['hidden-answer-4711', 'hidden-in-sql-4712'];
  let house: PeopledHouse;
  let sshd: Sshd;
  let lab: LabPostgres;
  let db: OpenDatabase;
  let ssh: SshUser;
  const people: Record<string, Caller> = {};
  const as = (name: string): Caller => {
    const caller = people[name];
    if (caller === undefined) throw new Error(`nobody is called ${name}`);
    return caller;
  };
  const look = async (words: string, more: object = {}, who = 'officer'): Promise<Found[]> =>
    must<{ items: Found[] }>(await as(who).call('POST', '/v1/session-search', { words, ...more })).items;
  const texts = async (words: string, more: object = {}): Promise<string[]> =>
    (await look(words, more)).map(({ type, text }) => `${type}: ${text}`);

  beforeAll(async () => {
    [house, sshd, lab] = await Promise.all([
      peopledHouse(),
      startSshd(sshdPath ?? ''),
      startPostgres({ binaries: 'debian' }),
    ]);
    people['officer'] = await house.person('officer', {}, ['security_officer']);
    people['manager'] = await house.person('manager');
    people['lena'] = await house.person('lena', { managerId: as('manager').id });
    const key = await makeSshKey('lena@laptop');
    must(await proving(house, as('lena')).call('POST', '/v1/ssh-keys', { publicKey: key.publicKey }));
    const { user: account, port, hostFingerprint: hostKeyFingerprint, privateKey } = sshd;
    const holder = as('lena').id;
    await openAccount(house, {
      system: 'web1',
      host: '127.0.0.1',
      port,
      hostKeyFingerprint,
      account,
      privateKey,
      holder,
    });
    db = await openDatabase(house, { system: 'orders', lab, account: 'postgres', holder });
    ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
    const login = `${account}@web1`;
    const live = ssh.start(login, [], { tty: true });
    const type = async (line: string, shows: RegExp): Promise<void> => {
      live.process.stdin?.write(`${line}\n`);
      await until(() => shows.test(live.output()), `${shows} in ${live.output().slice(-300)}`);
    };
    await type('echo rea""dy', /ready/u);
    await type(`read -rs -p 'answer: ' a; echo`, /answer: $/u);
    await type(hidden, /[$#%>] $/u);
    await type('grep -c ZanzibarIsland /etc/hostname; echo do""ne', /done/u);
    live.process.stdin?.write('exit\n');
    await live.ended;
    await ssh.run(login, ['cat /etc/os-release > /dev/null']);
    writeFileSync(join(folder, 'ledger.csv'), 'x');
    const batch = join(folder, 'batch');
    writeFileSync(batch, `put ${join(folder, 'ledger.csv')} ${join(sshd.dir, 'quarterly-ledger.csv')}\n`);
    const [at, id] = [house.gateway.address.port, join(ssh.folder, 'id')];
    const options = `-F none -P ${at} -i ${id} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=${join(ssh.folder, 'kh')} -o User=${login}`;
    const copied = await run('sftp', [...options.split(' '), '-b', batch, '127.0.0.1']);
    if (copied.code !== 0) throw new Error(copied.stderr.toString());
    const { password } = must<{ password: string }>(
      await as('lena').call('POST', '/v1/gateway-passwords', { system: 'orders' }),
    );
    const statements = `select relname from pg_class where relname = 'mollusc_shells'; create role snail password '${inSql}'`;
    await run('psql', ['-X', '-c', statements.split(';')[0] ?? '', '-c', statements.split(';')[1] ?? ''], {
      env: db.env(password),
    });
    await until(
      async () =>
        (await house.db.one<{ n: number }>(sql`select count(*)::int as n from session where state = 'ended'`)).n === 4,
      'four ended sessions',
    );
  });
  afterAll(async () => {
    ssh?.forget();
    await db?.close();
    await house?.close();
    await sshd?.stop();
    await lab?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is found by its words: typed at a shell, run at once, copied, and asked of a database', async () => {
    expect(await texts('zanzibarisland grep')).toEqual(['command: grep -c ZanzibarIsland /etc/hostname; echo do""ne']);
    expect(await texts('/etc/os-release')).toEqual(['exec: cat /etc/os-release > /dev/null']);
    expect(await texts('quarterly-ledger')).toEqual([
      expect.stringMatching(/^file: .*quarterly-ledger\.csv/u) as string,
    ]);
    expect(await texts('MOLLUSC_shells')).toEqual([
      "statement: select relname from pg_class where relname = 'mollusc_shells'",
    ]);
    expect(await texts('etc', { type: 'exec' })).toHaveLength(1);
    expect(await texts('etc', { systemId: db.systemId })).toEqual([]);
    expect(await texts('etc', { from: new Date(house.clock.now().getTime() + 60_000).toISOString() })).toEqual([]);
    expect(await texts('etc grep mollusc_shells')).toEqual([]);
    // to be seen where it says
    const [one] = await look('zanzibarisland');
    const cast = (await as('officer').call('GET', `/v1/sessions/${one?.sessionId ?? ''}/recording`)).text;
    let at = 0;
    const before = cast
      .trim()
      .split('\n')
      .slice(1)
      .filter((line) => (at += (JSON.parse(line) as [number])[0]) * 1000 <= (one?.atMs ?? 0) + 5);
    expect(before.join('')).toContain('ZanzibarIsland');
  });

  test('that was hidden is not found, and nothing can be read of it in the database', async () => {
    for (const words of [hidden, inSql, 'hidden-answer', '4712']) expect(await texts(words)).toEqual([]);
    const path = join(folder, 'dump');
    await dumpDatabase(house.db, path);
    const values = [
      'ZanzibarIsland',
      'zanzibarisland',
      'mollusc_shells',
      'quarterly-ledger',
      '/etc/os-release',
      hidden,
      inSql,
    ];
    const looked = values.map((value) => ({ what: value, value }));
    // what somebody looked for is sealed too, under the key of whom it is about
    expect(await findSecrets(looked, [{ name: 'the database', path }])).toEqual([]);
  });

  test('is found by those who may watch the session, and by nobody else', async () => {
    const ofLena = { identityId: as('lena').id };
    expect(await look('zanzibarisland', ofLena, 'manager')).toHaveLength(1);
    const refused = async (who: string, more: object): Promise<number> =>
      (await as(who).call('POST', '/v1/session-search', { words: 'zanzibarisland', ...more })).status;
    expect(await refused('manager', {})).toBe(403);
    expect(await refused('lena', {})).toBe(403);
    expect(await refused('lena', { identityId: as('officer').id })).toBe(404);
    expect(await refused('officer', { words: '-r' })).toBe(422);
    const recorded = await house.db.many<{ n: number }>(
      sql`select count(*)::int as n from audit_event where type = 'recording.searched'`,
    );
    expect(recorded[0]?.n).toBeGreaterThan(5);
  });

  test('the search goes on past a session that may not be watched, and no cursor names it', async () => {
    const [{ sessionId: closed = '' } = {}] = await look('os-release');
    const [seen] = await look('zanzibarisland');
    const [version, now] = [newId(), house.clock.now()];
    await house.db.run(sql`
      insert into policy_version (id, origin, number, text, note, state, created_at, created_by, published_at, published_by)
      values (${version}, 'custom', 1, ${`@id("nobody.watches") forbid (principal, action == Reeve::Action::"session.replay", resource == Reeve::Session::"${closed}");`},
              'test', 'active', ${now}, 'test', ${now}, 'test')`);
    // more of what matches, in the session that may not be watched, than is looked at for one answer
    await house.db.run(sql`
      insert into session_event (session_id, n, at_ms, type, class, sealed_detail, words)
      select ${closed}, 1000 + at, 0, o.type, o.class, o.sealed_detail, o.words
        from session_event o, generate_series(1, 2100) as at where o.session_id = ${seen?.sessionId ?? ''}
         and o.n = ${seen?.n ?? 0}`);
    interface Answer {
      readonly items: Found[];
      readonly nextCursor: string | null;
    }
    const ask = (cursor?: string, who = 'officer') =>
      as(who).call('POST', '/v1/session-search', {
        words: 'zanzibarisland',
        ...(cursor === undefined ? {} : { cursor }),
      });
    const first = must<Answer>(await ask());
    expect(first.items).toEqual([]);
    const cursor = first.nextCursor ?? '';
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain(closed);
    expect(must<Answer>(await ask(cursor)).items.map(({ sessionId }) => sessionId)).toEqual([seen?.sessionId]);
    people['other'] = await house.person('other', {}, ['security_officer']);
    for (const not of [
      await ask(cursor, 'other'),
      await ask('AAAA'),
      await ask(Buffer.from(JSON.stringify([closed, 1500])).toString('base64url')),
    ])
      expect(not.status).toBe(422);
    await house.db.run(sql`delete from session_event where session_id = ${closed} and n > 1000`);
    await house.db.run(sql`update policy_version set state = 'retired', retired_at = ${now} where id = ${version}`);
  });

  test('a row that was moved is not told, and one without words gets them', async () => {
    await house.db.run(sql`create table kept as select session_id, n, sealed_detail, words from session_event`);
    await house.db.run(sql`
      update session_event e set sealed_detail = o.sealed_detail from session_event o
       where e.type = 'exec' and o.type = 'statement' and o.n = 0`);
    expect(await texts('os-release')).toEqual([]);
    await house.db.run(sql`update session_event e set sealed_detail = k.sealed_detail, words = null from kept k
      where k.session_id = e.session_id and k.n = e.n`);
    expect(await texts('os-release')).toEqual([]);
    await indexEvents(house.db, house.keys);
    expect(await texts('os-release')).toHaveLength(1);
    await house.db.run(sql`drop table kept`);
  });

  test('is found from the command line', async () => {
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    const { token } = must<{ token: string }>(
      await as('officer').call('POST', '/v1/tokens', { name: 'o', scopes: ['read'], endsAt }),
    );
    const reeve = (...args: string[]) => runHere(args, { REEVE_URL: house.url, REEVE_TOKEN: token });
    const ran = await reeve('sessions', 'search', 'zanzibarisland');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('grep -c ZanzibarIsland');
    const [{ sessionId = '' } = {}] = await look('zanzibarisland');
    const { out } = await reeve('sessions', 'text', sessionId);
    expect(out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}.*[$#%>] grep -c ZanzibarIsland .*$/mu);
    expect(out).toMatch(/^\S+ {2}done$/mu);
    expect(out).not.toContain(hidden);
    expect(await reeve('sessions', 'play', sessionId, '--find', 'zanzibarisland grep')).toMatchObject({ code: 0 });
    expect((await reeve('sessions', 'play', sessionId, '--find', 'elsewhere')).err).toContain('no command of this');
    expect((await reeve('sessions', 'play', sessionId, '--from', 'noon')).err).toContain('is no time');
  });
});

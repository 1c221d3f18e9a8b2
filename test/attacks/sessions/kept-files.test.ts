import { createHash, randomBytes } from 'node:crypto';
import { proving } from '#test/harness/fresh-proof.ts';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { run, type Ran } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { runProcess } from '../../harness/cli.ts';
import { openAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP kept-files: no sshd on this machine (apt-get install openssh-server)');

interface KeptFile {
  readonly n: number;
  readonly act: string;
  readonly path: string;
  readonly bytes: number | null;
  readonly kept: number;
  readonly sha256: string | null;
  readonly whole: boolean;
  readonly runs: readonly { readonly at: string; readonly bytes: number }[];
}
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What is moved by real sftp and scp is kept as the terms say, is what flowed, and is had by whoever may watch and nobody else. */
describe.skipIf(sshdPath === undefined)('files kept with a recording', () => {
  let house: PeopledHouse;
  let sshd: Sshd;
  let auditor: Caller;
  let officer: Caller;
  let lena: Caller;
  let token: string;
  let systemId: string;
  let key: string;
  let dir: string;
  let there: string;

  beforeAll(async () => {
    [house, sshd] = await Promise.all([peopledHouse(), startSshd(sshdPath ?? '')]);
    auditor = await house.person('ines', {}, ['auditor']);
    officer = await house.person('joaquin', {}, ['security_officer']);
    lena = await house.person('lena');
    const made = await makeSshKey('lena@laptop');
    must(await proving(house, lena).call('POST', '/v1/ssh-keys', { publicKey: made.publicKey }));
    ({ systemId } = await openAccount(house, {
      system: 'web1',
      host: '127.0.0.1',
      port: sshd.port,
      hostKeyFingerprint: sshd.hostFingerprint,
      account: sshd.user,
      privateKey: sshd.privateKey,
      holder: lena.id,
    }));
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    token = must<{ token: string }>(
      await auditor.call('POST', '/v1/tokens', { name: 'audit', scopes: ['read'], endsAt }),
    ).token;
    dir = mkdtempSync(join(tmpdir(), 'reeve-kept-'));
    key = join(dir, 'id');
    writeFileSync(key, made.privateKey, { mode: 0o600 });
  });
  beforeEach(() => {
    there = mkdtempSync(join(dir, 'there-'));
    mkdirSync(join(there, 'kept'));
  });
  afterAll(async () => {
    await house?.close();
    await sshd?.stop();
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  });

  const terms = async (...capture: object[]): Promise<void> =>
    void must(await officer.call('PUT', `/v1/systems/${systemId}/ssh-terms`, { capture }));
  const options = (): string[] =>
    ['StrictHostKeyChecking=no', `UserKnownHostsFile=${join(dir, 'known')}`, 'LogLevel=ERROR', 'BatchMode=yes']
      .flatMap((option) => ['-o', option])
      .concat('-F', 'none', '-i', key, '-P', String(house.gateway.address.port));
  /** The session that just ended. */
  const last = async (): Promise<string> => {
    const row = await until(
      async () =>
        await house.db.maybe<{ id: string }>(
          sql`select id from session where state = 'ended' and not exists (select from session where state = 'live') order by started_at desc, id desc limit 1`,
        ),
      { timeoutMs: 20_000, what: 'the session to end' },
    );
    return row.id;
  };
  const sftp = async (...lines: string[]): Promise<{ ran: Ran; id: string }> => {
    house.clock.advance(1000);
    const batch = join(dir, 'batch');
    writeFileSync(batch, `${lines.join('\n')}\n`);
    const ran = await run('sftp', [...options(), '-o', `User=${sshd.user}@web1`, '-b', batch, '127.0.0.1']);
    return { ran, id: await last() };
  };
  const list = async (id: string): Promise<readonly KeptFile[]> =>
    must<{ items: KeptFile[]; problem: null }>(await auditor.call('GET', `/v1/sessions/${id}/files`)).items;
  const fetched = (id: string, n: number | string, query = ''): Promise<Response> =>
    fetch(`${house.url}/v1/sessions/${id}/file?n=${n}${query}`, { headers: { authorization: `Bearer ${token}` } });
  const bytes = async (id: string, n: number, query = ''): Promise<Buffer> => {
    const response = await fetched(id, n, query);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };

  test('what sftp puts and gets is kept, byte for byte, with its digest, and fetching it is on the record', async () => {
    await terms({ path: `${there}/**` });
    const [up, down] = [randomBytes(3_000_000), Buffer.from('a text\n'.repeat(50_000))];
    writeFileSync(join(dir, 'up'), up);
    writeFileSync(join(there, 'kept/down'), down);
    writeFileSync(join(dir, 'empty'), '');
    const { ran, id } = await sftp(
      `put ${dir}/up ${there}/kept/up`,
      `get ${there}/kept/down ${dir}/down`,
      `put ${dir}/empty ${there}/empty`,
      `put ${dir}/up ${dir}/elsewhere`,
    );
    expect(ran.code, ran.stderr.toString()).toBe(0);
    expect(readFileSync(join(dir, 'down')).equals(down)).toBe(true);
    expect(await list(id)).toMatchObject([
      {
        n: 0,
        act: 'write',
        path: `${there}/kept/up`,
        bytes: up.length,
        kept: up.length,
        sha256: sha256(up),
        whole: true,
      },
      { n: 1, act: 'read', path: `${there}/kept/down`, bytes: down.length, sha256: sha256(down), whole: true },
      { n: 2, act: 'write', path: `${there}/empty`, bytes: 0, kept: 0, whole: true, runs: [] },
    ]);
    expect((await bytes(id, 0)).equals(up)).toBe(true);
    expect((await bytes(id, 1)).equals(down)).toBe(true);
    expect(await bytes(id, 2)).toHaveLength(0);
    const { headers } = await fetched(id, 1);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe('attachment');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(await house.perform('sessions.verify', { id }, auditor.id)).toMatchObject({ ok: true });
    const { n } = await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from audit_event where type = 'recording.file_fetched' and data->>'sessionId' = ${id}`,
    );
    expect(n).toBe(4);
    const cli = await runProcess(['sessions', 'file', id, '1'], { REEVE_URL: house.url, REEVE_TOKEN: token });
    expect(cli).toMatchObject({ code: 0, out: down.toString() });
  });

  test('nothing of it lies in the open in the store', async () => {
    await terms({});
    const canary = `canary ${randomBytes(8).toString('hex')}`;
    writeFileSync(join(dir, 'up'), canary.repeat(3000));
    const { id } = await sftp(`put ${dir}/up ${there}/canary`);
    const { stdout } = await run('grep', ['-rc', canary, join(house.recordingsDir, id)]);
    expect(stdout.toString()).not.toMatch(/:[1-9]/u);
    expect((await bytes(id, 0)).toString().startsWith(canary)).toBe(true);
  });

  test('scp is kept as sftp is, and what copies files over a command is refused', async () => {
    await terms({ direction: 'to_target' });
    writeFileSync(join(dir, 'up'), 'by scp');
    const scp = (...also: string[]): Promise<Ran> =>
      run('scp', [...also, ...options(), '-o', `User=${sshd.user}@web1`, join(dir, 'up'), `127.0.0.1:${there}/scp`]);
    expect((await scp()).code).toBe(0);
    expect((await bytes(await last(), 0)).toString()).toBe('by scp');
    rmSync(join(there, 'scp'));
    const old = await scp('-O');
    expect(old.code).not.toBe(0);
    expect(old.stderr.toString()).toContain('files go by SFTP only in this session, where they are kept');
    expect(existsSync(join(there, 'scp'))).toBe(false);
    const down = await run('scp', [
      '-O',
      ...options(),
      '-o',
      `User=${sshd.user}@web1`,
      `127.0.0.1:${join(dir, 'up')}`,
      join(dir, 'down2'),
    ]);
    expect(down.code, down.stderr.toString()).toBe(0);
    await last();
  });

  test('a larger file goes on and is kept so far, or is refused, as the terms say; one of just that size is not', async () => {
    const [just, larger] = [randomBytes(300_000), randomBytes(300_001)];
    writeFileSync(join(there, 'just'), just);
    writeFileSync(join(there, 'larger'), larger);
    await terms({ mostBytes: 300_000 });
    const went = await sftp(`get ${there}/larger ${dir}/l`, `put ${there}/larger ${there}/copy`);
    expect(went.ran.code).toBe(0);
    expect(await list(went.id)).toMatchObject(
      ['read', 'write'].map((act) => ({ act, bytes: 300_001, kept: 300_000, whole: false, sha256: sha256(larger) })),
    );
    expect((await bytes(went.id, 0)).equals(larger.subarray(0, 300_000))).toBe(true);

    await terms({ mostBytes: 300_000, beyond: 'refuse' });
    const fits = await sftp(`get ${there}/just ${dir}/j`, `put ${there}/just ${there}/just2`);
    expect(fits.ran.code, fits.ran.stderr.toString()).toBe(0);
    expect(readFileSync(join(dir, 'j')).equals(just)).toBe(true);
    expect(readFileSync(join(there, 'just2')).equals(just)).toBe(true);
    rmSync(join(dir, 'l'));
    const refused = await sftp(`-get ${there}/larger ${dir}/l`, `-put ${there}/larger ${there}/copy2`);
    expect(refused.ran.stderr.toString()).toMatch(/larger than what is moved and kept|permission denied/iu);
    for (const path of [join(dir, 'l'), join(there, 'copy2')])
      if (existsSync(path)) expect(readFileSync(path).length).toBeLessThanOrEqual(300_000);
    const { n } = await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from session_event where session_id = ${refused.id} and type = 'refused'`,
    );
    expect(n).toBe(2);
  });

  test('K23: a file is known by where it leads: links, `..` and names of their own are no way around', async () => {
    await terms({ path: `${there}/kept/*.conf` });
    symlinkSync(join(there, 'kept'), join(there, 'link'));
    writeFileSync(join(there, 'kept/a.conf'), 'set');
    symlinkSync(join(there, 'kept/a.conf'), join(there, 'innocent'));
    writeFileSync(join(dir, 'up'), 'new');
    const evil = '\u001b]0;x\u0007<script>..\\..%2f.conf';
    const { id } = await sftp(
      `put ${dir}/up ${there}/kept/../link/b.conf`,
      `get ${there}/innocent ${dir}/x`,
      `put ${dir}/up "${there}/kept/${evil}"`,
      `put ${dir}/up ${there}/kept/b.txt`,
      `put ${dir}/up ${there}/c.conf`,
    );
    const files = await list(id);
    expect(files.map(({ act, path }) => `${act} ${path.replace(there, '')}`)).toEqual([
      'write /kept/b.conf',
      'read /kept/a.conf',
      expect.stringMatching(/^write \/kept\/.*\.conf$/u),
    ]);
    for (const name of [
      '..%2f0',
      '0%2f..%2f..',
      '%00',
      '-1',
      '0.5',
      '99',
      '..%2f..%2fmanifest.json',
      '0&n=1',
      '0&path=%2fetc%2fpasswd',
    ])
      expect([400, 404, 422], name).toContain((await fetched(id, name)).status);
    const played = await auditor.call('GET', `/v1/sessions/${id}/recording`);
    expect(JSON.stringify(played)).not.toContain('\u001b]0;x');
  });

  test('pieces in any order, over each other and at the far end of nothing, are kept where they belong', async () => {
    await terms({});
    house.clock.advance(1000);
    await scattered([
      [5n, 'world'],
      [0n, 'hello'],
      [0n, 'J'],
    ]);
    const id = await last();
    const [file] = await list(id);
    expect(file).toMatchObject({ bytes: 11, kept: 11, whole: true, sha256: sha256(Buffer.from('worldhelloJ')) });
    expect(file?.runs).toEqual([
      { at: '5', bytes: 5 },
      { at: '0', bytes: 5 },
      { at: '0', bytes: 1 },
    ]);
    expect((await bytes(id, 0)).toString()).toBe('Jelloworld');
    expect((await bytes(id, 0, '&as=flow')).toString()).toBe('worldhelloJ');

    house.clock.advance(1000);
    await scattered([
      [0n, 'a'],
      [2n ** 63n, 'b'],
      [2n ** 64n - 1n, 'c'],
    ]);
    const far = await last();
    expect((await list(far))[0]?.runs.map(({ at }) => at)).toEqual([
      '0',
      '9223372036854775808',
      '18446744073709551615',
    ]);
    const refused = await fetched(far, 0);
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as { code: string }).code).toBe('kept_file.scattered');
    expect((await bytes(far, 0, '&as=flow')).toString()).toBe('abc');
  });

  test('K43: nobody has them who may not watch, and nobody once the recording is gone', async () => {
    await terms({});
    writeFileSync(join(dir, 'up'), 'x');
    const { id } = await sftp(`put ${dir}/up ${there}/x`);
    const stranger = await house.person(`stranger${randomBytes(3).toString('hex')}`);
    for (const path of [`/v1/sessions/${id}/files`, `/v1/sessions/${id}/file?n=0`]) {
      expect((await stranger.call('GET', path)).status).toBe(404);
      // whose session it is may read about it, and not watch it
      expect([403, 404]).toContain((await lena.call('GET', path)).status);
      expect((await fetch(`${house.url}${path}`)).status).toBe(401);
    }
    await house.db.run(
      sql`update session set recording_purged_at = now(), recording_purged_class = 'test' where id = ${id}`,
    );
    expect((await auditor.call('GET', `/v1/sessions/${id}/files`)).status).toBeGreaterThanOrEqual(404);
    expect((await fetched(id, 0)).status).toBeGreaterThanOrEqual(404);
  });

  test('terms that say nothing sensible are refused, each by its name', async () => {
    for (const [rule, named] of [
      [{ path: 'etc/*' }, '/capture/0/path'],
      [{ path: '/a/../b' }, '/capture/0/path'],
      [{ path: `/${'*a'.repeat(17)}` }, '/capture/0/path'],
      [{ mostBytes: 0 }, 'mostBytes'],
      [{ mostBytes: 2 ** 40 }, 'mostBytes'],
      [{ beyond: 'explode' }, 'beyond'],
    ] as const) {
      const answer = await officer.call('PUT', `/v1/systems/${systemId}/ssh-terms`, { capture: [rule] });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer)).toContain(named);
    }
    expect((await lena.call('PUT', `/v1/systems/${systemId}/ssh-terms`, { capture: [] })).status).toBe(404);
  });

  /** Writes pieces of a file by hand. */
  async function scattered(pieces: readonly (readonly [bigint, string])[]): Promise<void> {
    const word = (n: number): Buffer => {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(n);
      return out;
    };
    const text = (value: string | Buffer): Buffer =>
      Buffer.concat([word(Buffer.byteLength(value)), Buffer.from(value)]);
    const packet = (...parts: Buffer[]): Buffer => text(Buffer.concat(parts));
    const client = new ssh2.Client();
    await new Promise<void>((done, fail) => {
      client.on('ready', done).on('error', fail);
      client.connect({
        host: '127.0.0.1',
        port: house.gateway.address.port,
        username: `${sshd.user}@web1`,
        privateKey: readFileSync(key),
      });
    });
    await new Promise<void>((done, fail) => {
      client.subsys('sftp', (error, channel) => {
        if (error !== undefined) return fail(error);
        let heard = Buffer.alloc(0);
        let left = pieces.length + 1;
        channel.on('close', () => done());
        channel.on('data', (chunk: Buffer) => {
          heard = Buffer.concat([heard, chunk]);
          while (heard.length >= 5 && heard.length >= 4 + heard.readUInt32BE(0)) {
            const message = heard.subarray(4, 4 + heard.readUInt32BE(0));
            heard = heard.subarray(4 + message.length);
            if (message[0] === 2)
              channel.write(packet(Buffer.of(3), word(1), text(join(there, 'pieces')), word(0x1a), word(0)));
            if (message[0] === 102) {
              const handle = message.subarray(5);
              for (const [i, [at, value]] of pieces.entries()) {
                const offset = Buffer.alloc(8);
                offset.writeBigUInt64BE(at);
                channel.write(packet(Buffer.of(6), word(10 + i), handle, offset, text(value)));
              }
              channel.write(packet(Buffer.of(4), word(99), handle));
            }
            if (message[0] === 101 && (left -= 1) === 0) channel.end();
          }
        });
        channel.write(packet(Buffer.of(1), word(3)));
      });
    });
    client.end();
  }
});

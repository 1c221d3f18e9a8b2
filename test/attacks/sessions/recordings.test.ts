import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { openRecordings } from '#guard/sessions/recording/index.ts';
import { folderStore } from '#guard/sessions/recording/store/in-folder.ts';
import { unpack } from '#guard/sessions/recording/store/unpack.fixture.ts';
import { keysOf, rootKeyOf, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { rehash } from '#spine/audit/testing/sound-log.ts';
import { runHere, runProcess, type Ran } from '../../harness/cli.ts';
import { openAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { changeLog } from '../search/change-log.ts';
import { must } from '../one-of-each.ts';
import { proving } from '#test/harness/fresh-proof.ts';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP recordings: no sshd on this machine (apt-get install openssh-server)');

/** Says something, in several chunks, and what a hostile target would like to say to a terminal or a browser. */
const HOSTILE = [
  String.raw`\033]52;c;cHduZWQ=\007`,
  String.raw`\033]0;pwned\007`,
  String.raw`\033\n]2;pwned\007`,
  String.raw`\033Ptmux;\033\033]52;c;cHduZWQ=\007\033\\`,
  String.raw`\033[6n\033[c\033[21t\033[>q`,
  String.raw`\033]8;;javascript:window.pwned=1\007click\033]8;;\007`,
  `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`,
].join('');
const SCRIPT = `printf 'hello\\r\\n${HOSTILE.replaceAll("'", "'\\''")}\\r\\n'; for i in 1 2 3 4 5; do head -c 70000 /dev/urandom | base64 -w 76; sleep 0.45; done; echo goodbye`;

describe.skipIf(sshdPath === undefined)('a recording', () => {
  let house: PeopledHouse;
  let sshd: Sshd;
  let auditor: Caller;
  let ssh: SshUser;
  let token: string;
  let a: string;
  let b: string;
  let pristine: string;

  const folder = (id: string): string => join(house.recordingsDir, id);
  const chunk = (id: string, n: number): string => join(folder(id), `${String(n).padStart(6, '0')}.rvc`);
  const chunks = (id: string): number => readdirSync(folder(id)).filter((name) => name.endsWith('.rvc')).length;
  const reeve = (...args: string[]): Promise<Ran> => runHere(args, { REEVE_URL: house.url, REEVE_TOKEN: token });

  beforeAll(async () => {
    [house, sshd] = await Promise.all([peopledHouse(), startSshd(sshdPath ?? '')]);
    auditor = await house.person('ines', {}, ['auditor']);
    const lena = await house.person('lena');
    const key = await makeSshKey('lena@laptop');
    must(await proving(house, lena).call('POST', '/v1/ssh-keys', { publicKey: key.publicKey }));
    await openAccount(house, {
      system: 'web1',
      host: '127.0.0.1',
      port: sshd.port,
      hostKeyFingerprint: sshd.hostFingerprint,
      account: sshd.user,
      privateKey: sshd.privateKey,
      holder: lena.id,
    });
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    token = must<{ token: string }>(
      await auditor.call('POST', '/v1/tokens', { name: 'audit', scopes: ['read'], endsAt }),
    ).token;
    ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
    const both = [0, 1].map(() => ssh.start(`${sshd.user}@web1`, [SCRIPT], { tty: true }));
    for (const one of both)
      if ((await one.ended).code !== 0) throw new Error(`the session failed: ${one.output().slice(-300)}`);
    const ended = await until(
      async () => {
        const rows = await house.db.many<{ id: string }>(sql`select id from session where state = 'ended' order by id`);
        return rows.length === 2 && rows;
      },
      { timeoutMs: 10_000, what: 'two ended sessions' },
    );
    [a, b] = ended.map((row) => row.id) as [string, string];
    for (const id of [a, b]) unpack(folder(id));
    pristine = mkdtempSync(join(tmpdir(), 'pristine-'));
    cpSync(house.recordingsDir, pristine, { recursive: true });
    await house.db.run(sql`create table saved_session as select * from session`);
    await house.db.run(sql`create table saved_event as select * from audit_event`);
  });
  afterEach(async () => {
    for (const id of [a, b]) {
      rmSync(folder(id), { recursive: true, force: true });
      cpSync(join(pristine, id), folder(id), { recursive: true });
    }
    await changeLog(house.db, async (tx) => {
      await tx.run(sql`update session s set recording_head = o.recording_head from saved_session o where o.id = s.id`);
      await tx.run(sql`delete from audit_event where type = 'use.ended'`);
      await tx.run(sql`insert into audit_event select * from saved_event where type = 'use.ended'`);
    });
  });
  afterAll(async () => {
    ssh?.forget();
    await house?.close();
    await sshd?.stop();
    if (pristine !== undefined) rmSync(pristine, { recursive: true, force: true });
  });

  test('that nobody touched is whole, as the auditor sees it', async () => {
    expect(chunks(a)).toBeGreaterThan(4);
    for (const id of [a, b]) expect(await reeve('sessions', 'verify', id)).toMatchObject({ code: 0, err: '' });
  });

  test('that was changed ends the command of a real process with 9, and the chunk on its error output', async () => {
    flip(chunk(a, 2), -9);
    const ran = await runProcess(['sessions', 'verify', a], { REEVE_URL: house.url, REEVE_TOKEN: token });
    expect(ran.code).toBe(9);
    expect(ran.err).toContain('reeve: chunk 2 does not open: it was altered or cut short');
  });

  const flip = (path: string, at: number): void => {
    const file = readFileSync(path);
    const place = at < 0 ? file.length + at : at;
    file[place] = (file[place] ?? 0) ^ 1;
    writeFileSync(path, file);
  };
  const swap = (one: string, other: string): void => {
    renameSync(one, `${one}.x`);
    renameSync(other, one);
    renameSync(`${one}.x`, other);
  };
  /** The folder of A becomes what `make` makes of it, elsewhere. */
  const replaceBy = (from: string): void => {
    rmSync(folder(a), { recursive: true });
    cpSync(from, folder(a), { recursive: true });
  };
  const recordAnew = async (keys: Keys): Promise<string> => {
    rmSync(folder(a), { recursive: true });
    const store = openRecordings({ store: folderStore(house.recordingsDir), keys, waitSeconds: 0 });
    const { recorder, finish } = await store.begin(a, { title: `${sshd.user}@web1`, startedAt: house.clock.now() });
    const shell = recorder.channel({ kind: 'exec', command: 'true', term: 'xterm', cols: 80, rows: 24 });
    shell.output(Buffer.from('nothing happened\r\n'));
    shell.end({ code: 0 });
    return (await finish()).head;
  };
  const cutTail = (): void => rmSync(chunk(a, chunks(a) - 1));
  const rowSays = (head: string): Promise<unknown> =>
    house.db.run(sql`update session set recording_head = ${head} where id = ${a}`);
  const headNow = async (): Promise<string> =>
    (
      await openRecordings({ store: folderStore(house.recordingsDir), keys: house.keys, waitSeconds: 0 }).verify(
        a,
        undefined,
      )
    ).head;

  const tampering: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
    'one bit of what was shown': [() => flip(chunk(a, 2), -9), /chunk 2 does not open/],
    'one bit of the seal': [() => flip(chunk(a, 2), 60), /chunk 2 does not open/],
    'the codec of a chunk': [() => flip(chunk(a, 2), 4), /chunk 2 (does not open|is not a chunk)/],
    'the digest a chunk follows': [() => flip(chunk(a, 2), 10), /chunk 2 does not follow/],
    'a chunk cut short': [() => truncateSync(chunk(a, 2), 300), /chunk 2 does not open/],
    'a chunk emptied': [() => truncateSync(chunk(a, 2), 0), /chunk 2 is not a chunk/],
    'something added to a chunk': [() => appendFileSync(chunk(a, 2), 'x'), /chunk 2 does not open/],
    'two chunks exchanged': [() => swap(chunk(a, 1), chunk(a, 3)), /chunk 1 does not follow/],
    'a chunk removed': [() => rmSync(chunk(a, 2)), /chunk 2 is missing/],
    'a chunk removed and the rest moved up': [
      () => {
        for (let n = 2; n < chunks(a) - 1; n += 1) copyFileSync(chunk(a, n + 1), chunk(a, n));
        cutTail();
      },
      /chunk 2 does not follow/,
    ],
    'the tail cut off': [cutTail, /does not end in the digest/],
    'every chunk removed': [
      () => {
        for (let n = chunks(a) - 1; n >= 0; n -= 1) rmSync(chunk(a, n));
      },
      /does not end in the digest/,
    ],
    'a chunk doubled': [() => copyFileSync(chunk(a, 2), chunk(a, chunks(a))), /chunk \d+ does not follow/],
    'a chunk of another session': [() => copyFileSync(chunk(b, 2), chunk(a, 2)), /chunk 2 does not follow/],
    'the manifest of another session': [
      () => copyFileSync(join(folder(b), 'manifest.json'), join(folder(a), 'manifest.json')),
      /chunk 0 cannot be opened/,
    ],
    'the title in the manifest': [
      () => {
        const path = join(folder(a), 'manifest.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('web1', 'web2'));
      },
      /chunk 0 does not follow/,
    ],
    'the whole recording of another session': [() => replaceBy(folder(b)), /chunk 0 cannot be opened/],
    'the same, with this session written into its manifest': [
      () => {
        replaceBy(folder(b));
        const path = join(folder(a), 'manifest.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace(b, a));
      },
      /chunk 0 cannot be opened/,
    ],
    "a link to another session's folder": [
      () => {
        rmSync(folder(a), { recursive: true });
        symlinkSync(folder(b), folder(a));
      },
      /chunk 0 cannot be opened/,
    ],
    'recorded anew under keys of their own': [
      () => recordAnew(keysOf(rootKeyOf(Buffer.alloc(32, 66)))),
      /chunk 0 cannot be opened/,
    ],
    'recorded anew by somebody with the root key, the row of the session changed with it': [
      async () => rowSays(await recordAnew(house.keys)),
      /does not end in the digest that the audit log holds/,
    ],
    'the tail cut off, the row of the session changed with it': [
      async () => {
        cutTail();
        await rowSays(await headNow());
      },
      /does not end in the digest that the audit log holds/,
    ],
    'the tail cut off, and the entry of the log removed': [
      async () => {
        cutTail();
        await changeLog(house.db, (tx) =>
          tx.run(sql`delete from audit_event where type = 'use.ended' and data->>'useId' = ${a}`),
        );
      },
      /the audit log does not say that this session ended/,
    ],
    'the tail cut off, and the entry of the log changed with all its hashes': [
      async () => {
        cutTail();
        const head = await headNow();
        await changeLog(house.db, async (tx) => {
          const { id } = await tx.one<{ id: string }>(
            sql`update audit_event set data = data || ${sql.json({ recordingHead: head })}
                where type = 'use.ended' and data->>'useId' = ${a} returning id`,
          );
          await rehash(tx, id);
        });
      },
      /event [0-9a-f-]+ of the audit log is not as Reeve wrote it/,
    ],
    'the recording removed': [() => rmSync(folder(a), { recursive: true }), /is not in the store/],
  };
  test.each(Object.entries(tampering))('K41, K42: is found out, and where: %s', async (_what, [tamper, named]) => {
    await tamper();
    const ran = await reeve('sessions', 'verify', a);
    expect(ran.err).toMatch(named);
    expect(ran.code).toBe(9);
    // what was not touched stays believed
    expect(await house.perform('sessions.verify', { id: b }, auditor.id)).toMatchObject({ ok: true });
  });

  test('K27: plays in a terminal without doing anything: no clipboard, no title, no question a terminal would answer', async () => {
    const played = await reeve('sessions', 'play', a);
    expect(played.code).toBe(0);
    for (const said of ['hello', 'goodbye', '<script>']) expect(played.out.includes(said), said).toBe(true);
    const shown = played.out.replaceAll(HARMLESS, '');
    expect(CONTROLS.exec(shown)?.[0]).toBe(undefined);
    expect(shown.includes('cHduZWQ=')).toBe(false);
    const exported = await reeve('sessions', 'export', a);
    const output = exported.out.split('\n').filter((line) => line.includes(',"o",'));
    expect(output.length).toBeGreaterThan(5);
    expect(output.some((line) => line.includes('cHduZWQ='))).toBe(false);
  });

  test('is handed out as a file, never as a page', async () => {
    const { headers } = await auditor.call('GET', `/v1/sessions/${a}/recording`);
    expect(headers.get('content-type')).toContain('application/x-asciicast');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('K43: is found by a session that exists and by nothing else', async () => {
    const outside = join(house.recordingsDir, '..', 'outside');
    cpSync(folder(b), outside, { recursive: true });
    try {
      for (const path of [
        '..%2foutside',
        '..%2F..%2Fetc%2Fpasswd',
        '.',
        '..',
        `${a}%2f..%2f${b}`,
        `${a}%00`,
        'x'.repeat(400),
      ])
        for (const what of ['recording', 'verify']) {
          const { status } = await auditor.call('GET', `/v1/sessions/${path}/${what}`);
          expect([400, 404, 414, 422], `${path} ${what}`).toContain(status);
        }
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('lies in a folder named by Reeve, whatever the account is called', async () => {
    const holder = await house.person('nadia');
    const key = await makeSshKey('nadia@laptop');
    must(await proving(house, holder).call('POST', '/v1/ssh-keys', { publicKey: key.publicKey }));
    const account = '../../../escaped\u001b]0;pwned\u0007';
    await openAccount(house, {
      system: 'web9',
      host: '127.0.0.1',
      port: sshd.port,
      hostKeyFingerprint: sshd.hostFingerprint,
      account,
      privateKey: sshd.privateKey,
      holder: holder.id,
    });
    const before = readdirSync(house.recordingsDir);
    const ports = gatewayPorts(house.edges);
    const admission = await ports.admit({
      identityId: holder.id,
      account,
      system: 'web9',
      protocol: 'ssh',
      clientAddress: '127.0.0.1',
      clientVersion: 'test',
    });
    if (!admission.admitted) throw new Error(admission.message);
    await admission.ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
    const after = readdirSync(house.recordingsDir).filter((name) => !before.includes(name));
    expect(after).toEqual([admission.ticket.sessionId]);
    expect(existsSync(join(house.recordingsDir, '../../../escaped'))).toBe(false);
    const cast = await auditor.call('GET', `/v1/sessions/${admission.ticket.sessionId}/recording`);
    expect((JSON.parse(cast.text.split('\n')[0] ?? '') as { title: string }).title).toBe('../../../escaped@web9');
  });
});

// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const HARMLESS = /[\n\r\t]|\u001b\[(?:[0-9;]*m|!p|\?[57][hl])/g;
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const CONTROLS = /[\0-\u001f\u007f-\u009f].{0,5}/;

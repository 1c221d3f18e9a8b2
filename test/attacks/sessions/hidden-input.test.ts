import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLines } from '#guard/sessions/recording/read-chunks.ts';
import { folderStore } from '#guard/sessions/recording/store/in-folder.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makePassword, makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { whyNotIsolated } from '#lab/hosts.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { openAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { dumpDatabase } from '../search/dump-database.ts';
import { findSecrets, type Place, type Secret } from '../search/find-secrets.ts';
import { must } from '../one-of-each.ts';
import { proving } from '#test/harness/fresh-proof.ts';

const why = await whyNotIsolated();
if (why !== undefined) console.log(`SKIP hidden-input: ${why}`);

describe.skipIf(why !== undefined)('what is typed at a prompt that does not echo', () => {
  let house: PeopledHouse;
  let hosts: LabHosts;
  let web1: LabHost;
  let officer: Caller;
  let ssh: SshUser;
  let sudoPassword: string;
  const folder = mkdtempSync(join(tmpdir(), 'hidden-input-'));
  const secrets: Secret[] = [];
  const secret = (what: string, value = makePassword()): string => {
    secrets.push({ what, value });
    return value;
  };

  beforeAll(async () => {
    [house, hosts] = await Promise.all([peopledHouse(), startHosts({ names: ['web1'], mode: 'isolated' })]);
    web1 = hosts.get('web1');
    const priya = web1.accounts.get('priya');
    if (priya?.key === undefined || priya.password === undefined) throw new Error('web1 has no priya with both');
    sudoPassword = secret('her own password, asked for by sudo', priya.password);
    officer = await house.person('joaquin', {}, ['security_officer']);
    const holder = await house.person('priya');
    const key = await makeSshKey('priya@laptop');
    must(await proving(house, holder).call('POST', '/v1/ssh-keys', { publicKey: key.publicKey }));
    await openAccount(house, {
      system: 'web1',
      host: web1.host,
      port: web1.port,
      hostKeyFingerprint: web1.hostKeyFingerprint,
      account: 'priya',
      privateKey: priya.key.privateKey,
      holder: holder.id,
    });
    ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  });
  afterAll(async () => {
    ssh?.forget();
    await house?.close();
    await hosts?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Types as a person does: the next line once what it answers is on the screen. */
  async function type(steps: readonly (readonly [waitFor: RegExp, line: string])[]): Promise<string> {
    const live = ssh.start('priya@web1', [], { tty: true });
    let seen = 0;
    for (const [waitFor, line] of steps) {
      await until(() => waitFor.test(live.output().slice(seen)), {
        timeoutMs: 20_000,
        what: `${waitFor} in the terminal, which shows: ${live.output().slice(-400)}`,
      });
      seen = live.output().length;
      live.process.stdin?.write(`${line}\n`);
    }
    await live.ended;
    return live.output();
  }

  test('reaches the target, through a terminal and through a pipe', async () => {
    const read = secret('a secret read with read -s');
    const loop = secret('a secret read with stty -echo');
    const shown = await type([
      [/[$#] $/, `read -rs -p 'first: ' a; echo; printf '%s' "$a" | sha256sum`],
      [/first: $/, read],
      [/[0-9a-f]{64}[^$#]*[$#] $/, `stty -echo; printf 'second: '; read -r b; stty echo; printf '%s' "$b" | wc -c`],
      [/second: $/, loop],
      [/\d+\s+[^$#]*[$#] $/, `sudo -k; sudo -p 'third: ' id -u`],
      [/third: $/, sudoPassword],
      [/\b0\s+[^$#]*[$#] $/, 'echo typed-in-clear; exit'],
    ]);
    expect(shown).toContain('typed-in-clear');

    const piped = ssh.start('priya@web1', ["sudo -k; sudo -S -p '' id -un"]);
    piped.process.stdin?.end(`${sudoPassword}\n`);
    expect([(await piped.ended).code, piped.output().trim()]).toEqual([0, 'root']);
    const swallowed = secret('a secret sent to a command that says nothing');
    const silent = ssh.start('priya@web1', ['cat >/dev/null']);
    silent.process.stdin?.end(`${swallowed}\n`);
    expect((await silent.ended).code).toBe(0);
  });

  test('is kept nowhere: not in the opened recordings, their events, the database or the answers', async () => {
    await until(
      async () =>
        (await house.db.one<{ n: number }>(sql`select count(*) as n from session where state = 'ended'`)).n === 3,
      { timeoutMs: 10_000, what: 'three ended sessions' },
    );
    const opened: Buffer[] = [];
    const answers: string[] = [];
    for (const sessionId of readdirSync(house.recordingsDir)) {
      for await (const line of readLines({ store: folderStore(house.recordingsDir), keys: house.keys, sessionId }))
        opened.push(line.k === 'o' ? line.data : Buffer.from(JSON.stringify(line)));
      for (const path of [`/v1/sessions/${sessionId}`, `/v1/sessions/${sessionId}/recording`])
        answers.push((await officer.call('GET', path)).text);
    }
    const place = (name: string, content: string | Buffer): Place => {
      writeFileSync(join(folder, name), content);
      return { name, path: join(folder, name) };
    };
    await dumpDatabase(house.db, join(folder, 'dump'));
    const places = [
      // what one keystroke echoed and the next belong together
      place('the opened recordings', Buffer.concat(opened)),
      place('the answers', answers.join('\n')),
      { name: 'the database', path: join(folder, 'dump') },
      { name: 'the store', path: house.recordingsDir },
    ];
    expect(secrets).toHaveLength(4);
    expect(await findSecrets(secrets, places)).toEqual([]);
    const looked = await findSecrets([{ what: 'what was echoed', value: 'typed-in-clear' }], places);
    expect(looked).toContain(
      `what was echoed (as it is) in the opened recordings: ${join(folder, 'the opened recordings')}`,
    );
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { run, start, until, type Running } from '#test/ssh-rig/run-program.ts';

const dir = mkdtempSync(join(tmpdir(), 'reeve-survivor-'));
const control = join(dir, 'control');
const running: Running[] = [];
let house: AuthorisedHouse;
let args: string[];

/** A8, in a whole house with a real host: what outlives the access it came by. */
beforeAll(async () => {
  house = await authorisedHouse();
  writeFileSync(join(dir, 'key'), house.lena.key.privateKey, { mode: 0o600 });
  const options = [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${join(dir, 'known')}`,
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'LogLevel=ERROR',
  ];
  const { port } = house.gateway.address;
  args = ['-F', 'none', '-i', join(dir, 'key'), '-p', String(port), ...options.flatMap((o) => ['-o', o])];
}, 120_000);
afterEach(async () => {
  for (const it of running.splice(0)) {
    it.child.kill('SIGKILL');
    await it.done;
  }
});
afterAll(async () => {
  await house?.close();
  rmSync(dir, { recursive: true });
});

const TO = 'lena@web1@127.0.0.1';
const ssh = (...rest: string[]) => run('ssh', [...args, ...rest]);
const begin = (...rest: string[]): Running => {
  const it = start('ssh', [...args, ...rest], { stdin: 'open', limitMs: 60_000 });
  running.push(it);
  return it;
};
/** What runs on the host, whoever's it is. */
const onHost = async (what: string): Promise<string[]> =>
  (
    await house.web1.exec(`ps -eo user:20,args | grep -F -- '${what}' | grep -v -e grep -e 'sudo ' -e '-c ' -e ps`)
  ).stdout
    .split('\n')
    .filter((line) => line !== '');
const live = async (): Promise<number> => (await house.sessions()).filter((s) => s.state === 'live').length;

test('when access ends, a master, all it carries and a connection in the background are gone within a second', async () => {
  const grant = await house.give();
  expect(await ssh('-f', '-N', '-M', '-S', control, TO)).toMatchObject({ code: 0 });
  const exec = begin('-S', control, TO, 'echo up; exec sleep 7001');
  const shell = begin('-S', control, '-tt', TO);
  shell.child.stdin?.write('echo up-$((40+2)); sleep 7002\n');
  const files = start('sftp', [...args.map((a) => (a === '-p' ? '-P' : a)), '-o', `ControlPath=${control}`, TO], {
    stdin: 'open',
    limitMs: 60_000,
  });
  running.push(files);
  files.child.stdin?.write('pwd\n');
  const silent = begin('-N', TO);
  await until(
    () => exec.stdout().includes('up') && shell.stdout().includes('up-42') && files.stdout().includes('/home/lena'),
    'all to be there',
    30_000,
  );
  await until(async () => (await live()) === 2, 'both sessions', 20_000);
  expect(house.gateway.metrics).toMatchObject({ channelsOpen: 3, connectionsOpen: 2 });

  const carried = [exec, shell, files, silent].map(async (it) => [(await it.done).code, performance.now()] as const);
  const ended = await house.end(grant);
  for (const [code, at] of await Promise.all(carried)) {
    expect(code).not.toBe(0);
    expect(at - ended).toBeLessThan(1000);
  }
  expect(house.gateway.metrics).toMatchObject({ channelsOpen: 0, connectionsOpen: 0, sessionsOpen: 0 });
  expect(shell.stderr() + shell.stdout()).toContain('Reeve: access ended');

  // nothing can be started through what is left of the master, nor anew
  for (const way of [['-S', control, '-o', 'ControlMaster=no'], []]) {
    const after = await ssh(...way, TO, 'echo still here');
    expect([after.code === 0, after.stdout.toString()]).toEqual([false, '']);
  }
  for (const row of await house.quiet()) expect(row).toMatchObject({ state: 'ended', account: 'lena' });
  await house.settle(60_000);
  for (const what of ['sleep 7001', 'sleep 7002', 'sshd: lena']) expect([what, await onHost(what)]).toEqual([what, []]);
});

test('when the last access to a host ends, nothing that was left running there in that name runs on', async () => {
  const grant = await house.give();
  const left = [
    'nohup sleep 7101 >/dev/null 2>&1 &',
    'setsid nohup sleep 7102 >/dev/null 2>&1 </dev/null &',
    '(setsid sh -c "sleep 7103 & sleep 7103" >/dev/null 2>&1 </dev/null &)',
    'tmux new-session -d "sleep 7104" || setsid sleep 7104 >/dev/null 2>&1 </dev/null &',
    'sudo -n setsid nohup sleep 7105 >/dev/null 2>&1 </dev/null &',
    'sleep 1; exit 0',
  ];
  expect(await ssh(TO, left.join('\n'))).toMatchObject({ code: 0 });
  const attached = begin(TO, 'exec sudo -n sleep 7106');
  for (let n = 7101; n <= 7106; n += 1)
    await until(async () => (await onHost(`sleep ${n}`)).length > 0, `sleep ${n}`, 20_000);
  await house.end(grant);
  await attached.done;
  await house.settle(60_000);
  expect(await onHost('sleep 710')).toEqual([]);
});

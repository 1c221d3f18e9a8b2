import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey, runCommand, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '../../harness/guarded-house.ts';
import { accepts, freePort } from '#lab/loopback.ts';
import { registerKey } from '#test/harness/register-key.ts';

/**
 * What somebody with a real OpenSSH client and a live grant tries to make more of it: attacks 4 to 8 and 11. What is
 * done to the wire itself is tried in `ssh/`; `README.md` says what is where.
 */
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let admin: string;
let lena: string;
let ssh: SshUser;
let systemId: string;
let entitlementId: string;
/** A service beside Reeve that nobody may reach through it, and who reached it. */
let inside: Server;
let reached = 0;

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  inside = createServer((socket) => {
    reached += 1;
    socket.end('you are inside\n');
  });
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
  [admin, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const boss = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'A', username: 'admin' } });
    await startGrant(ctx, permit, {
      identityId: boss.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    const person = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'L', username: 'lena' } });
    return [boss.id, person.id] as const;
  });
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, lena, key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  ({ id: systemId } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    },
    admin,
  ));
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(60_000);
  entitlementId = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'sudo:ALL'`,
    )
  ).id;
  await give();
});
afterAll(async () => {
  ssh?.forget();
  inside?.close();
  await house?.close();
  await hosts?.stop();
});

const give = async (): Promise<string> => {
  house.clock.advance(1000);
  const { id } = await house.perform<{ id: string }>(
    'grants.give',
    { identity: 'lena', entitlementId, because: 'test' },
    admin,
  );
  await house.settle(60_000);
  return id;
};
const sessions = async (state?: 'live'): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      state === undefined
        ? sql`select count(*) as n from session`
        : sql`select count(*) as n from session where state = 'live'`,
    )
  ).n;
const liveSession = (): Promise<unknown> =>
  until(async () => (await sessions('live')) > 0, { timeoutMs: 20_000, what: 'a live session' });
const nobodyLive = (): Promise<unknown> =>
  until(async () => (await sessions('live')) === 0, { timeoutMs: 20_000, what: 'the last session to end' });

test.each([
  'root@web1@lena@web1',
  'lena@web1@other',
  'lena%40web1',
  'lena%00@web1',
  '@web1',
  'lena@',
  'lena',
  '-oProxyCommand=touch /tmp/reeve-was-here@web1',
  'lena@-oProxyCommand=id',
  'lena@web1 -oProxyCommand=id',
  'lena@web1;id',
  'lena@WEB1\u200b',
  'lеna@web1',
  'LENA@web1',
  'root@web1',
  'lena@web1\n',
  `${'l'.repeat(300)}@web1`,
])('5. user name games: %j opens nothing', async (login) => {
  const before = await sessions();
  const made = await ssh.run(login, ['id']);
  expect(made.code).not.toBe(0);
  expect(made.out).not.toContain('uid=');
  expect(await sessions()).toBe(before);
});

test('the name that is meant opens what is meant', async () => {
  const made = await ssh.run('lena@web1', ['id', '-un']);
  expect([made.code, made.out.trim()]).toEqual([0, 'lena']);
  await nobodyLive();
});

test('6. environment and command injection: nothing but language reaches the target, and commands pass exactly', async () => {
  const env = ['LD_PRELOAD=/tmp/x.so', 'SSH_ORIGINAL_COMMAND=x', 'BASH_ENV=/tmp/x', 'PATH=/tmp', 'LC_TIME=C'];
  const shown = await ssh.run('lena@web1', ['env'], 20_000, ['-o', `SetEnv=${env.join(' ')}`]);
  expect(shown.code).toBe(0);
  for (const name of ['LD_PRELOAD', 'SSH_ORIGINAL_COMMAND', 'BASH_ENV', 'PATH=/tmp'])
    expect(shown.out).not.toContain(name);
  const odd = `printf %s 'a;b$(id)\`id\`|&"\\' && printf '\\n'`;
  expect((await ssh.run('lena@web1', [odd])).out).toBe('a;b$(id)`id`|&"\\\n');
});

test.each([
  ['-L', ['-o', 'ExitOnForwardFailure=yes', '-L', '0:127.0.0.1:PORT']],
  ['-R', ['-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:PORT']],
  ['-R to a socket', ['-o', 'ExitOnForwardFailure=yes', '-R', '/tmp/reeve-attack.sock:127.0.0.1:PORT']],
  ['-A', ['-A']],
  ['-X', ['-X']],
] as const)(
  '7. forwarding as a way around: with %s the command runs and nothing is reached',
  async (_what, options) => {
    const { port } = inside.address() as AddressInfo;
    const before = reached;
    const also = options.map((o) => o.replace('PORT', String(port)));
    const made = await ssh.run('lena@web1', ["sh -c 'echo agent=$SSH_AUTH_SOCK display=$DISPLAY'"], 20_000, also);
    if (made.code === 0) expect(made.out.trim()).toBe('agent= display=');
    expect(reached).toBe(before);
  },
);

test.each([
  ['a loopback service', () => `127.0.0.1:${(inside.address() as AddressInfo).port}`],
  ["Reeve's own gateway", () => `127.0.0.1:${house.gateway.address.port}`],
  ['a metadata service', () => '169.254.169.254:80'],
  ['the target itself, unrecorded', () => `${web1.host}:${web1.port}`],
])('7. forwarding as a way around: -W to %s is refused', async (_what, place) => {
  const before = reached;
  const made = await ssh.run('lena@web1', [], 20_000, ['-W', place()]);
  expect(made.code).not.toBe(0);
  expect(made.out).toBe('');
  expect(reached).toBe(before);
});

test('7. forwarding as a way around: through -D nothing is reached, and the refusal is on the record', async () => {
  const before = reached;
  const { port } = inside.address() as AddressInfo;
  const proxy = await freePort();
  const live = ssh.start('lena@web1', ['sleep', '60'], { also: ['-D', `127.0.0.1:${proxy}`] });
  await liveSession();
  await until(() => accepts(proxy), { timeoutMs: 10_000, what: 'ssh -D to listen' });
  const socket = connect(proxy, '127.0.0.1');
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((done) => socket.once('close', done));
  // RFC 1928: no authentication, then CONNECT 127.0.0.1 and the port.
  socket.write(Buffer.from([5, 1, 0]));
  socket.write(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
  await closed;
  expect(Buffer.concat(heard).toString('latin1')).not.toContain('inside');
  expect(reached).toBe(before);
  live.process.kill('SIGKILL');
  await live.ended;
  await nobodyLive();
  const noted = await house.db.one<{ n: number }>(sql`select count(*) as n from session_event where type = 'refused'`);
  expect(noted.n).toBeGreaterThan(0);
});

test('4. certificate tricks: no certificate logs in, whoever signed it, though the key in it would', async () => {
  const [ca, other] = [join(ssh.folder, 'ca'), join(ssh.folder, 'other')];
  for (const file of [ca, other]) {
    const made = await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    expect(made.code).toBe(0);
  }
  const signed = await runCommand('ssh-keygen', ['-q', '-s', ca, '-I', 'lena', '-n', 'lena,root', `${other}.pub`]);
  expect(signed.code).toBe(0);
  const before = await sessions();
  const { port } = house.gateway.address;
  const made = await runCommand(
    'ssh',
    [
      '-F',
      'none',
      '-p',
      String(port),
      '-i',
      other,
      '-o',
      `CertificateFile=${other}-cert.pub`,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-o',
      'BatchMode=yes',
      '-l',
      'lena@web1',
      '127.0.0.1',
      'id',
    ],
    { limit: 20_000 },
  );
  expect(made.code).toBe(255);
  expect(made.stdout).toBe('');
  expect(await sessions()).toBe(before);
});

test('K25: a command that asks waits for somebody else, is never kept once decided, and is on the record', async () => {
  const rules = [{ pattern: 'touch *', does: 'ask' as const }];
  await house.perform('commandRules.keep', { id: systemId, rules, askSeconds: 30 }, admin);
  await expect(
    house.perform('commandRules.keep', { id: systemId, rules: [{ pattern: ' * ', does: 'end' }] }, admin),
  ).rejects.toMatchObject({ errors: [expect.objectContaining({ pointer: '/rules/0/pattern' })] });
  interface Waiting {
    readonly items: readonly { readonly id: string; readonly command: string; readonly identityName: string }[];
  }
  for (const decision of ['refused', 'allowed'] as const) {
    const live = ssh.start('lena@web1', ['touch /tmp/asked && echo done']);
    const held = await until(async () => (await house.perform<Waiting>('heldCommands.list', {}, admin)).items[0], {
      timeoutMs: 20_000,
      what: 'the command to wait',
    });
    expect(held).toMatchObject({ command: 'touch /tmp/asked && echo done', identityName: 'L' });
    expect((await web1.exec('ls /tmp')).stdout).not.toContain('asked');
    await expect(
      house.perform('heldCommands.decide', { id: held.id, decision: 'allowed' }, lena),
    ).rejects.toMatchObject({
      status: expect.toSatisfy((status: number) => status === 403 || status === 404) as number,
    });
    await house.perform('heldCommands.decide', { id: held.id, decision }, admin);
    expect((await live.ended).code).toBe(decision === 'allowed' ? 0 : 1);
    expect((await web1.exec('ls /tmp')).stdout.includes('asked')).toBe(decision === 'allowed');
  }
  await nobodyLive();
  const kept = await house.db.many<{ decision: string; sealed: boolean }>(
    sql`select decision, sealed_command is not null as sealed from held_command order by asked_at, id`,
  );
  expect(kept).toEqual([
    { decision: 'refused', sealed: false },
    { decision: 'allowed', sealed: false },
  ]);
  const events = await house.db.many<{ type: string }>(
    sql`select type from audit_event where type like 'session.command%' order by at, id`,
  );
  expect(events.map(({ type }) => type)).toEqual(
    [1, 2].flatMap(() => ['session.command_matched', 'session.command_held', 'session.command_decided']),
  );
  await house.perform('commandRules.keep', { id: systemId }, admin);
  expect((await house.perform<{ items: unknown[] }>('commandRules.list', { id: systemId }, admin)).items).toEqual([
    expect.objectContaining({ revision: 2, rules: [] }),
  ]);
});

test('K18: a target that shows another host key is sent nothing, the person is told why, and it is on the record', async () => {
  const key = '/etc/ssh/ssh_host_ed25519_key';
  const logSince = (from: number): string => web1.logs().slice(from);
  const showing = async (script: string): Promise<void> => {
    const before = web1.logs().length;
    await web1.exec(`${script} && kill -HUP $(cat /run/sshd.pid)`);
    await until(() => logSince(before).includes('Server listening'), { timeoutMs: 10_000, what: 'sshd with its key' });
  };
  await showing(
    `cp -p ${key} /root/before && ssh-keygen -q -t ed25519 -N '' -f /root/other && cat /root/other > ${key}`,
  );
  try {
    const before = web1.logs().length;
    const made = await ssh.run('lena@web1', ['id']);
    expect([made.code === 0, made.out]).toEqual([false, '']);
    expect(made.err).toMatch(/host key of web1 is not the one on record \(it showed SHA256:.*Nothing was sent to it/s);
    expect(logSince(before)).toContain('Connection');
    expect(logSince(before)).not.toMatch(/Accepted|Failed|Postponed|Authentication|lena/);
    await nobodyLive();
    const { id } = await house.db.one<{ id: string }>(
      sql`select id from session order by started_at desc, id desc limit 1`,
    );
    const ended = await house.db.one<{ data: { because: string } }>(
      sql`select data from audit_event where type = 'use.ended' and data->>'useId' = ${id}`,
    );
    expect(ended.data.because).toMatch(/host key/);
    const { events } = await house.perform<{ events: { type: string; detail: string }[] }>(
      'sessions.show',
      { id },
      admin,
    );
    expect(events.find((event) => event.type === 'refused')?.detail).toMatch(/SHA256:/);
    // Reeve's own way in, which would change accounts there.
    const { runId } = await house.perform<{ runId: string }>('discovery.read', { id: systemId }, admin);
    interface Run {
      readonly state: string;
      readonly problem: string | null;
    }
    const run = await until(
      async () => {
        const now = await house.perform<Run>('discovery.run', { id: runId }, admin);
        return now.problem === null ? undefined : now;
      },
      { timeoutMs: 20_000, what: 'the reading to fail' },
    );
    expect(run.problem).toMatch(/SHA256:/);
    expect(logSince(before)).not.toMatch(/Accepted|Failed|Postponed/);
  } finally {
    await showing(`cat /root/before > ${key}`);
  }
  expect((await ssh.run('lena@web1', ['id', '-un'])).out.trim()).toBe('lena');
  await nobodyLive();
});

test('11. abrupt close: a client that is killed leaves no terminal on the target, and its session is closed in the record', async () => {
  const live = ssh.start('lena@web1', ['sleep', '987'], { tty: true });
  await liveSession();
  await until(async () => (await web1.exec("pgrep -f '^sleep 987'")).stdout !== '', {
    timeoutMs: 10_000,
    what: 'the command',
  });
  live.process.kill('SIGKILL');
  await live.ended;
  await nobodyLive();
  await until(async () => (await web1.exec("pgrep -f '^sleep 987'")).stdout === '', {
    timeoutMs: 10_000,
    what: 'the command to end',
  });
  expect((await web1.exec("pgrep -f '^sleep 987'")).stdout).toBe('');
});

test('8. multiplexed survivor: the end of the grant ends the master, every channel, and what was left behind on the target', async () => {
  const control = join(ssh.folder, 'control');
  const master = ssh.start('lena@web1', [], { also: ['-M', '-N', '-S', control] });
  await liveSession();
  await until(async () => (await runCommand('ssh', ['-S', control, '-O', 'check', 'x'])).code === 0, {
    timeoutMs: 10_000,
    what: 'the master to listen',
  });
  const through = (command: string): ReturnType<SshUser['start']> =>
    ssh.start('lena@web1', [command], { also: ['-S', control] });
  const channels = [through('sleep 901'), through('sleep 902'), through('sleep 903')];
  const detached = await ssh.run(
    'lena@web1',
    ['setsid nohup sleep 904 >/dev/null 2>&1 </dev/null & echo left'],
    20_000,
    ['-S', control],
  );
  expect(detached.out.trim()).toBe('left');
  await until(async () => (await web1.exec("pgrep -cf '^sleep 90[1-4]'")).stdout.trim() === '4', {
    timeoutMs: 15_000,
    what: 'four commands on the target',
  });
  const grants = await house.db.many<{ id: string }>(
    sql`select id from access_grant where identity_id = ${lena} and ended_because is null`,
  );
  const decided = performance.now();
  for (const { id } of grants) await house.perform('grants.end', { id, because: 'enough' }, admin);
  const ended = await Promise.all([master, ...channels].map((one) => one.ended));
  expect(Math.max(...ended.map((e) => e.at)) - decided).toBeLessThan(1000);
  expect((await ssh.run('lena@web1', ['id'], 20_000, ['-S', control])).code).not.toBe(0);
  await house.settle(60_000);
  expect((await web1.exec("pgrep -f '^sleep 90[1-4]'")).stdout).toBe('');
});

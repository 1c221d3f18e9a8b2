import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashToken, newToken, open } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { eventContext } from '#guard/sessions/event-context.ts';
import { run, start } from '#test/ssh-rig/run-program.ts';
import { runHere, runProcess } from '../harness/cli.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';

let house: PeopledHouse;
let hosts: LabHosts;
let web1: LabHost;
let admin: Caller;
let lena: Caller;
let systemId: string;
let entitlementId: string;
let dir: string;
let env: Record<string, string>;
const config = (): string => join(dir, 'reeve/ssh/config');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-certified-'));
  [house, hosts] = await Promise.all([peopledHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  // Certificates are judged by the clocks of this machine and of the host.
  house.clock.set(new Date());
  admin = await house.person('admin', {}, ['administrator']);
  lena = await house.person('lena');
  // what `reeve login` would have been given
  const token = newToken('rvt');
  await house.db.run(sql`
    insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
    values (${newId()}, ${hashToken(token)}, ${lena.id}, 'test', '{*}', ${house.clock.now()}, ${house.clock.now()}::timestamptz + interval '1 day')`);
  env = { REEVE_URL: house.url, REEVE_TOKEN: token, XDG_CONFIG_HOME: dir, HOME: dir };
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
    admin.id,
  ));
  await house.perform('discovery.read', { id: systemId }, admin.id);
  await house.settle(30_000);
  entitlementId = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'sudo:ALL'`,
    )
  ).id;
  await give();
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await house?.close();
  await hosts?.stop();
});

async function give(): Promise<string> {
  house.clock.set(new Date());
  const asked = { identity: 'lena', entitlementId, because: 'test' };
  const { id } = await house.perform<{ id: string }>('grants.give', asked, admin.id);
  await house.settle(30_000);
  return id;
}
const plainSsh = (...command: string[]): ReturnType<typeof run> =>
  run('ssh', ['-F', config(), '-o', 'BatchMode=yes', 'web1', ...command], { limitMs: 20_000 });
interface SessionRow {
  readonly id: string;
  readonly certificateId: string | null;
  readonly recorded: boolean;
  readonly recordingHead: string | null;
}
async function lastSession(): Promise<SessionRow> {
  const last = (): Promise<SessionRow & { state: string }> =>
    house.db.one(
      sql`select id, state, certificate_id, recorded, recording_head from session order by started_at desc, id desc limit 1`,
    );
  await until(async () => (await last()).state === 'ended', { timeoutMs: 10_000, what: 'the session to end' });
  return await last();
}
const certificates = (): Promise<{ id: string; validTo: string; kind: string; revokedAt: string | null }[]> =>
  house
    .perform<{ items: never[] }>('sshCertificates.listOwn', {}, lena.id)
    .then(({ items }) =>
      (items as { id: string; validTo: string; kind: string; revokedAt: string | null }[]).filter(
        (c) => c.kind === 'gateway',
      ),
    );

test('reeve ssh comes through the gateway by a certificate, and the session is recorded', async () => {
  const ran = await runProcess(['ssh', 'web1', 'id', '-un'], env);
  expect([ran.err, ran.out, ran.code]).toEqual(['', 'lena\n', 0]);
  const session = await lastSession();
  expect(session).toMatchObject({ recorded: true, recordingHead: expect.stringMatching(/^[0-9a-f]{64}$/u) });
  expect((await certificates()).map(({ id }) => id)).toEqual([session.certificateId]);
});

test('plain ssh does after reeve ssh-config, by the same certificate while it lasts', async () => {
  expect((await runHere(['ssh-config', '--write'], env)).out).toContain(`Include ${config()}`);
  writeFileSync(config(), readFileSync(config(), 'utf8').replace(/ exec ".*"$/mu, ' exec "true"'));
  const ran = await plainSsh('id', '-un');
  expect([ran.stderr.toString(), ran.stdout.toString(), ran.code]).toEqual(['', 'lena\n', 0]);
  expect(await certificates()).toHaveLength(1);
});

test('reeve scp copies, and the record names the file with its digest', async () => {
  const [file, back] = [join(dir, 'file'), join(dir, 'back')];
  writeFileSync(file, 'what is in it');
  const ran = await runProcess(['scp', '-q', file, 'lena@web1:/tmp/copied'], env);
  expect([ran.err, ran.code]).toEqual(['', 0]);
  const { id } = await lastSession();
  const rows = await house.db.many<{ n: number; sealedDetail: Buffer }>(
    sql`select n, sealed_detail from session_event where session_id = ${id} and type = 'file'`,
  );
  const key = house.keys.sealing('session events');
  const digest = createHash('sha256').update('what is in it').digest('hex');
  expect(rows.map(({ n, sealedDetail }) => open(key, sealedDetail, eventContext(id, n)).toString())).toContain(
    `write /tmp/copied, 13 bytes, sha256 ${digest}`,
  );
  expect((await run('scp', ['-qF', config(), 'web1:/tmp/copied', back])).code).toBe(0);
  expect(readFileSync(back, 'utf8')).toBe('what is in it');
});

test('terms let a forward through that nothing else lets through', async () => {
  const near = createServer((socket) => socket.end('you are there\n'));
  await new Promise<void>((resolve) => near.listen(0, '127.0.0.1', resolve));
  const { port } = near.address() as { port: number };
  const reach = (): ReturnType<typeof run> =>
    run('ssh', ['-F', config(), '-W', `127.0.0.1:${port}`, 'web1'], { limitMs: 10_000 });
  const before = await reach();
  expect([before.stdout.toString(), before.stderr.toString()]).toEqual(['', expect.stringContaining('not allowed')]);
  house.clock.set(new Date());
  for (const [to, why] of [
    ['169.254.169.254:80', 'answers only who is on that machine'],
    ['::ffff:169.254.169.254:80', 'answers only who is on that machine'],
    ['fd00:0ec2::254:80', 'answers only who is on that machine'],
    ['db.example:5432', 'is a name'],
  ])
    await expect(house.perform('sshTerms.set', { systemId, forwardTo: [to] }, admin.id)).rejects.toThrow(why);
  await house.perform('sshTerms.set', { systemId, forwardTo: [`127.0.0.1:${port}`] }, admin.id);
  expect((await reach()).stdout.toString()).toBe('you are there\n');
  near.close();
});

test('where the target trusts the authority, it is logged on to by a certificate and needs no key of the vault', async () => {
  house.clock.set(new Date());
  await house.perform('sshCa.setUp', { systemId }, admin.id);
  await house.settle(60_000);
  expect(await house.perform('sshCa.showTrust', { systemId }, admin.id)).toMatchObject({ state: 'set_up' });
  await web1.exec('rm -f ~lena/.ssh/authorized_keys; passwd -l lena');
  const ran = await plainSsh('id', '-un');
  expect([ran.stderr.toString(), ran.stdout.toString()]).toEqual(['', 'lena\n']);
  const { id } = await lastSession();
  expect((await web1.exec('cat /var/log/sshd.log')).stdout).toContain(`identity=${lena.id}`);
  const { used } = await house.db.one<{ used: number }>(
    sql`select count(*)::int as used from ssh_certificate where identity_id = ${lena.id} and kind = 'user' and valid_to - valid_from <= interval '2 minutes 1 second'`,
  );
  expect([used, id.length]).toEqual([1, 36]);
});

test('when the grant ends, a session by certificate is cut, though the certificate lasts', async () => {
  const it = start('ssh', ['-F', config(), '-tt', 'web1', 'echo ready; sleep 60'], { stdin: 'open', limitMs: 30_000 });
  await until(() => it.stdout().includes('ready'), { timeoutMs: 15_000, what: 'the session' });
  const { id } = await house.db.one<{ id: string }>(
    sql`select id from access_grant where identity_id = ${lena.id} and ended_because is null and entitlement_id = ${entitlementId}`,
  );
  house.clock.set(new Date());
  await house.perform('grants.end', { id, because: 'test' }, admin.id);
  const ran = await it.done;
  expect(ran.code).toBe(255);
  expect(ran.stdout.toString() + ran.stderr.toString()).toContain('access ended');
  await house.settle(30_000);
  const [still] = await certificates();
  expect(still?.revokedAt).toBeNull();
  const again = await plainSsh('id');
  expect(again.stderr.toString()).toContain('Reeve: you have no access to lena@web1 now');
});

test('when the certificate is revoked, what was opened with it is cut, and it opens nothing more', async () => {
  await give();
  await web1.exec('usermod -U -e "" -s /bin/bash lena');
  const it = start('ssh', ['-F', config(), '-tt', 'web1', 'echo ready; sleep 60'], { stdin: 'open', limitMs: 30_000 });
  await until(() => it.stdout().includes('ready'), { timeoutMs: 15_000, what: 'the session' });
  const [one] = await certificates();
  house.clock.set(new Date());
  await house.perform('sshCertificates.revokeOwn', { id: one?.id }, lena.id);
  const ran = await it.done;
  expect(ran.stdout.toString() + ran.stderr.toString()).toContain('the certificate it was opened with was revoked');
  expect((await plainSsh('id')).stderr.toString()).toContain('Permission denied (publickey');
});

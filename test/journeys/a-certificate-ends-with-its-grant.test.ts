import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { mintCertificate, newKeyPair, newSeed, parsePublicKey, proofOfHost } from '#kit/ssh-certificates/index.ts';
import { until } from '#kit/testing/index.ts';
import { startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';

const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let admin: string;
let systemId: string;
let entitlementId: string;
let dir: string;
const key = newKeyPair('lena@laptop');

interface Issued {
  readonly id: string;
  readonly serial: string;
  readonly certificate: string;
  readonly principals: readonly string[];
  readonly validTo: string;
  readonly knownHosts: readonly string[];
}
interface TrustRow {
  readonly state: string;
  readonly problem: string | null;
  readonly revokedNumber: string;
  readonly behindSince: string | null;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-certificate-user-'));
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  house.clock.set(new Date(Date.now() - 20 * 60_000));
  admin = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const boss = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'Admin', username: 'admin' },
    });
    await startGrant(ctx, permit, {
      identityId: boss.id,
      entitlementId: ADMINISTRATOR,
      origin: 'admin',
      reason: 'test',
    });
    await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Lena Test', username: 'lena' } });
    return boss.id;
  });
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
  await house.settle(30_000);
  entitlementId = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'sudo:ALL'`,
    )
  ).id;
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await house?.close();
  await hosts?.stop();
});

const now = (): void => house.clock.set(new Date());
const lena = async (): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = 'lena' limit 1`,
    )
  ).id;
async function give(until?: Date, at = new Date()): Promise<string> {
  house.clock.set(at);
  const { id } = await house.perform<{ id: string }>(
    'grants.give',
    {
      identity: 'lena',
      entitlementId,
      because: 'test',
      ...(until === undefined ? {} : { until: until.toISOString() }),
    },
    admin,
  );
  await house.settle(30_000);
  return id;
}
async function setUp(input: Record<string, unknown> = {}): Promise<TrustRow> {
  now();
  await house.perform('sshCa.setUp', { systemId, ...input }, admin);
  await house.settle(60_000);
  return await house.perform<TrustRow>('sshCa.showTrust', { systemId }, admin);
}
async function issue(input: Record<string, unknown> = {}): Promise<Issued> {
  now();
  return await house.perform<Issued>(
    'sshCertificates.issue',
    { system: 'web1', publicKey: key.publicKey, ...input },
    await lena(),
  );
}
/** The system's own ssh with a certificate; `known` lines are what it trusts hosts by. */
async function logOn(
  certificate: string,
  options: {
    readonly as?: string;
    readonly key?: string;
    readonly known?: readonly string[];
    /** What it takes the host for. */
    readonly alias?: string;
    readonly command?: readonly string[];
  } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  writeFileSync(join(dir, 'id'), options.key ?? key.privateKey, { mode: 0o600 });
  writeFileSync(join(dir, 'id-cert.pub'), `${certificate}\n`);
  writeFileSync(join(dir, 'known_hosts'), (options.known ?? []).map((line) => `${line}\n`).join(''));
  const strict = options.known === undefined ? 'no' : 'yes';
  const ssh = spawn('ssh', [
    '-F',
    'none',
    ...[
      'IdentitiesOnly=yes',
      `IdentityFile=${join(dir, 'id')}`,
      `CertificateFile=${join(dir, 'id-cert.pub')}`,
      'BatchMode=yes',
    ].flatMap((o) => ['-o', o]),
    ...[
      `StrictHostKeyChecking=${strict}`,
      `UserKnownHostsFile=${join(dir, 'known_hosts')}`,
      'ConnectTimeout=10',
      ...(options.alias === undefined ? [] : [`HostKeyAlias=${options.alias}`]),
    ].flatMap((o) => ['-o', o]),
    '-p',
    String(web1.port),
    `${options.as ?? 'lena'}@${web1.host}`,
    ...(options.command ?? ['id', '-un']),
  ]);
  let [out, err] = ['', ''];
  ssh.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  ssh.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((done) => ssh.on('close', done));
  return { code, out: out.trim(), err };
}

test('nobody without a grant learns what there is; with one they are told what to do before it is set up', async () => {
  for (const system of ['web1', systemId, 'no-such-system'])
    await expect(issue({ system })).rejects.toMatchObject({ code: 'session.no_grant' });
  await give(undefined, new Date(Date.now() - 10 * 60_000));
  await expect(issue()).rejects.toMatchObject({
    code: 'ssh_ca.not_set_up',
    fix: expect.stringContaining('reeve ca set-up web1'),
  });
});

interface HostRow {
  readonly state: string;
  readonly problem: string | null;
  readonly validTo: string | null;
  readonly knownHosts: readonly string[];
}
async function certifyHost(input: Record<string, unknown> = {}): Promise<HostRow> {
  await house.perform('sshCa.certifyHost', { systemId, ...input }, admin);
  await house.settle(60_000);
  return await house.perform<HostRow>('sshCa.showHost', { systemId }, admin);
}
const hostCertificates = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from ssh_certificate where kind = 'host'`)).n;

test('a host shows a certificate, and a client that knows only the authority takes it by its names and no other', async () => {
  now();
  const host = await certifyHost({ names: ['web1.example', web1.host] });
  expect(host).toMatchObject({ state: 'certified', problem: null });
  expect((await web1.exec('cat /etc/ssh/sshd_config')).stdout).toContain(
    'HostCertificate /etc/ssh/reeve/host_key-cert.pub',
  );
  expect((await web1.exec('ls /etc/ssh/reeve')).stdout).not.toContain('before');
  const [line = ''] = host.knownHosts;
  expect(line).toContain(`@cert-authority [web1.example]:${web1.port},[${web1.host}]:${web1.port} ssh-ed25519 `);
  const manage = { as: web1.management.username, key: web1.management.privateKey, known: [line] };
  expect(await logOn('', manage)).toMatchObject({ code: 0, out: web1.management.username });
  const authority = line.split(' ').slice(2).join(' ');
  const elsewhere = { ...manage, known: [`@cert-authority elsewhere ${authority}`], alias: 'elsewhere' };
  const refused = await logOn('', elsewhere);
  expect(refused.code, refused.err).toBe(255);
  expect(refused.err).toMatch(/not.*principal|verification failed/);

  // Asked by Reeve itself: of this key, and of none other.
  const shown = (await web1.exec('cat /etc/ssh/reeve/host_key-cert.pub')).stdout.split(' ')[1] ?? '';
  const key = parsePublicKey((await web1.exec('cat /etc/ssh/ssh_host_ed25519_key.pub')).stdout);
  const asks = (of: typeof key, certificate: Buffer): Promise<boolean> =>
    proofOfHost(connect(web1.port, web1.host), of, certificate);
  const certificate = Buffer.from(shown, 'base64');
  expect(await asks(key, certificate)).toBe(true);
  expect(await asks(parsePublicKey(newKeyPair('another').publicKey), certificate)).toBe(false);
  expect(await asks(key, Buffer.concat([certificate.subarray(0, -1), Buffer.from([1])]))).toBe(false);
});

test('no host is certified for what another is called, nor a key that is not the one that is pinned', async () => {
  now();
  await house.perform(
    'systems.connect',
    { name: 'db1', kind: 'linux', host: 'db1.example', port: 22, pinned: [], username: 'root' },
    admin,
  );
  for (const name of ['db1', 'DB1.example'])
    await expect(certifyHost({ names: [name] })).rejects.toMatchObject({ code: 'ssh_ca.name_of_another' });
  await expect(certifyHost({ names: ['*'] })).rejects.toMatchObject({ status: 422 });
  const before = await hostCertificates();
  await house.db.run(sql`update system set pinned = '{SHA256:another}' where id = ${systemId}`);
  expect(await certifyHost()).toMatchObject({ state: 'failed', problem: expect.stringContaining('not the pinned') });
  expect(await hostCertificates()).toBe(before);
  await house.db.run(sql`update system set pinned = ${sql.array([web1.hostKeyFingerprint])} where id = ${systemId}`);
});

test('a host certificate is followed by the next before it ends, and by one of a new authority', async () => {
  const first = await certifyHost();
  const lookAfter = async (): Promise<HostRow> => {
    await house.tasks['ssh_ca.look_after']?.({}, undefined as never);
    await house.settle(60_000);
    return await house.perform<HostRow>('sshCa.showHost', { systemId }, admin);
  };
  const before = await hostCertificates();
  expect((await lookAfter()).validTo).toBe(first.validTo);
  house.clock.advance(21 * 86_400_000);
  const next = await lookAfter();
  expect(next).toMatchObject({ state: 'certified' });
  expect(Date.parse(next.validTo ?? '') - Date.parse(first.validTo ?? '')).toBeGreaterThan(20 * 86_400_000);
  now();
  await house.perform('sshCa.rotate', { purpose: 'host' }, admin);
  expect(await lookAfter()).toMatchObject({ state: 'certified', knownHosts: { length: 2 } });
  expect(await hostCertificates()).toBe(before + 2);

  const taken = { name: 'taken', kind: 'linux', host: 'web1.example', port: 22, pinned: [], username: 'root' };
  const { id } = await house.perform<{ id: string }>('systems.connect', taken, admin);
  house.clock.advance(21 * 86_400_000);
  const problem = expect.stringContaining('web1.example is what taken is called');
  expect(await lookAfter()).toMatchObject({ state: 'failed', problem });
  expect(await hostCertificates()).toBe(before + 2);
  await house.db.run(sql`update system set host = 'elsewhere.example' where id = ${id}`);
  expect(await lookAfter()).toMatchObject({ state: 'certified', problem: null });
  now();
});

test('a system is set up, proved by a log-on, and once more changes nothing', async () => {
  expect(await setUp()).toMatchObject({ state: 'set_up', problem: null });
  const config = (await web1.exec('cat /etc/ssh/sshd_config')).stdout;
  expect(config).toContain('TrustedUserCAKeys /etc/ssh/reeve/user_ca.pub');
  expect(await setUp()).toMatchObject({ state: 'set_up' });
  expect((await web1.exec('cat /etc/ssh/sshd_config')).stdout).toBe(config);
  expect((await web1.exec('ls -d /etc/ssh/reeve.before')).code).not.toBe(0);
  expect(await setUp({ check: true })).toMatchObject({ state: 'set_up' });
});

test('a certificate opens the account that was granted and no other', async () => {
  await expect(issue({ account: 'root' })).rejects.toMatchObject({ code: 'session.no_grant' });
  const issued = await issue();
  expect(issued.principals).toEqual(['lena@web1']);
  expect(await logOn(issued.certificate)).toMatchObject({ code: 0, out: 'lena' });
  expect((await logOn(issued.certificate, { as: 'root' })).code).not.toBe(0);
  expect((await web1.exec('cat /var/log/sshd.log')).stdout).toContain(`identity=${await lena()}`);
});

test('who has hours of access gets no certificate, which could not be called back when they end', async () => {
  await house.db.run(sql`
    insert into access_hours (identity_id, hours, time_zone, changed_at, changed_by)
    values (${await lena()}, ${sql.array(['mon-sun 00:00-24:00'])}::text[], 'UTC', now(), 'test')`);
  await expect(issue({ account: 'lena' })).rejects.toMatchObject({ code: 'ssh_certificate.gateway_only' });
  await house.db.run(sql`delete from access_hours`);
});

test('the host proves itself to ssh with a certificate, and to nobody who trusts another authority', async () => {
  const { certificate, knownHosts } = await issue();
  expect((await logOn(certificate, { known: knownHosts })).out).toBe('lena');
  const other = newKeyPair('other').publicKey;
  expect((await logOn(certificate, { known: [`@cert-authority * ${other}`] })).code).not.toBe(0);
});

test('a certificate of another authority, for another system, or that is over is refused', async () => {
  const { certificate } = await issue();
  const terms = {
    kind: 'user' as const,
    key: parsePublicKey(key.publicKey),
    serial: 1n,
    keyId: 'forged',
    principals: ['lena@web1'],
    validFrom: new Date(Date.now() - 60_000),
    validTo: new Date(Date.now() + 60_000),
  };
  expect((await logOn(mintCertificate(newSeed(), terms))).code).not.toBe(0);
  expect((await logOn(certificate)).code).toBe(0);
  // Reeve's clock runs behind and ahead of the host's: what was signed then is over, or not yet valid, there.
  for (const ms of [-8 * 60_000, 5 * 60_000]) {
    house.clock.set(new Date(Date.now() + ms));
    const other = await house.perform<Issued>(
      'sshCertificates.issue',
      { system: 'web1', publicKey: key.publicKey, seconds: 60 },
      await lena(),
    );
    expect((await logOn(other.certificate)).code).not.toBe(0);
  }
  now();
  expect((await web1.exec('cat /var/log/sshd.log')).stdout).toMatch(/expired[\s\S]*not yet valid/u);
});

test('when the account is locked, its certificate is revoked and none is issued until that is lifted', async () => {
  const issued = await issue();
  now();
  const lock = await house.perform<{ id: string }>(
    'locks.place',
    { scope: 'account', subject: 'lena@web1', reason: 'test' },
    admin,
  );
  await expect(issue({ account: 'lena' })).rejects.toMatchObject({ code: 'access.locked' });
  await house.settle(30_000);
  const { revoked } = await house.db.one<{ revoked: string | null }>(
    sql`select revoked_because as revoked from ssh_certificate where id = ${issued.id}`,
  );
  expect(revoked).toContain(lock.id);
  await house.perform('locks.lift', { id: lock.id, because: 'test' }, admin);
  await issue({ account: 'lena' });
});

test('when the grant ends, its certificate is revoked on the target though its time is not over', async () => {
  const issued = await issue();
  expect((await logOn(issued.certificate)).code).toBe(0);
  const { id } = await house.db.one<{ id: string }>(
    sql`select id from access_grant where identity_id = ${await lena()} and ended_because is null and entitlement_id = ${entitlementId}`,
  );
  // The account stays open by another way in the world: what is shown is the certificate's end, not the account's.
  await web1.exec('useradd -m keeper');
  now();
  await house.perform('grants.end', { id, because: 'test' }, admin);
  await until(async () => (await logOn(issued.certificate)).code !== 0, {
    timeoutMs: 20_000,
    what: 'the certificate is refused',
  });
  await house.settle(30_000);
  await web1.exec('usermod -U -e "" -s /bin/bash lena');
  expect((await logOn(issued.certificate)).code).not.toBe(0);
  expect((await web1.exec('cat /var/log/sshd.log')).stdout).toMatch(/revoked/u);
  expect(await house.perform<TrustRow>('sshCa.showTrust', { systemId }, admin)).toMatchObject({ behindSince: null });
  await expect(issue()).rejects.toMatchObject({ code: 'session.no_grant' });
});

test('a certificate never lasts longer than the grant', async () => {
  const end = new Date(Date.now() + 90_000);
  await give(end);
  const { validTo } = await issue({ seconds: 900 });
  expect(new Date(validTo).getTime()).toBeLessThanOrEqual(end.getTime());
  expect(new Date(validTo).getTime()).toBeGreaterThan(end.getTime() - 1001);
});

test('the next authority is trusted beside the one before, whose certificates go on', async () => {
  const before = await issue();
  now();
  await house.perform('sshCa.rotate', { purpose: 'user' }, admin);
  await house.settle(30_000);
  const after = await issue();
  expect((await logOn(before.certificate)).code).toBe(0);
  expect((await logOn(after.certificate)).code).toBe(0);
  expect((await web1.exec('wc -l </etc/ssh/reeve/user_ca.pub')).stdout.trim()).toBe('2');
});

test('a set-up that cannot be proved leaves the host as it was, and nobody is locked out', async () => {
  const before = (await web1.exec('cat /etc/ssh/sshd_config; ls -R /etc/ssh/reeve')).stdout;
  await web1.exec(
    'echo "DenyUsers nobody-here" >>/etc/ssh/sshd_config; sed -i "s/^PubkeyAuthentication yes/PubkeyAcceptedAlgorithms ssh-ed25519\\nPubkeyAuthentication yes/" /etc/ssh/sshd_config',
  );
  const broken = (await web1.exec('cat /etc/ssh/sshd_config')).stdout;
  const failed = await setUp();
  expect(failed).toMatchObject({ state: 'failed', problem: expect.stringContaining('as it was') });
  expect((await web1.exec('cat /etc/ssh/sshd_config')).stdout).toBe(broken);
  expect((await web1.exec('ls -d /etc/ssh/reeve.before')).code).not.toBe(0);
  await web1.exec('sed -i "/^PubkeyAcceptedAlgorithms/d; /^DenyUsers nobody-here/d" /etc/ssh/sshd_config');
  expect((await web1.exec('cat /etc/ssh/sshd_config; ls -R /etc/ssh/reeve')).stdout).toBe(before);
  expect(await setUp()).toMatchObject({ state: 'set_up' });
});

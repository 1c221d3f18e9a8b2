import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { startSignin } from '#platform/signin/start-signin.ts';
import { addGrantControls, NO_CONTROLS } from '#spine/graph/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { bool, byte, RawClient, text, word, type RawKey } from '#test/ssh-rig/raw-client.ts';
import { run, start, until, type Ran } from '#test/ssh-rig/run-program.ts';

const SUCCESS = 52;
const PK_OK = 60;

/** What proving a key, a certificate or a sign-in opens, and for how long, with the real client in the whole house. */
let house: AuthorisedHouse;
let grantId: string;
const dir = mkdtempSync(join(tmpdir(), 'reeve-worth-'));
const key = join(dir, 'key');
const certified = join(dir, 'certified');

beforeAll(async () => {
  house = await authorisedHouse();
  // certificates are judged by the clock of this machine
  house.clock.set(new Date());
  grantId = await house.give();
  writeFileSync(key, house.lena.key.privateKey, { mode: 0o600 });
});
const clients: RawClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.end();
});
afterAll(async () => {
  await house?.close();
  rmSync(dir, { recursive: true, force: true });
});

const settings = (identity: string): string[] =>
  [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${join(dir, 'known')}`,
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'LogLevel=INFO',
    `IdentityFile=${identity}`,
  ].flatMap((o) => ['-o', o]);
const args = (identity: string, also: readonly string[]): string[] => [
  '-F',
  'none',
  '-p',
  String(house.gateway.address.port),
  ...settings(identity),
  ...also,
  '-l',
  'lena@web1',
  '127.0.0.1',
];
const ssh = (command: readonly string[], also: readonly string[] = [], identity = key): Promise<Ran> =>
  run('ssh', [...args(identity, also), ...command], { limitMs: 20_000 });
const saidBy = (ran: Ran): string => ran.stdout.toString() + ran.stderr.toString();
const signIn = (identityId: string): Promise<unknown> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) => startSignin(ctx, permit, { identityId, method: 'passkey' }));

const reach = async (): Promise<RawClient> => {
  const client = new RawClient();
  clients.push(client);
  await client.reach(house.gateway.address.port);
  return client;
};
/** Offers the key of one, signs with that of another, and asks for a command; what it is shown. */
const asOneAfterOffering = async (signer: RawKey, offered: readonly RawKey[]): Promise<string> => {
  const client = await reach();
  for (const key of offered) {
    client.offer('lena%web1', key);
    await client.waitFor(PK_OK, 5000, client.received.length);
  }
  client.signIn('lena%web1', signer);
  await client.waitFor(SUCCESS, 20_000);
  client.openSession(0);
  const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
  client.exec(remote, 'id -un');
  await client.waitFor(97, 20_000);
  client.end();
  return Buffer.concat(client.received.filter((p) => p[0] === 94 || p[0] === 95)).toString();
};

test('K1: who offers a key with rights and proves another has the rights of the other', async () => {
  expect(await asOneAfterOffering(house.tomas.raw, [house.lena.raw])).toContain('/request?system=web1');
  expect(await house.quiet()).toEqual([]);
  const refused = await house.db.many<{ subject: string }>(
    sql`select subject_id as subject from audit_event where type = 'session.refused'`,
  );
  expect(refused.map((r) => r.subject)).toEqual([house.tomas.id]);
});

test('K1: who offers keys without rights first and proves the one with them is let in as that one', async () => {
  expect(await asOneAfterOffering(house.lena.raw, [house.tomas.raw, house.tomas.raw])).toContain('lena');
  expect(await house.quiet()).toMatchObject([{ who: 'lena', account: 'lena' }]);
});

test.each([
  ['a shell', [text('shell'), bool(true)]],
  ['a command', [text('exec'), bool(true), text('touch /tmp/tomas-was-here')]],
  ['files', [text('subsystem'), bool(true), text('sftp')]],
  ['old scp', [text('exec'), bool(true), text('scp -t /tmp/tomas-was-here')]],
  ['rsync', [text('exec'), bool(true), text('rsync --server . /tmp/tomas-was-here')]],
  ['git', [text('exec'), bool(true), text("git-upload-pack '/tmp'")]],
  ['a subsystem nobody knows', [text('subsystem'), bool(true), text('netconf')]],
])('K3, K10: who has no right gets none of it as %s', async (_what, request) => {
  const client = await reach();
  client.signIn('lena%web1', house.tomas.raw);
  await client.waitFor(SUCCESS, 20_000);
  client.openSession(0);
  const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
  client.send(byte(98), word(remote), ...request);
  await client.waitFor(97, 20_000);
  expect(Buffer.concat(client.received.filter((p) => p[0] === 95)).toString()).toContain('/request?system=web1');
  expect(client.types()).not.toContain(94);
  expect((await house.web1.exec('ls /tmp')).stdout).not.toContain('tomas');
});

test('K2: an offer alone opens nothing and leaves no trace of a login', async () => {
  const before = (await house.sessions()).length;
  const client = await reach();
  client.offer('lena%web1', house.lena.raw);
  await client.waitFor(PK_OK);
  client.openSession(0);
  await client.whenClosed;
  expect(client.types()).not.toContain(SUCCESS);
  expect(await house.sessions()).toHaveLength(before);
});

test('K17: a certificate that is over or revoked logs in no more, and one that is revoked ends what it opened', async () => {
  const pair = await makeSshKey('lena@laptop');
  writeFileSync(certified, pair.privateKey, { mode: 0o600 });
  interface Issued {
    readonly id: string;
    readonly certificate: string;
  }
  const certify = async (seconds: number): Promise<Issued> => {
    const made = await house.perform<Issued>(
      'sshGateway.certify',
      { publicKey: pair.publicKey, seconds },
      house.lena.id,
    );
    writeFileSync(`${certified}-cert.pub`, `${made.certificate}\n`);
    return made;
  };
  const with_ = ['-o', `CertificateFile=${certified}-cert.pub`];
  const first = await certify(3600);
  const live = start('ssh', [...args(certified, with_), 'echo in; sleep 60'], { limitMs: 20_000 });
  await until(() => live.stdout().includes('in'), 'the session');
  await house.perform('sshCertificates.revokeOwn', { id: first.id }, house.lena.id);
  expect(saidBy(await live.done)).toContain('certificate it was opened with was revoked');
  const revoked = await ssh(['id'], with_, certified);
  expect([revoked.code, revoked.stdout.toString()]).toEqual([255, '']);
  expect(revoked.stderr.toString()).toContain('Permission denied (publickey)');

  await certify(3600);
  expect((await ssh(['id', '-un'], with_, certified)).stdout.toString()).toBe('lena\n');
  // by the clock of the house alone: what the certificate itself says is not over
  house.clock.advance(3_601_000);
  expect((await ssh(['id'], with_, certified)).code).toBe(255);
  house.clock.set(new Date());
});

test('K9, K10: where a fresh sign-in is asked for, a key alone opens nothing, whichever way it is used', async () => {
  await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
    addGrantControls(ctx, permit, {
      grantId,
      controls: { ...NO_CONTROLS, stepUpSeconds: 300 },
      because: 'test',
    }),
  );
  const before = (await house.sessions()).length;
  const batch = join(dir, 'batch');
  writeFileSync(batch, 'pwd\n');
  const copying = ['-F', 'none', '-P', String(house.gateway.address.port), ...settings(key)];
  const ways: Readonly<Record<string, Promise<Ran>>> = {
    'a shell': ssh([], ['-tt']),
    'a command': ssh(['touch', '/tmp/key-alone']),
    'files by sftp': run('sftp', [...copying, '-o', 'User=lena@web1', '-b', batch, '127.0.0.1']),
    'files by scp': run('scp', [...copying, '-o', 'User=lena@web1', batch, '127.0.0.1:/tmp/key-alone']),
    'files by old scp': run('scp', ['-O', ...copying, '-o', 'User=lena@web1', batch, '127.0.0.1:/tmp/key-alone']),
    rsync: ssh(['rsync', '--server', '.', '/tmp/key-alone']),
    git: ssh(["git-upload-pack '/tmp'"]),
    'a subsystem nobody knows': ssh(['-s', 'netconf']),
    'a forward': ssh([], ['-W', '127.0.0.1:22']),
  };
  for (const [way, ran] of Object.entries(ways)) {
    const { code } = await ran;
    expect(code, way).not.toBe(0);
    expect(saidBy(await ran), way).toContain('session.sign_in_needed');
  }
  expect((await house.web1.exec('ls /tmp')).stdout).not.toContain('key-alone');
  expect(await house.sessions()).toHaveLength(before);
});

test('K6: only a sign-in of the same person that still holds counts, and none is taken from what a client says', async () => {
  await signIn(house.tomas.id);
  const claim = ['-o', 'SetEnv=LC_MFA=verified', '-o', 'SendEnv=LC_*'];
  expect(saidBy(await ssh(['id'], claim))).toContain('session.sign_in_needed');
  await signIn(house.lena.id);
  expect((await ssh(['id', '-un'])).stdout.toString()).toBe('lena\n');
  await house.db.run(sql`update signin set ended_at = ${house.clock.now()} where identity_id = ${house.lena.id}`);
  expect(saidBy(await ssh(['id']))).toContain('session.sign_in_needed');
});

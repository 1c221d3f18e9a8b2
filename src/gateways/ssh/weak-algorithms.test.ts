import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '#test/ssh-rig/run-program.ts';
import { startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { findSshd, makeKey, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { openToTerrapin } from './wire/algorithms.ts';

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP weak-algorithms: no sshd on this machine (apt-get install openssh-server)');

describe.skipIf(sshdPath === undefined)('algorithms', () => {
  let sshd: Sshd;
  let rig: Rig;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    rig = await startRig(sshd);
  });
  afterAll(async () => {
    await rig.stop();
    for (const stop of stops) await stop();
    await sshd.stop();
  });

  test.each([
    ['KexAlgorithms=diffie-hellman-group1-sha1', /no matching key exchange/],
    ['KexAlgorithms=diffie-hellman-group14-sha1', /no matching key exchange/],
    ['KexAlgorithms=diffie-hellman-group-exchange-sha1', /no matching key exchange/],
    ['Ciphers=aes128-cbc', /no matching cipher/],
    ['Ciphers=3des-cbc', /no matching cipher/],
    ['HostKeyAlgorithms=ssh-rsa', /no matching host key/],
  ])('a client that offers only %s is refused', async (option, reason) => {
    const ran = await run('ssh', ['-o', 'LogLevel=INFO', '-o', option, ...rig.ssh(), 'true']);
    expect(ran.code).toBe(255);
    expect(ran.stderr.toString()).toMatch(reason);
  });

  test('a client that signs with SHA-1 is refused, the same key with SHA-2 is not', async () => {
    const rsa = await makeKey(join(rig.dir, 'rsa'), 'rsa', ['-b', '2048']);
    rig.ports.known.set(rsa.fingerprint, 'identity-rsa');
    const { options, destination } = rig.options('gateway');
    const own = options.map((o) => (o === rig.key.file ? rsa.file : o));
    const weak = await run('ssh', ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa', ...own, destination, 'true']);
    expect(weak.code).toBe(255);
    const strong = await run('ssh', [
      '-o',
      'PubkeyAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256',
      ...own,
      destination,
      'true',
    ]);
    expect(strong.stderr.toString()).toBe('');
    expect(strong.code).toBe(0);
  });

  test('an OpenSSH client gets AES-GCM and strict key exchange without being told to', async () => {
    const ran = await run('ssh', ['-o', 'LogLevel=DEBUG3', ...rig.ssh(), 'true']);
    expect(ran.stderr.toString()).toMatch(/kex: server->client cipher: aes(128|256)-gcm@openssh\.com/);
    expect(ran.stderr.toString()).toMatch(/kex-strict-s-v00@openssh\.com/);
    expect(ran.stderr.toString()).toMatch(/strict KEX/i);
  });

  test('ChaCha20 without strict key exchange is left alone; everything else is not open to CVE-2023-48795', () => {
    expect(openToTerrapin('chacha20-poly1305@openssh.com', false)).toBe(true);
    expect(openToTerrapin('chacha20-poly1305@openssh.com', true)).toBe(false);
    expect(openToTerrapin('aes128-gcm@openssh.com', false)).toBe(false);
  });

  test.each([
    ['only SHA-1 key exchange', ['KexAlgorithms diffie-hellman-group14-sha1'], /key exchange/],
    ['only CBC', ['Ciphers aes256-cbc'], /cipher/],
    ['only SHA-1 MACs and no GCM', ['Ciphers aes256-ctr', 'MACs hmac-sha1'], /MAC/],
  ])('a target that offers %s is refused before the credential', async (_what, config, reason) => {
    const weak = await startSshd(sshdPath ?? '', config);
    stops.push(() => weak.stop());
    const before = rig.ports.target;
    rig.ports.target = {
      ...before,
      port: weak.port,
      pinned: [weak.hostFingerprint],
      secret: { privateKey: weak.privateKey },
    };
    const ran = await run('ssh', [...rig.ssh(), 'true']);
    rig.ports.target = before;
    expect(ran.code).toBe(255);
    expect(ran.stderr.toString()).toMatch(reason);
  });

  test.each(['rsa', 'ecdsa'])(
    'a target with several host keys is met by the one on record, also when it is %s',
    async (kind) => {
      const dir = rig.dir;
      const other = await makeKey(join(dir, `host-${kind}`), kind);
      const many = await startSshd(sshdPath ?? '', [`HostKey ${other.file}`]);
      stops.push(() => many.stop());
      const before = rig.ports.target;
      rig.ports.target = {
        ...before,
        port: many.port,
        pinned: [other.fingerprint],
        secret: { privateKey: many.privateKey },
      };
      const ran = await run('ssh', [...rig.ssh(), 'echo in']);
      rig.ports.target = { ...rig.ports.target, pinned: ['SHA256:nonesuch'] };
      const refused = await run('ssh', [...rig.ssh(), 'echo in']);
      rig.ports.target = before;
      expect(ran.stdout.toString()).toBe('in\n');
      expect(refused.stdout.toString()).toBe('');
      expect(refused.stderr.toString()).toContain('is not the one on record');
    },
  );
});

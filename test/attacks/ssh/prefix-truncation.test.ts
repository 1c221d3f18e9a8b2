import { join } from 'node:path';
import ssh2, { type CipherAlgorithm, type Connection } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '#test/ssh-rig/run-program.ts';
import { startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { byte, text } from '#test/ssh-rig/raw-client.ts';
import { startTampering } from '#test/ssh-rig/tamper.ts';
import { findSshd, makeKey, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { openToTerrapin } from '#gateways/ssh/wire/algorithms.ts';
import { offer, sendMessage } from '#gateways/ssh/wire/ssh2-surface.ts';

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP prefix-truncation: no sshd on this machine (apt-get install openssh-server)');

/** A3: strict key exchange on both legs, so that nothing is dropped unnoticed (Terrapin), and no weak algorithm. */
describe.skipIf(sshdPath === undefined)('a handshake', () => {
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

  const IGNORE = Buffer.concat([byte(2), text('')]);
  /** Somebody in between on the way to the gateway, or behind it on the way to the target. */
  const between = async (port: number, tampering: Parameters<typeof startTampering>[1]): Promise<number> => {
    const them = await startTampering(port, tampering);
    stops.push(() => Promise.resolve(them.stop()));
    return them.port;
  };
  const through = (port: number, ...extra: string[]) =>
    run('ssh', ['-o', `Port=${port}`, '-o', 'LogLevel=INFO', ...extra, ...rig.ssh(), 'echo in']);
  const before = (type: number) => (message: Buffer) => (message[0] === type ? [IGNORE, message] : [message]);

  test('somebody in between who changes nothing is not noticed', async () => {
    expect((await through(await between(rig.gateway.address.port, {}))).stdout.toString()).toBe('in\n');
  });

  test.each([
    ['before the first KEXINIT', 20],
    ['before the exchange', 30],
    ['before NEWKEYS', 21],
  ])('K12: a message put in %s, which would shift the count, ends the connection', async (_what, type) => {
    const port = await between(rig.gateway.address.port, { toServer: { clear: before(type) } });
    const ran = await through(port);
    expect([ran.code, ran.stdout.toString()]).toEqual([255, '']);
  });

  test.each([
    ['before the first KEXINIT', 20],
    ['before the exchange', 31],
    ['before NEWKEYS', 21],
  ])('K12: a message put in %s on the way from the target ends that too', async (_what, type) => {
    const honest = rig.ports.target;
    rig.ports.target = { ...honest, port: await between(sshd.port, { toClient: { clear: before(type) } }) };
    const ran = await through(rig.gateway.address.port);
    rig.ports.target = honest;
    expect([ran.code, ran.stdout.toString()]).toEqual([255, '']);
    expect(ran.stderr.toString()).toMatch(/web1 broke off while setting up the connection/);
  });

  test('K12: an agreement on strict key exchange cannot be struck out of what either side offers', async () => {
    const strike = (message: Buffer): Buffer[] => [
      Buffer.from(message.toString('latin1').replace(/kex-strict/, 'kex-struck'), 'latin1'),
    ];
    for (const way of ['toServer', 'toClient'] as const) {
      const ran = await through(await between(rig.gateway.address.port, { [way]: { clear: strike } }));
      expect([ran.code, ran.stdout.toString()]).toEqual([255, '']);
      const honest = rig.ports.target;
      rig.ports.target = { ...honest, port: await between(sshd.port, { [way]: { clear: strike } }) };
      const far = await through(rig.gateway.address.port);
      rig.ports.target = honest;
      expect([far.code, far.stdout.toString()]).toEqual([255, '']);
    }
  });

  /** A client of ours that offers one cipher, with strict key exchange or without, and sends a message without meaning first; answers whether it got to the login. */
  const reaches = async (port: number, cipher: CipherAlgorithm, strict: boolean): Promise<boolean> => {
    const client = new ssh2.Client();
    try {
      return await new Promise<boolean>((resolve) => {
        client.on('error', () => {});
        client.on('close', () => resolve(false));
        const algorithms = { cipher: [cipher], kex: ['curve25519-sha256' as const], compress: ['none' as const] };
        client.once('handshake', () => sendMessage(client, IGNORE));
        client.connect({
          host: '127.0.0.1',
          port,
          username: 'root@web1',
          readyTimeout: 0,
          algorithms,
          authHandler: () => resolve(true),
        });
        if (!strict) {
          const lists = { ...algorithms, hmac: ['hmac-sha2-256'], serverHostKey: ['ssh-ed25519'] };
          offer(client as unknown as Connection, lists); // as a server, which is not the name a client has for it
        }
      });
    } finally {
      client.destroy();
    }
  };
  const CHACHA = 'chacha20-poly1305@openssh.com';

  test('with ChaCha20, the first encrypted message cannot be taken away unnoticed', async () => {
    const { port } = rig.gateway.address;
    expect(await reaches(port, CHACHA, true)).toBe(true);
    // SSH_MSG_IGNORE: five bytes in a packet of 36
    expect(await reaches(await between(port, { toServer: { takeAway: 36 } }), CHACHA, true)).toBe(false);
  });

  test('ChaCha20 without strict key exchange is left alone; everything else is not open to CVE-2023-48795', async () => {
    const { port } = rig.gateway.address;
    expect(await reaches(port, CHACHA, false)).toBe(false);
    expect(await reaches(port, 'aes128-gcm@openssh.com', false)).toBe(true);
    expect(openToTerrapin(CHACHA, false)).toBe(true);
    expect(openToTerrapin(CHACHA, true)).toBe(false);
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
      const other = await makeKey(join(dir, `host-${kind}`), kind, kind === 'rsa' ? ['-b', '2048'] : []);
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

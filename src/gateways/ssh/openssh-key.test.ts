import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { makeHostKey, startSshGateway } from './index.ts';
import { toOpenSshKey } from './openssh-key.ts';

const ports = new FakePorts({
  host: '127.0.0.1',
  port: 1,
  pinned: [],
  username: 'x',
  secret: { password: Buffer.from('x') },
});
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });

test('an Ed25519 key of node:crypto becomes one that OpenSSH reads, any other key stays as it is', () => {
  expect(toOpenSshKey(makeHostKey()).toString()).toMatch(
    /^-----BEGIN OPENSSH PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+\n-----END/,
  );
  expect(toOpenSshKey(Buffer.from(rsa)).toString()).toBe(rsa);
});

test.each([
  ['no key', 'hello'],
  ['a broken key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ['an RSA key', rsa],
])('%s as host key is refused with what to do', async (_what, pem) => {
  await expect(startSshGateway({ hostKey: Buffer.from(pem) }, ports)).rejects.toMatchObject({
    code: 'ssh_gateway.host_key',
    fix: expect.stringContaining('remove the stored host key'),
  });
});

test('an address that is taken is said so', async () => {
  const first = await startSshGateway({ hostKey: makeHostKey() }, ports);
  await expect(startSshGateway({ hostKey: makeHostKey(), port: first.address.port }, ports)).rejects.toMatchObject({
    code: 'ssh_gateway.listen',
  });
  await first.stop(0);
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toOpenSshKey } from '#gateways/ssh/openssh-key.ts';
import { makeHostKey } from '#gateways/ssh/index.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { OurTargets } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, text, word } from '#test/ssh-rig/raw-client.ts';
import { until } from '#test/ssh-rig/run-program.ts';

const FAILURE = 51;

/** K13: a key that is none, or is too weak to be one, is an error and never a crash. */
describe('a login', () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor(NO_TARGET);
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  test.each([
    [
      'an algorithm that rests on SHA-1',
      'ssh-rsa',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(256, 0xff))]),
    ],
    ['DSS', 'ssh-dss', Buffer.concat([text('ssh-dss'), text('a'), text('b'), text('c'), text('d')])],
    ['a short Ed25519 key', 'ssh-ed25519', Buffer.concat([text('ssh-ed25519'), text(Buffer.alloc(31, 1))])],
    [
      'RSA with an exponent of 1',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(1)), text(Buffer.alloc(256, 0x7f))]),
    ],
    [
      'RSA of 1024 bits',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(128, 0x7f))]),
    ],
    [
      'RSA of 32768 bits',
      'rsa-sha2-256',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(4096, 0x7f))]),
    ],
    [
      'a key that is not what its algorithm says',
      'ssh-ed25519',
      Buffer.concat([text('ssh-rsa'), text(byte(3)), text(Buffer.alloc(256, 0x7f))]),
    ],
    ['a key with a length of 4 GiB', 'ssh-ed25519', Buffer.concat([text('ssh-ed25519'), word(0xffffffff)])],
    ['an empty key', 'ssh-ed25519', Buffer.alloc(0)],
  ])('K13: with %s is refused, and nothing breaks', async (_what, algorithm, blob) => {
    const signature = text(Buffer.concat([text(algorithm), text(Buffer.alloc(64, 9))]));
    for (const [signed, ...tail] of [[false], [true, signature]] as const) {
      const client = await door.reach();
      const start = [byte(50), text('root%web1'), text('ssh-connection'), text('publickey')];
      client.send(...start, bool(signed), text(algorithm), text(blob), ...tail);
      expect([FAILURE, 'closed']).toContain(await client.outcome());
    }
    expect(door.ports.identified).toEqual([]);
  });

  const whole = toOpenSshKey(makeHostKey()).toString().split('\n');
  /** A file of OpenSSH's that says it holds no key. */
  const none = Buffer.from(whole.slice(1, -2).join(''), 'base64');
  none.writeUInt32BE(0, none.indexOf('none', 20) + 8);
  test.each([
    ['nothing', ''],
    ['half of it', whole.slice(0, 2).join('\n')],
    ['no key at all', [whole[0], none.toString('base64'), whole.at(-2), ''].join('\n')],
    ['a public one', 'ssh-ed25519 AAAA x'],
    ['PEM of nothing', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ])('K13: with %s in the vault for its target is told so, and others are served', async (_what, privateKey) => {
    const targets = new OurTargets();
    const { port, pinned } = await targets.ssh();
    door.ports.target = { ...NO_TARGET, port, pinned, secret: { privateKey: Buffer.from(privateKey) } };
    const { told } = await door.visit();
    await until(() => told() !== '', 'the person to be told');
    expect(told()).toMatch(/^Reeve: web1 /u);
    expect((await door.login()).closed).toBe(false);
    targets.close();
  });
});

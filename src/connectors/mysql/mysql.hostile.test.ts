/** What a false or broken server can do to a connector that asks it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '#lab/index.ts';
import { TargetError } from '../port.ts';
import { fakeServer, ok, packet, type Manners } from './fake-server.fixture.ts';
import { mysqlConnector } from './index.ts';
import { Cursor } from './wire/cursor.ts';
import { openSession } from './wire/session.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-fake-mysql-'));
let tls: { key: string; cert: string; pin: string };

beforeAll(async () => {
  const made = await makeCertificate(folder, { name: 'false mariadb', address: '127.0.0.1', user: undefined });
  if (made === undefined) throw new Error('openssl is not installed');
  tls = {
    key: readFileSync(join(folder, 'server.key'), 'utf8'),
    cert: made.certificate,
    pin: `tls-sha256:${made.fingerprint256}`,
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What reading from such a server comes to, and what the server heard. */
async function attempt(manners: Manners): Promise<{ error: TargetError; clear: string; under: string }> {
  const fake = await fakeServer(manners, tls);
  try {
    const error: unknown = await mysqlConnector.read(fake.target).then(
      () => new Error('it was read'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof TargetError)) throw error;
    expect(error.message).not.toMatch(/[\n\r\0]|Not-For-You-1/u);
    return { error, ...fake.heard() };
  } finally {
    await fake.stop();
  }
}

describe('a server that wants a file of Reeve’s machine', () => {
  it('is hung up on, whatever statement it answers so, and gets no byte of it', async () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'the-content-of-a-file');
    for (const asksFor of ['mysql_native_password', undefined]) {
      const manners = { answer: () => packet(1, 0xfb, secret), ...(asksFor === undefined ? {} : { asksFor }) };
      const { error, under } = await attempt(manners);
      expect([error.code, error.message]).toEqual(['unsupported', expect.stringContaining('asking for a file')]);
      expect(under).not.toContain('the-content-of-a-file');
      // After the refused request nothing more was said, not even goodbye.
      expect(under.lastIndexOf('select')).toBeGreaterThan(0);
    }
  });

  it('was told at log-in that Reeve does not do that, nor several statements at once', async () => {
    const { under } = await attempt({ asksFor: 'mysql_native_password', answer: () => packet(1, 0xfb, '/x') });
    const can = Buffer.from(under.slice(4, 8), 'latin1').readUInt32LE();
    expect([can & 0x80, can & 0x10000, can & 0x800]).toEqual([0, 0, 0x800]);
  });
});

describe('a server that wants the password itself', () => {
  it.each([
    'mysql_clear_password',
    'dialog',
    'sha256_password',
    'mysql_old_password',
    'caching_sha2_password',
    'x\x1b[2J',
  ])('by %j is hung up on', async (asksFor) => {
    const { error, clear, under } = await attempt({ asksFor });
    expect(error.code).toBe('unsupported');
    expect(clear + under).not.toContain('Not-For-You-1');
    expect(under).toContain('reeve');
  });

  it('proves nothing when it asks for none', async () => {
    const name = Buffer.from('reeve@%');
    const answer = (): Buffer =>
      Buffer.concat([
        packet(1, 1),
        packet(2, 'column'),
        packet(3, 0xfe, Buffer.alloc(4)),
        packet(4, name.length, name),
        packet(5, 0xfe, Buffer.alloc(4)),
      ]);
    const fake = await fakeServer({ answer }, tls);
    const proof = mysqlConnector.verify(fake.target, fake.target.credential);
    await expect(proof).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('proves nothing'),
    });
    await fake.stop();
  });
});

describe('a server that is not what was pinned', () => {
  it('is told nobody’s name when it has no TLS, slips bytes in before it, or shows another certificate', async () => {
    const early = await attempt({ afterGreeting: ok(1) });
    expect([early.error.code, early.clear]).toEqual(['untrusted', '']);
    const none = await attempt({ offersTls: false });
    expect([none.error.code, none.clear]).toEqual(['unsupported', '']);
    const fake = await fakeServer({}, tls);
    const other = { ...fake.target, pinned: [tls.pin.replace(/..$/u, (last) => (last === '00' ? '01' : '00'))] };
    await expect(mysqlConnector.read(other)).rejects.toMatchObject({ code: 'untrusted' });
    expect(fake.heard().under).toBe('');
    // A request for TLS, and then the first words of TLS.
    expect(fake.heard().clear.slice(0, 4)).toBe('\x20\0\0\x01');
    expect(fake.heard().clear).not.toContain('reeve');
    await fake.stop();
  });

  it('is told nobody’s name when it is MySQL or too old, and says so', async () => {
    for (const version of ['8.0.36', '8.4.0-commercial', '5.5.5-10.5.23-MariaDB', '\x1b[2J']) {
      const { error, under } = await attempt({ version });
      expect([error.code, under]).toEqual(['unsupported', '']);
      expect(error.message).toMatch(/10\.6/u);
    }
  });
});

describe('a server that does not keep to the protocol', () => {
  const cases: readonly [name: string, manners: Manners, says: RegExp][] = [
    ['greets with a huge packet', { greeting: Buffer.from([0xff, 0xff, 0xff, 0]) }, /^failed .*16777215 bytes/u],
    ['greets with a packet out of order', { greeting: packet(7, 10, 'x\0') }, /^failed .*out of order/u],
    ['greets with too little', { greeting: packet(0, 10, '10.11.0-MariaDB\0') }, /^failed .*ends too early/u],
    ['greets like something else', { greeting: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n') }, /^failed .* bytes where/u],
    [
      'has too many connections',
      { greeting: packet(0, 0xff, Buffer.from([0x10, 0x04]), 'Too many connections') },
      /^unreachable .*Too many connections \(1040\)/u,
    ],
    ['says nothing to a statement', { answer: () => Buffer.alloc(0) }, /^unreachable .*no answer in time/u],
    [
      'answers with a packet of 16 MiB',
      { answer: () => Buffer.from([0xff, 0xff, 0xff, 1]) },
      /^failed .*16777215 bytes/u,
    ],
    [
      'answers with more columns than were asked for',
      { answer: () => packet(1, 0xfc, Buffer.from([0xff, 0xff])) },
      /^failed .*not asked for/u,
    ],
    ['answers with a length that is none', { answer: () => packet(1, 0xff) }, /^failed .*ends too early/u],
    ['answers out of order', { answer: () => packet(9, 1) }, /^failed .*out of order/u],
  ];
  it.each(cases)('%s: an error, soon', async (_, manners, says) => {
    const begun = performance.now();
    const { error } = await attempt(manners);
    expect(`${error.code} ${error.message}`).toMatch(says);
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  it('cannot make an answer endless', async () => {
    const head = Buffer.concat([packet(1, 1), packet(2, 'a'), packet(3, 0xfe, Buffer.alloc(4))]);
    const rows = Array.from({ length: 300 }, (_, index) => packet((index + 4) % 256, 1, 'x'));
    const fake = await fakeServer({ answer: () => Buffer.concat([head, ...rows]) }, tls);
    const { host, port, pinned, credential } = fake.target;
    const address = { host, port, connectMs: 2_000 };
    const login = { address, user: 'reeve', credential, pinned, statementMs: 1_000 };
    const limited = await openSession(login);
    const refused = { code: 'failed', message: expect.stringContaining('more than was asked for') };
    await expect(limited.rows('select 1', 1, 299)).rejects.toMatchObject(refused);
    const waiting = await openSession(login);
    await expect(waiting.rows('select 1', 1, 300)).rejects.toMatchObject({ code: 'unreachable' });
    await fake.stop();
  });

  it('cannot make a reader of packets read past them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const cursor = new Cursor(Buffer.from(bytes));
        try {
          for (;;) {
            const value = cursor.value();
            if (value !== null) expect(value.length).toBeLessThanOrEqual(bytes.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(TargetError);
        }
      }),
    );
  });
});

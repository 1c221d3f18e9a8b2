import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTerms } from '../../../port.ts';
import { lineOf } from './follow-files.ts';
import { SftpChannel } from './sftp-channel.ts';

const u32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n >>> 0);
  return bytes;
};
const u64 = (n: number): Buffer => Buffer.concat([u32(0), u32(n)]);
const str = (s: string | Buffer): Buffer => Buffer.concat([u32(Buffer.byteLength(s)), Buffer.from(s)]);
const packet = (type: number, ...body: Buffer[]): Buffer => str(Buffer.concat([Buffer.of(type), ...body]));
const status = (id: number, code = 0): Buffer => packet(101, u32(id), u32(code), str(''), str(''));
const content = Buffer.alloc(40_000, 3);
const digest = createHash('sha256').update(content).digest('hex');

/** What a client says and what a target answers, turn by turn. */
const talk: readonly (readonly ['person' | 'target', Buffer])[] = [
  ['person', packet(1, u32(3))],
  ['target', packet(2, u32(3))],
  ['person', packet(3, u32(1), str('/tmp/ü'), u32(0x1a), u32(0))],
  ['target', packet(102, u32(1), str('h1'))],
  ['person', packet(6, u32(2), str('h1'), u64(0), str(content.subarray(0, 30_000)))],
  ['person', packet(6, u32(3), str('h1'), u64(30_000), str(content.subarray(30_000)))],
  ['target', Buffer.concat([status(2), status(3)])],
  ['person', packet(4, u32(4), str('h1'))],
  ['target', status(4)],
  ['person', packet(3, u32(5), str('/tmp/x'), u32(1), u32(0))],
  ['target', packet(102, u32(5), str('h1'))],
  ['person', packet(5, u32(6), str('h1'), u64(0), u32(32_768))],
  ['person', packet(5, u32(7), str('h1'), u64(30_000), u32(32_768))],
  ['target', packet(103, u32(6), str(content.subarray(0, 30_000)))],
  ['target', packet(103, u32(7), str(content.subarray(30_000)))],
  ['person', packet(4, u32(8), str('h1'))],
  ['target', status(8)],
  ['person', packet(18, u32(9), str('/a'), str('/b'))],
  ['person', packet(200, u32(10), str('posix-rename@openssh.com'), str('/c'), str('/d'))],
  ['person', packet(200, u32(11), str('limits@openssh.com'))],
  ['person', packet(13, u32(12), str('../../x'))],
  ['target', Buffer.concat([status(9), status(10), packet(201, u32(11), u64(1)), status(12, 2)])],
];
const lines = [
  `write /tmp/ü, 40000 bytes, sha256 ${digest}`,
  `read /tmp/x, 40000 bytes, sha256 ${digest}`,
  'rename /a to /b',
  'rename /c to /d',
  'remove ../../x, not done: there is no such file',
];

function open(terms?: FileTerms) {
  const seen = { toTarget: [] as Buffer[], toPerson: [] as Buffer[], told: [] as string[], broken: '' };
  const channel = new SftpChannel(terms, {
    toTarget: (bytes) => {
      seen.toTarget.push(Buffer.from(bytes));
      return true;
    },
    toPerson: (bytes) => {
      seen.toPerson.push(Buffer.from(bytes));
      return true;
    },
    resume: () => {},
    tell: (act) => seen.told.push(lineOf(act)),
    broken: (by) => (seen.broken = by),
  });
  return { channel, seen };
}
/** Hands over pieces of memory that is used again. */
function feed(channel: SftpChannel, who: 'person' | 'target', bytes: Buffer, size: number): void {
  const lent = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    part.copy(lent);
    if (who === 'person') channel.fromPerson(lent.subarray(0, part.length));
    else channel.fromTarget(lent.subarray(0, part.length));
    lent.fill(0xee);
  }
}
const said = (who: string): string =>
  Buffer.concat(talk.filter(([by]) => by === who).map(([, bytes]) => bytes)).toString('hex');

describe.each([
  ['without limits', undefined],
  ['with limits that allow it', { direction: 'both', deniedPaths: ['/elsewhere'] } as FileTerms],
])('a channel %s', (_what, terms) => {
  test('tells what was done to which file, with what flowed, however it is cut, and every byte goes on', () => {
    const holds = (): void =>
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 50_000 }), (size) => {
          const { channel, seen } = open(terms);
          let asked = 0;
          for (const [who, bytes] of talk) {
            const before = seen.toTarget.length;
            feed(channel, who, bytes, size);
            // the target says which file each path names: the very one
            for (let i = terms === undefined ? Infinity : before; i < seen.toTarget.length; i += 1) {
              const frame = seen.toTarget[i];
              if (frame?.[4] !== 16) continue;
              seen.toTarget.splice(i, 1);
              i -= 1;
              asked += 1;
              const path = frame.subarray(13).toString().replace(/^[^/]/u, '/$&');
              channel.fromTarget(packet(104, frame.subarray(5, 9), u32(1), str(path), str(''), u32(0)));
            }
          }
          channel.end();
          expect(seen.told).toEqual(lines);
          expect(Buffer.concat(seen.toTarget).toString('hex')).toBe(said('person'));
          expect(Buffer.concat(seen.toPerson).toString('hex')).toBe(said('target'));
          // where each of seven leads and where it is itself, and once where the denied one leads
          expect(asked).toBe(terms === undefined ? 0 : 15);
        }),
        { numRuns: 60 },
      );
    expect(holds).not.toThrow();
  });
});

test('garbage goes on unread without limits, told once, and ends the session with them', () => {
  const garbage = Buffer.concat([u32(0xffffffff), Buffer.alloc(100_000)]);
  const free = open();
  feed(free.channel, 'person', garbage, 3000);
  expect([free.seen.told, Buffer.concat(free.seen.toTarget).length]).toEqual([
    ['do something that is no SFTP '],
    garbage.length,
  ]);
  const bound = open({ direction: 'from_target', deniedPaths: [] });
  feed(bound.channel, 'person', garbage, 3000);
  expect([bound.seen.broken, bound.seen.toTarget]).toEqual(['person', []]);
});

test('nothing throws, whatever either side sends', () => {
  const anything = fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 })), { maxLength: 30 });
  const holds = (): void =>
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom(undefined, 'from_target' as const, 'both' as const),
        (pieces, direction) => {
          const { channel } = open(direction && { direction, deniedPaths: ['/etc'] });
          for (const [person, bytes] of pieces) {
            const framed = bytes.length > 4 && (bytes[0] ?? 0) < 128 ? str(Buffer.from(bytes)) : Buffer.from(bytes);
            if (person) channel.fromPerson(framed);
            else channel.fromTarget(framed);
          }
          channel.end();
        },
      ),
      { numRuns: 2000 },
    );
  expect(holds).not.toThrow();
});

describe('a request that terms refuse', () => {
  const ask = (terms: FileTerms, ...requests: Buffer[]) => {
    const it = open(terms);
    for (const request of requests) it.channel.fromPerson(request);
    return it;
  };
  const from: FileTerms = { direction: 'from_target', deniedPaths: [] };

  test.each([
    ['an open that writes', packet(3, u32(7), str('/x'), u32(2), u32(0))],
    ['an open that only creates', packet(3, u32(7), str('/x'), u32(8), u32(0))],
    ['an open that only truncates', packet(3, u32(7), str('/x'), u32(0x10), u32(0))],
    ['content for a handle that was not opened', packet(6, u32(7), str('h'), u64(0), str('abc'))],
    ['a rename by an extension', packet(200, u32(7), str('posix-rename@openssh.com'), str('/c'), str('/d'))],
    ['an extension nobody knows', packet(200, u32(7), str('overwrite@example.org'), str('/c'))],
    ['a copy from handle to handle', packet(200, u32(7), str('copy-data'), str('a'), u64(0), u64(0), str('b'), u64(0))],
    ['a message of no known type', packet(99, u32(7), str('x'))],
    ['attributes of a handle', packet(10, u32(7), str('h'), u32(0))],
    ['a number that is ours', packet(16, u32(0xffffff00), str('/x'))],
  ])('%s never reaches the target and is answered', (_what, request) => {
    const { seen } = ask(from, request);
    expect(seen.toTarget).toEqual([]);
    expect(seen.toPerson.map((bytes) => [bytes[4], bytes.readUInt32BE(9)])).toEqual([[101, 3]]);
  });

  test('is answered between two messages of the target, not within one', () => {
    const { channel, seen } = ask(from, packet(3, u32(1), str('/x'), u32(1), u32(0)));
    channel.fromTarget(packet(102, u32(1), str('h')));
    channel.fromPerson(packet(5, u32(2), str('h'), u64(0), u32(100)));
    const data = packet(103, u32(2), str(Buffer.alloc(100, 1)));
    channel.fromTarget(data.subarray(0, 50));
    channel.fromPerson(packet(13, u32(3), str('/x')));
    channel.fromTarget(data.subarray(50));
    const shown = Buffer.concat(seen.toPerson);
    expect(shown.indexOf(data)).toBe(packet(102, u32(1), str('h')).length);
    expect(shown.subarray(shown.indexOf(data) + data.length)[4]).toBe(101);
  });

  test('what comes after a path that is asked about waits for it, in order', () => {
    const { channel, seen } = ask(
      { direction: 'both', deniedPaths: ['/etc'] },
      packet(3, u32(1), str('x/../../etc/passwd'), u32(1), u32(0)),
      packet(200, u32(2), str('limits@openssh.com')),
    );
    expect(seen.toTarget.map((b) => b[4])).toEqual([16, 16, 16]);
    resolve(channel, seen.toTarget, (path) => (path.endsWith('passwd') ? '/etc/passwd' : '/etc'));
    expect(seen.toTarget.map((b) => b[4])).toEqual([200]);
    expect(seen.told).toEqual(['read x/../../etc/passwd, refused: /etc may not be touched in this session']);
  });

  test('a folder with a denied path in it is not moved away, and nothing is linked to it', () => {
    const { channel, seen } = ask(
      { direction: 'both', deniedPaths: ['/srv/keys'] },
      packet(18, u32(1), str('/srv'), str('/srv2')),
    );
    resolve(channel, seen.toTarget, (path) => path);
    expect(seen.told).toEqual([expect.stringContaining('/srv/keys in it may not be touched')]);
    channel.fromPerson(packet(20, u32(2), str('../srv/keys/id'), str('/tmp/l')));
    expect(seen.toTarget.map((b) => b.subarray(13).toString())).toEqual([
      '/tmp/../srv/keys/id',
      '/tmp/../srv/keys',
      '/tmp/l',
      '/tmp',
    ]);
  });
});

/** Answers every question like a target on which `leads` says where a path leads; what else was sent stays. */
function resolve(channel: SftpChannel, toTarget: Buffer[], leads: (path: string) => string): void {
  for (let i = 0; i < toTarget.length; i += 1) {
    const frame = toTarget[i];
    if (frame?.[4] !== 16) continue;
    toTarget.splice(i, 1);
    i -= 1;
    const answer = str(Buffer.from(leads(frame.subarray(13).toString('latin1')), 'latin1'));
    channel.fromTarget(packet(104, frame.subarray(5, 9), u32(1), answer, str(''), u32(0)));
  }
}

describe('a denied path cannot be touched', () => {
  const touching = (deniedPaths: readonly string[], leads: (path: string) => string, request: Buffer) => {
    const it = open({ direction: 'both', deniedPaths });
    it.channel.fromPerson(request);
    resolve(it.channel, it.seen.toTarget, leads);
    return { sent: it.seen.toTarget.length, told: it.seen.told };
  };
  const inEtc = (path: string): string => (path === '/etc/resolv.conf' ? '/run/resolve/stub' : path);

  test.each([
    ['removed', packet(13, u32(1), str('/etc/resolv.conf'))],
    ['renamed', packet(18, u32(1), str('/etc/resolv.conf'), str('/tmp/x'))],
    ['replaced', packet(200, u32(1), str('posix-rename@openssh.com'), str('/tmp/x'), str('/etc/resolv.conf'))],
    ['linked to', packet(200, u32(1), str('hardlink@openssh.com'), str('/etc/resolv.conf'), str('/tmp/x'))],
    ['given attributes', packet(200, u32(1), str('lsetstat@openssh.com'), str('/etc/resolv.conf'), u32(0))],
    ['read', packet(19, u32(1), str('/etc/resolv.conf'))],
  ])('where a link in it leads elsewhere and is %s', (_what, request) => {
    const { sent, told } = touching(['/etc'], inEtc, request);
    expect([sent, told]).toEqual([0, [expect.stringContaining('refused: /etc may not be touched')]]);
  });

  test('by where it leads, where it is a link itself', () => {
    const leads = (path: string): string => path.replace(/^\/var\/run(?=\/|$)/u, '/run');
    const request = packet(3, u32(1), str('/var/run/keys/a'), u32(1), u32(0));
    const { sent, told } = touching(['/var/run/keys'], leads, request);
    expect([sent, told]).toEqual([0, [expect.stringContaining('refused: /var/run/keys may not be touched')]]);
  });

  test('by a name that is no UTF-8: the target is asked about the very bytes', () => {
    const link = Buffer.from('/tmp/\xff/secret', 'latin1');
    const leads = (path: string): string => path.replace('/tmp/\xff', '/home/ann');
    const { sent, told } = touching(['/home/ann/secret'], leads, packet(3, u32(1), str(link), u32(1), u32(0)));
    expect([sent, told]).toEqual([0, [expect.stringContaining('refused: /home/ann/secret may not be touched')]]);
  });

  test('and what lies beside it can', () => {
    const { sent, told } = touching(['/etc', '/home/ü'], inEtc, packet(3, u32(1), str('/home/üb'), u32(1), u32(0)));
    expect([sent, told]).toEqual([1, []]);
  });
});

describe('what was done is told, however a client numbers its requests', () => {
  const told = (person: readonly Buffer[], target: readonly Buffer[], terms?: FileTerms): readonly string[] => {
    const { channel, seen } = open(terms);
    for (const bytes of person) channel.fromPerson(bytes);
    for (const bytes of target) channel.fromTarget(bytes);
    channel.end();
    return seen.told;
  };
  const opens = packet(3, u32(5), str('/x'), u32(1), u32(0));
  const handle = packet(102, u32(5), str('h'));

  test.each([
    ['a look at what is not there', packet(7, u32(5), str('/none')), status(5, 2)],
    ['a write to nothing', packet(6, u32(5), str('g'), u64(0), str('abc')), status(5, 4)],
    ['a request of no known type', packet(99, u32(5)), status(5, 8)],
    ['one that is never answered', packet(99, u32(5)), Buffer.alloc(0)],
    ['another open', packet(3, u32(5), str('/none'), u32(1), u32(0)), status(5, 2)],
  ])('a file is opened under the number of %s', (_what, before, answer) => {
    const read = packet(5, u32(6), str('h'), u64(0), u32(100));
    const { channel, seen } = open();
    for (const bytes of [before, opens]) channel.fromPerson(bytes);
    for (const bytes of [answer, handle]) channel.fromTarget(bytes);
    channel.fromPerson(read);
    channel.fromTarget(packet(103, u32(6), str('abc')));
    channel.end();
    expect(seen.told).toContain(`read /x, 3 bytes, sha256 ${createHash('sha256').update('abc').digest('hex')}`);
  });

  test('an act whose answer went to another is told in the end', () => {
    expect(told([packet(99, u32(5)), packet(13, u32(5), str('/x'))], [status(5)])).toEqual([
      'remove /x, not done: nobody knows: there was no answer',
    ]);
  });

  test('a handle that is given again ends the file before', () => {
    const lines = told([opens, packet(3, u32(6), str('/y'), u32(1), u32(0))], [handle, packet(102, u32(6), str('h'))]);
    expect(lines).toEqual(['read /x, 0 bytes', 'read /y, 0 bytes']);
  });

  test('more files than are followed are no failures', () => {
    const many = Array.from({ length: 1025 }, (_, n) => n + 1);
    const lines = told(
      many.map((n) => packet(3, u32(n), str('/x'), u32(1), u32(0))),
      many.map((n) => packet(102, u32(n), str(`h${n}`))),
    );
    expect([lines[0], lines.length]).toEqual(['read /x', 1025]);
  });

  test('more at once than are followed is told', () => {
    const removes = Array.from({ length: 9000 }, (_, n) => packet(13, u32(n), str('/x')));
    expect(told(removes, []).filter((line) => !line.startsWith('remove'))).toEqual([
      'ask for more at once than anybody follows ',
    ]);
  });

  test('a write under a number that is in use, or Reeve’s own, is refused where there are terms', () => {
    const terms: FileTerms = { direction: 'both', deniedPaths: ['/etc'] };
    const { channel, seen } = open(terms);
    channel.fromPerson(packet(3, u32(1), str('/x'), u32(2), u32(0)));
    resolve(channel, seen.toTarget, (path) => path);
    channel.fromTarget(packet(102, u32(1), str('h')));
    channel.fromPerson(packet(8, u32(2), str('h')));
    for (const id of [2, 0xfffffe02]) channel.fromPerson(packet(6, u32(id), str('h'), u64(0), str('abc')));
    expect(seen.toTarget.map((bytes) => bytes[4])).toEqual([3, 8]);
  });
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SftpWatcher, type FileAct } from './watch-sftp.ts';

const u32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n >>> 0);
  return bytes;
};
const str = (s: string | Buffer): Buffer => Buffer.concat([u32(Buffer.byteLength(s)), Buffer.from(s)]);
const packet = (type: number, ...body: Buffer[]): Buffer => {
  const inner = Buffer.concat([Buffer.of(type), ...body]);
  return Buffer.concat([u32(inner.length), inner]);
};
const stream = Buffer.concat([
  packet(1, u32(3)),
  packet(3, u32(1), str('/etc/passwd'), u32(1), u32(0)),
  packet(3, u32(2), str('/tmp/ü'), u32(0x1a), u32(0)),
  packet(6, u32(3), str('handle'), u32(0), u32(0), str(Buffer.alloc(40_000, 3))),
  packet(18, u32(4), str('/a'), str('/b')),
  packet(200, u32(5), str('posix-rename@openssh.com'), str('/c'), str('/d')),
  packet(200, u32(6), str('limits@openssh.com')),
  packet(13, u32(7), str('../../x\n')),
]);
const acts: FileAct[] = [
  { act: 'read', path: '/etc/passwd' },
  { act: 'write', path: '/tmp/ü' },
  { act: 'rename', path: '/a', to: '/b' },
  { act: 'rename', path: '/c', to: '/d' },
  { act: 'remove', path: '../../x\n' },
];
const watch = (chunks: readonly Buffer[]): FileAct[] => {
  const told: FileAct[] = [];
  const watcher = new SftpWatcher((act) => told.push(act));
  for (const chunk of chunks) watcher.see(chunk);
  return told;
};

test('tells which files are read, written, renamed and removed', () => {
  expect(watch([stream])).toEqual(acts);
});

test('tells the same however the stream is cut, from memory that is used again', () => {
  const told = (cuts: number[]): FileAct[] => {
    const seen: FileAct[] = [];
    const watcher = new SftpWatcher((act) => seen.push(act));
    const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
    const lent = Buffer.alloc(stream.length);
    for (let i = 1; i < edges.length; i += 1) {
      const part = stream.subarray(edges[i - 1], edges[i]);
      part.copy(lent);
      watcher.see(lent.subarray(0, part.length));
      lent.fill(0xee);
    }
    return seen;
  };
  const holds = (): void =>
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 200 }), (cuts) => {
        expect(told(cuts)).toEqual(acts);
      }),
    );
  expect(holds).not.toThrow();
});

test('garbage is reported once, keeps nothing and throws nothing', () => {
  const holds = (): void =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 30 }), (chunks) => {
        const told = watch(chunks.map((c) => Buffer.from(c)));
        expect(told.filter((a) => a.act.includes('no SFTP')).length).toBeLessThanOrEqual(1);
      }),
    );
  expect(holds).not.toThrow();
  expect(watch([u32(0xffffffff), Buffer.alloc(100_000)])).toEqual([{ act: 'do something that is no SFTP', path: '' }]);
});

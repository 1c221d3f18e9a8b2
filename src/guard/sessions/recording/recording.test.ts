import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Recordings } from '../edges.ts';
import { InertOutput } from './inert-output.ts';
import { openRecordings } from './index.ts';

const keys = keysOf(rootKeyOf(Buffer.alloc(32, 3)));
let dir: string;
let store: Recordings;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-recordings-'));
  store = await openRecordings({ dir, keys, bulkBytes: 1000 });
});
afterAll(() => rmSync(dir, { recursive: true }));

async function record(pieces = 80, size = 9000): Promise<{ id: string; head: string }> {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 'root@web1', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 100, rows: 30 });
  for (let i = 0; i < pieces; i += 1) {
    shell.output(Buffer.from(`line ${i} ${'é'.repeat(size / 2)}\r\n`));
    if (i % 10 === 9) await new Promise((done) => setTimeout(done, 20));
  }
  shell.end({ code: 0 });
  return { id, head: (await finish()).head };
}
const chunks = (id: string): string[] =>
  readdirSync(join(dir, id))
    .filter((f) => f.endsWith('.rvc'))
    .sort();

test('a recording opens as asciicast v3 with everything that was shown, in order', async () => {
  const { id, head } = await record();
  const [header = '', ...events] = (await store.asciicast(id)).trim().split('\n');
  expect(JSON.parse(header)).toMatchObject({ version: 3, term: { cols: 100, rows: 30 }, title: 'root@web1' });
  const shown = events
    .map((e) => JSON.parse(e) as [number, string, string])
    .filter((e) => e[1] === 'o')
    .map((e) => e[2])
    .join('');
  expect([...shown.matchAll(/line (\d+)/g)].map((m) => Number(m[1]))).toEqual(Array.from({ length: 80 }, (_, i) => i));
  expect(await store.verify(id, head)).toEqual({ ok: true, chunks: chunks(id).length, problem: null });
});

test('nothing of it is readable without the key, and another key does not open it', async () => {
  const { id } = await record(2, 100);
  for (const name of chunks(id)) expect(readFileSync(join(dir, id, name)).includes('line 1')).toBe(false);
  const other = await openRecordings({ dir, keys: keysOf(rootKeyOf(Buffer.alloc(32, 4))) });
  expect(await other.verify(id, undefined)).toMatchObject({ ok: false });
});

test.each([
  [
    'one flipped byte',
    (id: string) => {
      const path = join(dir, id, '000001.rvc');
      const file = readFileSync(path);
      file[file.length - 5] = (file[file.length - 5] ?? 0) ^ 1;
      writeFileSync(path, file);
    },
    /chunk 1 does not open/,
  ],
  [
    'two chunks swapped',
    (id: string) => {
      renameSync(join(dir, id, '000001.rvc'), join(dir, id, 'x'));
      renameSync(join(dir, id, '000002.rvc'), join(dir, id, '000001.rvc'));
      renameSync(join(dir, id, 'x'), join(dir, id, '000002.rvc'));
    },
    /chunk 1 does not follow/,
  ],
  ['a missing chunk', (id: string) => rmSync(join(dir, id, '000001.rvc')), /chunk 1 is missing/],
  ['a missing tail', (id: string) => rmSync(join(dir, id, chunks(id).at(-1) ?? '')), /does not end in the digest/],
  ['a shortened chunk', (id: string) => truncateSync(join(dir, id, '000001.rvc'), 60), /chunk 1 does not open/],
])('%s is found and named', async (_what, damage, problem) => {
  const { id, head } = await record();
  expect(chunks(id).length).toBeGreaterThan(3);
  damage(id);
  const checked = await store.verify(id, head);
  expect(checked.ok).toBe(false);
  expect(checked.problem).toMatch(problem);
});

test('a recording of another session cannot be passed off', async () => {
  const a = await record(3, 100);
  const b = await record(3, 100);
  rmSync(join(dir, b.id), { recursive: true });
  cpSync(join(dir, a.id), join(dir, b.id), { recursive: true });
  expect(await store.verify(b.id, b.head)).toMatchObject({ ok: false });
});

test('a chunk cut short by a kill loses itself and nothing before it', async () => {
  const { id } = await record();
  const last = chunks(id).at(-1) ?? '';
  truncateSync(join(dir, id, last), 3);
  expect(await store.asciicast(id)).toContain('line 20');
});

test('a bulk channel is kept up to its limit and from there as a digest, with a marker', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const exec = recorder.channel({ kind: 'exec', command: 'cat big' });
  exec.output(Buffer.alloc(900, 'a'));
  exec.output(Buffer.alloc(900, 'b'));
  exec.output(Buffer.alloc(900, 'c'));
  exec.end({ code: 0 });
  await finish();
  const cast = await store.asciicast(id);
  expect(cast).toContain('its SHA-256 only, after 1000 bytes');
  expect(cast).toContain('2700 bytes, sha256');
  expect(cast.includes('ccc')).toBe(false);
});

test('an id that is no id opens nothing outside the store', async () => {
  for (const id of ['../../etc/passwd', '..', '', 'x/y'])
    await expect(store.asciicast(id)).rejects.toMatchObject({ status: 404 });
});

test('output can colour and move, and do nothing else', () => {
  const inert = (text: string): string => new InertOutput().write(text);
  expect(inert('\u001b[31mred\u001b[0m \u001b[2J')).toBe('\u001b[31mred\u001b[0m \u001b[2J');
  expect(inert('a\u001b]52;c;ZXZpbA==\u0007b')).toBe('ab');
  expect(inert('a\u001b]0;title\u001b\\b\u001bP+q544e\u001b\\c')).toBe('abc');
  expect(inert('x\u001b[21ty\u001b[cz\u001b[6n!')).toBe('xyz!');
  expect(inert('\u001b]8;;http://evil/\u001b\\click\u001b]8;;\u001b\\')).toBe('click');
});

test('a harmful sequence is removed wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 6 }), (cuts) => {
      const text = 'ok\u001b]52;c;ZXZpbA==\u0007 and \u001b[6n \u001b]0;t\u001b\\ fine';
      const filter = new InertOutput();
      let out = '';
      let from = 0;
      for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
        out += filter.write(text.slice(from, cut));
        from = Math.min(text.length, cut);
      }
      out += filter.write(text.slice(from));
      expect(out).toBe('ok and   fine');
    }),
  );
});

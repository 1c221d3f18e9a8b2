import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { randomBytes, randomFillSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Recordings } from '../edges.ts';
import { openRecordings } from './index.ts';
import { readLines } from './read-chunks.ts';
import { folderStore } from './store/in-folder.ts';
import { framesOf } from './store/pack.ts';
import { unpack } from './store/unpack.fixture.ts';

const keys = keysOf(rootKeyOf(Buffer.alloc(32, 3)));
let dir: string;
let store: Recordings;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-recordings-'));
  store = openRecordings({ store: folderStore(dir), keys, waitSeconds: 60, bulkBytes: 1000 });
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
  const { head } = await finish();
  unpack(join(dir, id));
  return { id, head };
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
  expect(await store.verify(id, head)).toEqual({
    ok: true,
    chunks: chunks(id).length,
    head,
    unfinished: false,
    cut: false,
    problem: null,
  });
});

test('nothing of it is readable without the key, and another key does not open it', async () => {
  const { id } = await record(2, 100);
  for (const name of chunks(id)) expect(readFileSync(join(dir, id, name)).includes('line 1')).toBe(false);
  const other = openRecordings({
    store: folderStore(dir),
    keys: keysOf(rootKeyOf(Buffer.alloc(32, 4))),
    waitSeconds: 60,
  });
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

test('where a recording ends is read from its last chunk, and told from the whole where that is wrong', async () => {
  const { id, head } = await record();
  const files = chunks(id);
  const path = (n: number): string => join(dir, id, files.at(n) ?? '');
  const middle = readFileSync(path(1));
  writeFileSync(path(1), randomBytes(100));
  expect(await store.end(id)).toEqual({ head, problem: null });
  writeFileSync(path(1), middle);
  const last = readFileSync(path(-1));
  truncateSync(path(-1), last.length - 1);
  const before = await store.verify(id, undefined);
  expect(before.chunks).toBe(files.length - 1);
  expect(await store.end(id)).toEqual({
    head: before.head,
    problem: expect.stringMatching(new RegExp(`chunk ${files.length - 1} does not open`)),
  });
  writeFileSync(path(-1), last);
  rmSync(path(1));
  expect((await store.end(id)).problem).toBe('chunk 1 is missing');
  rmSync(join(dir, id), { recursive: true });
  expect(await store.end(id)).toEqual({
    head: undefined,
    problem: 'the recording is not in the store of this node',
  });
});

test('a recording of another session cannot be passed off', async () => {
  const a = await record(3, 100);
  const b = await record(3, 100);
  rmSync(join(dir, b.id), { recursive: true });
  cpSync(join(dir, a.id), join(dir, b.id), { recursive: true });
  expect(await store.verify(b.id, b.head)).toMatchObject({ ok: false });
});

test('killed at any moment, a recording opens up to its last whole chunk', async () => {
  const index = join(import.meta.dirname, 'index.ts');
  const crypto = join(import.meta.dirname, '../../../kit/crypto/index.ts');
  const script = `
    const { openRecordings, storeInFolder } = await import(${JSON.stringify(index)});
    const { keysOf, rootKeyOf } = await import(${JSON.stringify(crypto)});
    const store = openRecordings({ store: await storeInFolder(${JSON.stringify(dir)}), keys: keysOf(rootKeyOf(Buffer.alloc(32, 3))), waitSeconds: 60 });
    const { recorder } = await store.begin(process.argv[1], { title: 't', startedAt: new Date(0) });
    const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
    for (let i = 0; ; i += 1) {
      shell.output(Buffer.from('line ' + i + ' ' + 'x'.repeat(3000) + '\\r\\n'));
      if (i % 20 === 0) { process.stdout.write(i + ' '); await new Promise((done) => setTimeout(done, 5)); }
    }`;
  for (const after of [0, 53, 131, 290, 1400]) {
    const id = newId();
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, id], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: { readonly line: number; readonly at: number }[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      said.push({ line: Number(chunk.toString().trim().split(' ').at(-1)), at: performance.now() });
    });
    const first = async (): Promise<boolean> => (await folderStore(dir).names(id)).includes('000000.rvc');
    await expect.poll(first, { timeout: 40_000, interval: 5 }).toBe(true);
    await new Promise((done) => setTimeout(done, after));
    child.kill('SIGKILL');
    const killedAt = performance.now();
    await new Promise((done) => child.on('close', done));
    const shown = (await store.asciicast(id)).matchAll(/line (\d+) /g);
    const seen = [...shown].map((m) => Number(m[1]));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual(seen.map((_, i) => i));
    const checked = await store.verify(id, undefined);
    expect(checked.problem).toMatch(/was never closed/);
    expect(await store.end(id)).toEqual({ head: checked.head, problem: null });
    // whoever noticed its gateway's death put what was there into the log
    expect(await store.verify(id, checked.head)).toMatchObject({ ok: true, cut: true, problem: null });
    expect(await store.verify(id, '00')).toMatchObject({ ok: false, cut: false });
    const aSecondBefore = said.filter((s) => s.at < killedAt - 1000).at(-1)?.line ?? 0;
    expect(seen.length).toBeGreaterThan(aSecondBefore);
  }
});

test('every byte is kept as it came, of both streams, text or not', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const exec = recorder.channel({ kind: 'exec', command: 'x', term: 'xterm', cols: 80, rows: 24 });
  const sent = { out: [] as Buffer[], err: [] as Buffer[] };
  const lent = Buffer.alloc(1000);
  for (let i = 0; i < 300; i += 1) {
    randomFillSync(lent);
    const piece = lent.subarray(0, 1 + (i % 997));
    exec.output(piece, i % 3 === 0);
    (i % 3 === 0 ? sent.err : sent.out).push(Buffer.from(piece));
  }
  lent.fill(0);
  exec.end({ code: 0 });
  await finish();
  const got = { out: [] as Buffer[], err: [] as Buffer[] };
  for await (const line of readLines({ store: folderStore(dir), keys, sessionId: id })) {
    if (line.k === 'o') (line.e === true ? got.err : got.out).push(line.data);
  }
  expect(Buffer.concat(got.out).equals(Buffer.concat(sent.out))).toBe(true);
  expect(Buffer.concat(got.err).equals(Buffer.concat(sent.err))).toBe(true);
});

test('a letter cut in two is whole again, also when error output comes between', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  const [out, err] = [Buffer.from('zażółć'), Buffer.from('błąd')];
  for (let i = 0; i < out.length; i += 1) {
    shell.output(out.subarray(i, i + 1));
    if (i < err.length) shell.output(err.subarray(i, i + 1), true);
  }
  shell.end({});
  await finish();
  const shown = (await store.asciicast(id))
    .split('\n')
    .filter((l) => l.includes('"o"'))
    .map((l) => (JSON.parse(l) as string[])[2])
    .join('');
  expect([...shown].sort().join('')).toBe([...'zażółćbłąd'].sort().join(''));
});

test('what does not shrink is not compressed, and what is not text is told of instead of shown', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const exec = recorder.channel({ kind: 'exec', command: 'cat disk.img', term: 'xterm' });
  exec.output(randomBytes(70_000));
  exec.end({ code: 0 });
  await finish();
  expect(readFileSync(join(dir, id, '000000.rvc'))[4]).toBe(0);
  const cast = await store.asciicast(id);
  expect(cast).toContain('is not text and is not shown');
  expect(cast.length).toBeLessThan(2000);
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

/** A typist at work: small chunks, in packs. */
async function typed(): Promise<{ id: string; head: string; pack: string }> {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  for (let i = 0; i < 5; i += 1) {
    shell.output(Buffer.from(`typed ${i}\r\n`));
    await new Promise((done) => setTimeout(done, 450));
  }
  shell.end({ code: 0 });
  return { id, head: (await finish()).head, pack: join(dir, id, '000000.rvp') };
}

test('small chunks lie in one pack, in which a change is found as in files', async () => {
  const { id, head, pack } = await typed();
  expect(readdirSync(join(dir, id)).sort()).toEqual(['000000.rvp', 'manifest.json']);
  const whole = readFileSync(pack);
  expect(await store.verify(id, head)).toMatchObject({ ok: true, problem: null });
  const last = whole.length - (framesIn(whole).at(-1)?.length ?? 0) - 4;
  const checks: readonly [Buffer, RegExp][] = [
    [flipped(whole, 100), /chunk 0 does not open/],
    [flipped(whole, last + 60), /chunk \d+ does not open/],
    [whole.subarray(0, last), /does not end in the digest/],
    [whole.subarray(0, last + 20), /does not end in the digest/],
    [Buffer.alloc(0), /does not end in the digest/],
    [Buffer.concat([whole, whole.subarray(last)]), /chunk \d+ does not follow/],
    [Buffer.concat([whole.subarray(last), whole]), /chunk 0 does not follow/],
  ];
  for (const [bytes, problem] of checks) {
    writeFileSync(pack, bytes);
    const checked = await store.verify(id, head);
    expect(checked).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string });
  }
  writeFileSync(pack, whole);
  expect(await store.verify(id, head)).toMatchObject({ ok: true });
  rmSync(pack);
  expect(await store.verify(id, head)).toMatchObject({ ok: false });
});
const framesIn = (pack: Buffer): Buffer[] => [...framesOf(pack)];
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test('small and large chunks follow each other, in packs and files, and open as one', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  const sent: Buffer[] = [];
  for (const size of [10, 90_000, 20, 30, 120_000, 40]) {
    const piece = randomBytes(size);
    sent.push(piece);
    shell.output(piece);
    await new Promise((done) => setTimeout(done, 450));
  }
  shell.end({ code: 0 });
  const { head } = await finish();
  const kinds = new Set(readdirSync(join(dir, id)).map((name) => name.slice(-4)));
  expect([...kinds].sort()).toEqual(['.rvc', '.rvp', 'json']);
  expect(await store.verify(id, head)).toMatchObject({ ok: true, problem: null });
  const got: Buffer[] = [];
  for await (const line of readLines({ store: folderStore(dir), keys, sessionId: id }))
    if (line.k === 'o') got.push(line.data);
  expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
});

test('zeroes that a crash left at the end of a pack are no chunk', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  shell.output(Buffer.from('before the crash'));
  shell.end({ code: 0 });
  const { head } = await finish();
  const packs = readdirSync(join(dir, id)).filter((name) => name.endsWith('.rvp'));
  expect(packs).toHaveLength(1);
  appendFileSync(join(dir, id, packs[0] ?? ''), Buffer.alloc(4096));
  expect(await store.verify(id, head)).toMatchObject({ ok: true, problem: null });
  expect(await store.asciicast(id)).toContain('before the crash');
});

test('an id that is no id opens nothing outside the store', async () => {
  for (const id of ['../../etc/passwd', '..', '', 'x/y'])
    await expect(store.asciicast(id)).rejects.toMatchObject({ status: 404 });
});

test('a damaged recording shows what comes before the damage, and says where it is', async () => {
  const { id } = await record();
  truncateSync(join(dir, id, '000003.rvc'), 50);
  const cast = (await store.asciicast(id)).trim().split('\n');
  expect(cast.join('')).toContain('line 1 ');
  expect(JSON.parse(cast.at(-1) ?? '')).toMatchObject([
    expect.any(Number),
    'm',
    expect.stringContaining('damaged from here on, and not shown: chunk 3') as string,
  ]);
  truncateSync(join(dir, id, '000000.rvc'), 50);
  await expect(store.asciicast(id)).rejects.toMatchObject({ code: 'integrity.recording' });
});

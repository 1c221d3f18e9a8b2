import { randomBytes } from 'node:crypto';
import fs, { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Recordings } from '../edges.ts';
import { openRecordings } from './index.ts';
import { folderStore } from './store/in-folder.ts';

/** What the disk was asked to keep, by inode, how large it was then: the real calls, watched. */
const onDisk = new Map<number, number>();
let fails = false;
let slowMs = 0;
let dir: string;
let store: Recordings;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'reeve-durable-'));
  store = openRecordings({
    store: folderStore(dir),
    keys: keysOf(rootKeyOf(Buffer.alloc(32, 3))),
    waitSeconds: 60,
  });
});
beforeEach(() => {
  onDisk.clear();
  [fails, slowMs] = [false, 0];
  for (const call of ['fdatasync', 'fsync'] as const) {
    const real = fs[call];
    vi.spyOn(fs, call).mockImplementation((file, done) => {
      const { ino, size } = fs.fstatSync(file);
      setTimeout(() => {
        if (fails) return done(Object.assign(new Error(`EIO: i/o error, ${call}`), { code: 'EIO' }));
        real(file, (error) => {
          if (error === null) onDisk.set(ino, size);
          done(error);
        });
      }, slowMs);
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => rmSync(dir, { recursive: true }));

const isOnDisk = (path: string): boolean => onDisk.has(statSync(path).ino);
/** How much of a file is safe. */
const safe = (path: string): number => onDisk.get(statSync(path).ino) ?? -1;
const filesOf = (id: string): string[] => readdirSync(join(dir, id)).map((name) => join(dir, id, name));

test('while it flows, every chunk and its name are on disk within a second of being said', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  const seenAt = new Map<string, { readonly at: number; readonly size: number }[]>();
  const late: string[] = [];
  for (let round = 0; round < 60; round += 1) {
    // now what is a file of its own, now what is put to others
    shell.output(round < 30 ? randomBytes(20_000) : Buffer.from(`line ${round}\r\n`));
    await pause(40);
    const now = performance.now();
    for (const path of filesOf(id).filter((f) => !f.endsWith('.part'))) {
      const seen = seenAt.get(path) ?? [];
      seen.push({ at: now, size: statSync(path).size });
      seenAt.set(path, seen);
      if (seen.some(({ at, size }) => now - at > 1000 && size > safe(path))) late.push(path);
    }
  }
  expect(late).toEqual([]);
  expect(seenAt.size).toBeGreaterThan(5);
  expect([...seenAt.keys()].some((path) => path.endsWith('.rvp'))).toBe(true);
  expect(isOnDisk(join(dir, id))).toBe(true);
  expect(isOnDisk(dir)).toBe(true);
  await finish();
});

test('before it says what it ends in, all of it is on disk', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  recorder.channel({ kind: 'exec', command: 'id' }).output(Buffer.from('uid=0'));
  await finish();
  const files = filesOf(id);
  expect(files.map((f) => f.slice(-10))).toEqual(['000000.rvp', 'ifest.json'].map((f) => f.slice(-10)));
  for (const path of [...files, join(dir, id), dir]) expect(isOnDisk(path), path).toBe(true);
});

test('a disk that does not keep what it was given ends the session, and the recording does not say it is whole', async () => {
  const id = newId();
  const { recorder, finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  fails = true;
  shell.output(Buffer.from('something'));
  await expect(recorder.failed).rejects.toMatchObject({ code: 'EIO' });
  fails = false;
  expect(shell.output(Buffer.from('more'))).toBe(false);
  await expect(finish()).rejects.toMatchObject({ code: 'EIO' });
});

test('a slow disk does not hold up what flows', async () => {
  slowMs = 150;
  const { recorder, finish } = await store.begin(newId(), { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  const began = performance.now();
  let stops = 0;
  for (let i = 0; i < 100; i += 1) {
    if (!shell.output(Buffer.from(`${i} ${'x'.repeat(60_000)}`))) {
      stops += 1;
      await recorder.drained();
    }
    await pause(1);
  }
  expect(stops).toBeLessThan(5);
  expect(performance.now() - began).toBeLessThan(3000);
  slowMs = 0;
  await finish();
});

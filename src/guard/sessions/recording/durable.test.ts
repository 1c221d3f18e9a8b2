import { randomBytes } from 'node:crypto';
import fs, { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { until } from '#kit/testing/index.ts';
import type { Recordings } from '../edges.ts';
import { openRecordings } from './index.ts';
import { folderStore } from './store/in-folder.ts';
import { SyncedNames } from './store/synced-names.ts';

/** What the disk was asked to keep, by inode, how large it was then: the real calls, watched. */
const onDisk = new Map<number, number>();
/** How often it was. */
const asked = new Map<number, number>();
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
  asked.clear();
  [fails, slowMs] = [false, 0];
  for (const call of ['fdatasync', 'fsync'] as const) {
    const real = fs[call];
    vi.spyOn(fs, call).mockImplementation((file, done) => {
      const { ino, size } = fs.fstatSync(file);
      asked.set(ino, (asked.get(ino) ?? 0) + 1);
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
/** Files of recordings that this process holds open. */
const open = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((n) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${n}`);
      return path.startsWith(dir) ? [path] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
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

test('recordings that begin together ask for the list of their names together, and each waits until its own is in it', async () => {
  slowMs = 30;
  const all = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const id = newId();
      const { finish } = await store.begin(id, { title: 't', startedAt: new Date(0) });
      return { id, finish };
    }),
  );
  const before = asked.get(statSync(dir).ino) ?? 0;
  await Promise.all(all.map(({ finish }) => finish()));
  for (const { id } of all) expect(isOnDisk(join(dir, id)), id).toBe(true);
  expect((asked.get(statSync(dir).ino) ?? 0) - before).toBeLessThan(8);
});

test('whoever asks while the list is being put on disk waits for the next time, with all others who do', async () => {
  slowMs = 50;
  const list = new SyncedNames(dir);
  const { ino } = statSync(dir);
  const times = (n: number) =>
    until(() => asked.get(ino) === n, { timeoutMs: 5_000, what: `the list is put on disk, ${n}` });
  const first = list.sync();
  await times(1);
  const second = [list.sync(), list.sync(), list.sync()];
  await first;
  expect(onDisk.has(ino)).toBe(true);
  onDisk.clear();
  await times(2);
  const third = list.sync();
  await Promise.all(second);
  expect(onDisk.has(ino)).toBe(true);
  await times(3);
  await third;
  fails = true;
  const bad = list.sync();
  const after = list.sync();
  await expect(bad).rejects.toMatchObject({ code: 'EIO' });
  fails = false;
  await expect(after).resolves.toBeUndefined();
  expect(asked.get(ino)).toBe(5);
});

test('files are open until they are on disk, and no longer, whether the disk takes them or not', async () => {
  slowMs = 50;
  const { recorder, finish } = await store.begin(newId(), { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  shell.output(Buffer.from('small'));
  await pause(450);
  expect(open().length).toBeGreaterThan(0);
  await finish();
  await until(() => open().length === 0, { timeoutMs: 5_000, what: 'files that are on disk are closed' });
  const broken = await store.begin(newId(), { title: 't', startedAt: new Date(0) });
  fails = true;
  await expect(broken.recorder.failed).rejects.toMatchObject({ code: 'EIO' });
  await until(() => open().length === 0, { timeoutMs: 5_000, what: 'files the disk did not take are closed' });
  await expect(broken.finish()).rejects.toMatchObject({ code: 'EIO' });
});

test('of what flows faster than a slow disk takes it, few files are open', async () => {
  slowMs = 100;
  const { recorder, finish } = await store.begin(newId(), { title: 't', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  let most = 0;
  for (let i = 0; i < 60; i += 1) {
    shell.output(randomBytes(70_000));
    await pause(5);
    most = Math.max(most, open().length);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(6);
  slowMs = 0;
  await finish();
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

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { Bucket } from '#kit/s3/index.ts';
import { fakeStorage, type FakeStorage } from '#kit/s3/storage.fixture.ts';
import { until } from '#kit/testing/index.ts';
import type { Recording, Recordings } from '../../edges.ts';
import { openRecordings, storeInBucket, storeInFolder, type Standing } from '../index.ts';

let storage: FakeStorage;
let recordings: Recordings;
beforeAll(async () => {
  storage = await fakeStorage();
  recordings = openRecordings({
    store: storeInBucket(new Bucket(storage.place)),
    keys: keysOf(rootKeyOf(Buffer.alloc(32, 3))),
    waitSeconds: 30,
    slowMs: 3_000,
  });
});
beforeEach(() => {
  storage.puts = 'taken';
});
afterAll(() => storage.stop());

const begin = async (): Promise<{ id: string; recording: Recording; standing: Standing[] }> => {
  const id = newId();
  const recording = await recordings.begin(id, { title: 'root@web1', startedAt: new Date(0) });
  const standing: Standing[] = [];
  recording.onStanding((now) => standing.push(now));
  return { id, recording, standing };
};
const shell = (recording: Recording) =>
  recording.recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
const objectsOf = (id: string): string[] =>
  [...storage.objects.keys()].filter((name) => name.includes(id)).map((name) => name.split('/').at(-1) ?? '');

test('a recording is in the bucket as it flows, and is read, followed, proved and taken away there', async () => {
  const { id, recording } = await begin();
  expect(objectsOf(id)).toEqual(['manifest.json']);
  const screen = shell(recording);
  for (let n = 0; n < 5; n += 1) {
    screen.output(Buffer.from(`line ${n} ${'x'.repeat(70_000)}\r\n`));
    await until(() => objectsOf(id).length >= n + 2, { timeoutMs: 5_000, what: `the ${n}-th chunk in the bucket` });
  }
  const live = await recordings.follow({ watchId: newId(), sessionId: id, after: 0, waitMs: 0 });
  expect(live).toMatchObject({ next: 5, finished: false });
  const { head } = await recording.finish();
  expect(await recordings.verify(id, head)).toMatchObject({ ok: true, chunks: 6, problem: null });
  expect(await recordings.asciicast(id)).toContain('line 4');
  const tail = [...storage.objects].find(([name]) => name.includes(`${id}/000005`));
  storage.objects.delete(tail?.[0] ?? '');
  expect((await recordings.verify(id, head)).problem).toContain('chunks are missing at its end');
  storage.objects.set(`reeve/${id}/000002.rvc`, Buffer.from(storage.objects.get(`reeve/${id}/000003.rvc`) ?? ''));
  expect((await recordings.verify(id, head)).problem).toContain('chunk 2 does not follow');
  await recordings.remove(id);
  expect(objectsOf(id)).toEqual([]);
  await expect(recordings.asciicast(id)).rejects.toMatchObject({ code: 'recording.not_found' });
});

test('a bucket that is full or broken, or whose answers are lost, holds the session, and what waited is in it afterwards', async () => {
  for (const [puts, why] of [
    ['full', 'full'],
    ['broken', 'unwritable'],
    ['taken, and the answer is lost', 'unwritable'],
  ] as const) {
    const { id, recording, standing } = await begin();
    const screen = shell(recording);
    storage.puts = puts;
    screen.output(Buffer.from('shown before it is known'));
    await until(() => standing.length === 1, { timeoutMs: 5_000, what: `a bucket that is ${why}` });
    expect(standing).toEqual([{ is: 'behind', why, waitSeconds: 30 }]);
    expect(screen.input(Buffer.from('x'))).toBe(false);
    storage.puts = 'taken';
    await recording.recorder.drained();
    expect(standing.at(-1)).toEqual({ is: 'kept_up' });
    const { head } = await recording.finish();
    expect(await recordings.verify(id, head)).toMatchObject({ ok: true });
    expect(await recordings.asciicast(id)).toContain('shown before it is known');
  }
});

test('while it is away no session begins', async () => {
  storage.puts = 'broken';
  await expect(begin()).rejects.toMatchObject({ code: 'recording.cannot_begin', status: 503 });
});

test('a folder of recordings that was moved here is read, small chunks that lie in packs too', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-moved-'));
  const folder = openRecordings({
    store: await storeInFolder(dir),
    keys: keysOf(rootKeyOf(Buffer.alloc(32, 3))),
    waitSeconds: 0,
  });
  const id = newId();
  const { recorder, finish } = await folder.begin(id, { title: 'root@web1', startedAt: new Date(0) });
  const shell = recorder.channel({ kind: 'shell', term: 'xterm', cols: 80, rows: 24 });
  for (const line of ['one', 'two', 'three']) {
    shell.output(Buffer.from(`${line}\r\n`));
    await new Promise((later) => setTimeout(later, 450));
  }
  shell.end({ code: 0 });
  const { head } = await finish();
  const files = readdirSync(join(dir, id));
  expect(files.some((name) => name.endsWith('.rvp'))).toBe(true);
  for (const name of files) storage.objects.set(`reeve/${id}/${name}`, readFileSync(join(dir, id, name)));
  rmSync(dir, { recursive: true });
  expect(await recordings.verify(id, head)).toMatchObject({ ok: true, problem: null });
  expect(await recordings.asciicast(id)).toContain('three');
  await recordings.remove(id);
  expect([...storage.objects.keys()].filter((name) => name.includes(id))).toEqual([]);
});

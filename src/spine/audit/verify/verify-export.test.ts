import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatLogKey, logSigner } from '../checkpoint/log-key.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { newId } from '#kit/ids/index.ts';
import { logHouse, type LogHouse } from '../testing/log-house.ts';
import { verifyExport } from './verify-export.ts';

let house: LogHouse;
let lines: string[];
let witness: string;
beforeAll(async () => {
  house = await logHouse();
  for (const count of [3, 1, 5, 2]) {
    await house.happen(count, { subject: newId(), data: { door: 'naïve "door" \\ 門', times: 0.1, name: 'Ines' } });
    await house.sequence();
  }
  lines = await house.exported();
  witness = await house.witnessed();
});
afterAll(() => house.drop());

const check = (source: Iterable<string | Buffer>, ...witnesses: string[]) =>
  verifyExport(Readable.from(source), house.signer, { witnesses });

describe('a copy', () => {
  test('verifies whatever pieces it arrives in, with the key as the auditor keeps it', async () => {
    const bytes = Buffer.from(lines.join(''));
    for (const size of [1, 7, 64, 100_000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, i * size + size),
      );
      const result = await verifyExport(Readable.from(pieces), formatLogKey(house.signer), { witnesses: [witness] });
      expect(result).toMatchObject({ ok: true, size: 11, checkpoints: 4 });
    }
    expect(await check([bytes.subarray(0, -1)], witness)).toMatchObject({ ok: true, size: 11 });
  });

  test('of nothing yet is sound, an empty file is not', async () => {
    expect(await check(lines.slice(0, 1))).toMatchObject({ ok: true, size: 0 });
    expect((await check([])).first).toMatchObject({ kind: 'unreadable' });
  });

  test('with any one bit changed is found out', async () => {
    const bytes = Buffer.from(lines.join(''));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 2), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect((await check([changed], witness)).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('with lines removed, doubled or exchanged is found out', async () => {
    const place = fc.nat(lines.length - 2).map((n) => n + 1);
    await fc.assert(
      fc.asyncProperty(place, place, fc.constantFrom('remove', 'double', 'exchange'), async (a, b, how) => {
        const changed = [...lines];
        if (how === 'remove') changed.splice(a, 1);
        if (how === 'double') changed.splice(b, 0, changed[a] as string);
        if (how === 'exchange') [changed[a], changed[b]] = [changed[b] as string, changed[a] as string];
        const same = changed.join('') === lines.join('');
        expect((await check(changed, witness)).ok).toBe(same);
      }),
      { numRuns: 200 },
    );
  });

  test('that says one thing to a reader and another to the verifier is refused', async () => {
    const doubled = lines.map((line, i) => (i === 2 ? line.replace('"data":{', '"data":{"door":"another",') : line));
    expect((await check(doubled)).first).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('canonical') as string,
    });
    const spaced = lines.map((line, i) => (i === 2 ? line.replace(',', ', ') : line));
    expect((await check(spaced)).first).toMatchObject({ kind: 'unreadable' });
  });

  test('of another log, or held against another key or a foreign witness, is refused', async () => {
    const other = logSigner(keysOf(rootKeyOf(Buffer.alloc(32, 8))));
    const wrong = await verifyExport(Readable.from(lines), other);
    expect(wrong.first).toMatchObject({
      kind: 'unreadable',
      seq: 0,
      detail: expect.stringContaining(house.signer.origin) as string,
    });
    await expect(verifyExport(Readable.from(lines), 'no key')).rejects.toMatchObject({ status: 422 });
    await expect(check(lines, 'no note')).rejects.toMatchObject({ status: 422 });
  });

  test('that never ends is given up in bounded memory', async () => {
    const event = lines[1] as string;
    function* endless(text: string): Generator<string> {
      for (let i = 0; i < 50_000_000; i += 1) yield text;
    }
    const before = process.memoryUsage().heapUsed;
    const many = await check(joined(lines.slice(0, 1), endless(event)));
    expect(many.first).toMatchObject({ kind: 'checkpoint', seq: 0 });
    const long = await check(joined(lines.slice(0, 1), endless('x'.repeat(65_536))));
    expect(long.first).toMatchObject({ kind: 'unreadable', detail: expect.stringContaining('longer') as string });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300_000_000);
  });

  function* joined(...parts: Iterable<string>[]): Generator<string> {
    for (const part of parts) yield* part;
  }

  test('that is not UTF-8 is told so', async () => {
    expect((await check([Buffer.from(lines[0] ?? ''), Buffer.of(0xff, 0xfe, 0x0a)])).first).toMatchObject({
      kind: 'unreadable',
    });
  });
});

describe('a copy that begins at a checkpoint', () => {
  test('verifies from there on', async () => {
    const part = await house.exported(4);
    expect(await check(part, witness)).toMatchObject({ ok: true, size: 11, checkpoints: 2 });
    await expect(house.exported(2)).rejects.toMatchObject({ code: 'audit.no_such_checkpoint' });
  });

  test('is refused when the tree it starts from is not the one signed', async () => {
    const part = await house.exported(9);
    const edge = JSON.parse(part[0] ?? '') as { edge: string[] };
    const other = Buffer.alloc(32, 3).toString('base64');
    const forged = [(part[0] ?? '').replace(edge.edge[0] ?? '?', other), ...part.slice(1)];
    expect((await check(forged)).first).toMatchObject({ kind: 'checkpoint', seq: 9 });
    const headless = [(part[0] ?? '').replace(/"start":".*?[^\\]"/, '"start":null'), ...part.slice(1)];
    expect((await check(headless)).ok).toBe(false);
  });
});

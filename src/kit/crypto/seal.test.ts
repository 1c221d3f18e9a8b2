import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { createNonceSource, keyIdOf, open, reseal, seal, SEAL_OVERHEAD, sealingKey, randomSecret } from './seal.ts';
import { newDataKey, openEnvelope, rebindKey, rewrapKey, sealEnvelope, unwrapKey } from './envelope.ts';

const key = sealingKey(randomSecret(32));
const refused = expect.objectContaining({ code: 'crypto.does_not_open' });

describe('sealing', () => {
  test('what is sealed opens to the same bytes under the same key and context', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
        const plain = Buffer.from(bytes);
        const sealed = seal(key, plain, context);
        expect(sealed.length).toBe(plain.length + SEAL_OVERHEAD);
        expect(open(key, sealed, context).equals(plain)).toBe(true);
      }),
    );
  });

  test('a ciphertext moved to another place does not open', () => {
    const sealed = seal(key, Buffer.from('s3cret'), 'vault/a/1');
    for (const other of ['vault/a/2', 'vault/b/1', '', 'vault/a/1 ']) {
      expect(() => open(key, sealed, other)).toThrow(refused);
    }
  });

  test('no single bit of a sealed value can be changed, and no byte cut off or added', () => {
    const sealed = seal(key, Buffer.from('s3cret'), 'c');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(key, flipped, 'c')).toThrow(refused);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => open(key, sealed.subarray(0, length), 'c')).toThrow(refused);
    }
    expect(() => open(key, Buffer.concat([sealed, Buffer.of(0)]), 'c')).toThrow(refused);
  });

  test('another key does not open it, and the sealed value names the right one', () => {
    const sealed = seal(key, Buffer.from('x'), 'c');
    expect(() => open(sealingKey(randomSecret(32)), sealed, 'c')).toThrow(refused);
    expect(keyIdOf(sealed)?.equals(key.id)).toBe(true);
    expect(keyIdOf(Buffer.from('short'))).toBeUndefined();
  });

  test('a refusal to open says the same whatever was wrong', () => {
    const sealed = seal(key, Buffer.from('x'), 'c');
    const tell = (work: () => unknown): string => {
      try {
        work();
        return 'opened';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const cut = tell(() => open(key, sealed.subarray(0, 10), 'c'));
    expect(tell(() => open(key, sealed, 'other'))).toBe(cut);
    expect(tell(() => open(sealingKey(Buffer.alloc(32)), sealed, 'c'))).toBe(cut);
  });

  test('a nonce is never given twice, also when the count is used up', () => {
    const seen = new Set<string>();
    const next = createNonceSource(1000);
    for (let i = 0; i < 50_000; i += 1) seen.add(next().toString('hex'));
    expect(seen.size).toBe(50_000);
    expect(new Set([...seen].map((n) => n.slice(0, 16))).size).toBe(50);
    const sealed = Array.from({ length: 5000 }, () => seal(key, Buffer.alloc(0), '').toString('hex', 9, 21));
    expect(new Set(sealed).size).toBe(5000);
  });

  test('a key has 32 bytes', () => {
    expect(() => sealingKey(Buffer.alloc(16))).toThrow(RangeError);
  });
});

describe('envelopes', () => {
  test('each secret has a data key of its own, and both parts are bound to their place', () => {
    const context = (n: number) => ({ value: `secret/${n}`, key: `secret/${n}/now` });
    const one = sealEnvelope(key, Buffer.from('s3cret'), context(1));
    const two = sealEnvelope(key, Buffer.from('s3cret'), context(2));
    expect(openEnvelope(key, one, context(1)).toString()).toBe('s3cret');
    expect(keyIdOf(one.sealed)?.equals(keyIdOf(two.sealed) ?? Buffer.alloc(0))).toBe(false);
    expect(() => openEnvelope(key, one, context(2))).toThrow(refused);
    expect(() => openEnvelope(key, { wrappedKey: two.wrappedKey, sealed: one.sealed }, context(1))).toThrow(refused);
    expect(() => openEnvelope(key, one, { ...context(1), key: context(2).key })).toThrow(refused);
    expect(() => openEnvelope(key, one, { ...context(1), value: context(2).value })).toThrow(refused);
  });

  test('a data key is bound to another context, and opens under the one before no more', () => {
    const { wrapped } = newDataKey(key, 'secret/1/pending');
    const bound = rebindKey(key, wrapped, 'secret/1/pending', 'secret/1/current');
    expect(unwrapKey(key, bound, 'secret/1/current').id).toEqual(unwrapKey(key, wrapped, 'secret/1/pending').id);
    expect(() => unwrapKey(key, bound, 'secret/1/pending')).toThrow(refused);
    expect(() => rebindKey(key, wrapped, 'secret/1/current', 'secret/1/pending')).toThrow(refused);
  });

  test('a data key moves to a new wrapping key without its secrets being sealed again', () => {
    const fresh = { ...sealingKey(randomSecret(32)), others: [key] };
    const data = newDataKey(key, 'secret/1');
    const sealed = seal(data.key, Buffer.from('s3cret'), 'v1');
    const moved = rewrapKey(fresh, data.wrapped, 'secret/1');
    expect(keyIdOf(moved)).toEqual(fresh.id);
    expect(open(unwrapKey(fresh, moved, 'secret/1'), sealed, 'v1').toString()).toBe('s3cret');
    expect(() => unwrapKey(key, moved, 'secret/1')).toThrow(refused);
    expect(() => rewrapKey(fresh, data.wrapped, 'secret/2')).toThrow(refused);
  });

  test('keys of other generations open and never seal', () => {
    const fresh = { ...sealingKey(randomSecret(32)), others: [key] };
    const old = seal(key, Buffer.from('before'), 'c');
    expect(open(fresh, old, 'c').toString()).toBe('before');
    expect(keyIdOf(seal(fresh, Buffer.from('now'), 'c'))).toEqual(fresh.id);
    expect(keyIdOf(reseal(fresh, old, 'c'))).toEqual(fresh.id);
    expect(() => open(fresh, old, 'd')).toThrow(refused);
    expect(() => open({ ...fresh, others: [] }, old, 'c')).toThrow(refused);
  });
});

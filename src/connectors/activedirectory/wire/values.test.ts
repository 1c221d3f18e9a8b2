import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../port.ts';
import { filetimeInstant, filetimeOf, generalizedInstant, intervalMs } from './filetime.ts';
import { guidBytes, guidText, ridOf, sidBytes, sidText } from './identifiers.ts';
import { readSecurityDescriptor, type AllowedAce } from './security-descriptor.ts';

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const sid = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.array(u32, { maxLength: 15 }))
  .map(([authority, parts]) => ['S-1', authority, ...parts].join('-'));
const guid = fc.uuid();

/** Either the text of a value or the one error parsers may throw, whatever the bytes. */
function expectSurvival(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(TargetError);
    expect(error).toMatchObject({ code: 'failed' });
  }
}

describe('security identifiers and GUIDs', () => {
  it('are read as they are written, whatever they are', () => {
    fc.assert(
      fc.property(sid, guid, (identity, id) => {
        expect(sidText(sidBytes(identity))).toBe(identity);
        expect(guidText(guidBytes(id))).toBe(id);
      }),
    );
  });

  it('are those of the specifications', () => {
    expect(sidText(Buffer.from('01020000000000052000000020020000', 'hex'))).toBe('S-1-5-32-544');
    expect(ridOf('S-1-5-21-1-2-3-512')).toBe(512);
    // MS-DTYP 2.3.4.2: the first three parts are little-endian.
    expect(guidText(Buffer.from('ba7a96bfe60dd011a28500aa003049e2', 'hex'))).toBe(
      'bf967aba-0de6-11d0-a285-00aa003049e2',
    );
  });

  it('that are cut or nonsense throw, and only the promised error', () => {
    for (const bytes of ['', '01', '0102000000000005', '02020000000000052000000020020000'])
      expect(() => sidText(Buffer.from(bytes, 'hex')), bytes).toThrow(TargetError);
    for (const text of ['', 'S-1', 'S-2-5-18', 'S-1-5-4294967296', 'S-1-5-1-'])
      expect(() => sidBytes(text), text).toThrow(TargetError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => expectSurvival(() => sidText(Buffer.from(bytes)))),
    );
  });
});

describe('instants', () => {
  it('are kept to the millisecond and go back to the same number', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1601-01-02T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
        (at) => {
          expect(filetimeInstant(filetimeOf(at))).toBe(at.toISOString());
        },
      ),
    );
  });

  it('0, the largest number and what is missing are no instant', () => {
    for (const none of ['0', '9223372036854775807', undefined, '-1']) expect(filetimeInstant(none)).toBeUndefined();
    expect(filetimeInstant('116444736000000000')).toBe('1970-01-01T00:00:00.000Z');
    expect(() => filetimeInstant('soon')).toThrow(TargetError);
    expect(generalizedInstant('20261125205921.0Z')).toBe('2026-11-25T20:59:21.000Z');
    expect(intervalMs('-18000000000')).toBe(1_800_000);
    expect(intervalMs('-9223372036854775808')).toBeUndefined();
  });
});

const ace = fc.record({
  type: fc.constantFrom(0x00, 0x05, 0x09, 0x0b, 0x01, 0x06, 0x02, 0x11),
  flags: fc.integer({ min: 0, max: 0x1f }),
  mask: u32,
  objectType: fc.option(guid, { nil: undefined }),
  inheritedType: fc.option(guid, { nil: undefined }),
  trustee: sid,
  condition: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.alloc(4 * Math.ceil(bytes.length / 4), 1)),
});
type Ace = typeof ace extends fc.Arbitrary<infer Value> ? Value : never;

const hasObject = (type: number): boolean => [0x05, 0x06, 0x0b].includes(type);
const allows = (type: number): boolean => [0x00, 0x05, 0x09, 0x0b].includes(type);

/** As MS-DTYP 2.4.4 writes one. */
function aceBytes(one: Ace): Buffer {
  const object = hasObject(one.type)
    ? [
        Buffer.from([(one.objectType ? 1 : 0) | (one.inheritedType ? 2 : 0), 0, 0, 0]),
        one.objectType ? guidBytes(one.objectType) : Buffer.alloc(0),
        one.inheritedType ? guidBytes(one.inheritedType) : Buffer.alloc(0),
      ]
    : [];
  const body = Buffer.concat([...object, sidBytes(one.trustee), one.condition]);
  const head = Buffer.alloc(8);
  head[0] = one.type;
  head[1] = one.flags;
  head.writeUInt16LE(8 + body.length, 2);
  head.writeUInt32LE(one.mask, 4);
  return Buffer.concat([head, body]);
}

function descriptorBytes(owner: string | undefined, aces: readonly Ace[] | undefined): Buffer {
  const ownerBytes = owner === undefined ? Buffer.alloc(0) : sidBytes(owner);
  const entries = aces?.map(aceBytes) ?? [];
  const body = Buffer.concat(entries);
  const acl = Buffer.alloc(8);
  acl[0] = 4;
  acl.writeUInt16LE(8 + body.length, 2);
  acl.writeUInt16LE(entries.length, 4);
  const head = Buffer.alloc(20);
  head[0] = 1;
  head.writeUInt16LE(0x8000 | (aces ? 4 : 0), 2);
  head.writeUInt32LE(owner === undefined ? 0 : 20, 4);
  head.writeUInt32LE(aces ? 20 + ownerBytes.length : 0, 16);
  return Buffer.concat([head, ownerBytes, ...(aces ? [acl, body] : [])]);
}

const expected = (one: Ace): AllowedAce => ({
  trustee: one.trustee,
  mask: one.mask,
  here: (one.flags & 8) === 0,
  below: (one.flags & 2) !== 0,
  inherited: (one.flags & 0x10) !== 0,
  ...(hasObject(one.type) && one.objectType ? { objectType: one.objectType } : {}),
  ...(hasObject(one.type) && one.inheritedType ? { inheritedType: one.inheritedType } : {}),
});

describe('security descriptors', () => {
  it('are read as they were written, entries that deny or audit left out', () => {
    fc.assert(
      fc.property(fc.option(sid, { nil: undefined }), fc.array(ace, { maxLength: 12 }), (owner, aces) => {
        const read = readSecurityDescriptor(descriptorBytes(owner, aces));
        expect(read.owner).toBe(owner);
        expect(read.open).toBe(false);
        expect(read.allowed).toEqual(aces.filter((one) => allows(one.type)).map(expected));
      }),
    );
    expect(readSecurityDescriptor(descriptorBytes(undefined, undefined))).toEqual({ allowed: [], open: true });
  });

  it('cut anywhere throw, and never give less', () => {
    fc.assert(
      fc.property(sid, fc.array(ace, { minLength: 1, maxLength: 6 }), fc.nat(), (owner, aces, at) => {
        const whole = descriptorBytes(owner, aces);
        expect(() => readSecurityDescriptor(whole.subarray(0, at % whole.length))).toThrow(TargetError);
      }),
    );
  });

  it('that are any bytes at all throw nothing but the promised error', () => {
    const likely = fc
      .tuple(fc.uint8Array({ maxLength: 200 }), sid)
      .map(([bytes, owner]) => Buffer.concat([descriptorBytes(owner, []), Buffer.from(bytes)]));
    const broken = fc.tuple(likely, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([bytes, at, value]) => {
      bytes[at % bytes.length] = value;
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.oneof(
          broken,
          fc.uint8Array({ maxLength: 120 }).map((b) => Buffer.from(b)),
        ),
        (bytes) => expectSurvival(() => readSecurityDescriptor(bytes)),
      ),
      { numRuns: 500 },
    );
  });
});

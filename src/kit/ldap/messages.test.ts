import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ber, berInteger, berTag } from './ber.ts';
import { decodeMessage } from './decode-message.ts';
import { encodeRequest } from './encode-request.ts';
import { MessageFrames } from './frame-messages.ts';
import { LdapError } from './ldap-error.ts';

const octets = (text: string | Buffer): Buffer => ber(berTag.octets, text);
const controls = ber(
  0xa0,
  ber(berTag.sequence, octets('1.2.3'), ber(berTag.boolean, Buffer.from([0xff])), octets('v')),
  ber(berTag.sequence, octets('1.2.4')),
);
const message = (id: number, op: Buffer, extra: Buffer = Buffer.alloc(0)): Buffer =>
  ber(berTag.sequence, berInteger(id), op, extra);
const attribute = (name: string, values: readonly (string | Buffer)[]): Buffer =>
  ber(berTag.sequence, octets(name), ber(berTag.set, ...values.map(octets)));
const entry = message(
  7,
  ber(
    0x64,
    octets('uid=a,dc=x'),
    ber(
      berTag.sequence,
      attribute('uid', ['a']),
      attribute('Member', ['x', 'ž', Buffer.from([255])]),
      attribute('empty', []),
    ),
  ),
  controls,
);

describe('an answer', () => {
  it('an entry keeps its values as bytes and finds them by name, whatever the case', () => {
    const read = decodeMessage(entry);
    if (read.kind !== 'entry') throw new Error('no entry');
    expect(read.entry.names).toEqual(['uid', 'Member', 'empty']);
    expect(read.entry.text('UID')).toBe('a');
    expect([...read.entry.eachText('member')]).toEqual(['x', 'ž', '\ufffd']);
    expect(read.entry.bytes('MEMBER')).toEqual(Buffer.from('x'));
    expect([read.entry.has('empty'), read.entry.text('empty'), read.entry.has('none')]).toEqual([
      true,
      undefined,
      false,
    ]);
    expect(read.entry.controls).toEqual([
      { oid: '1.2.3', critical: true, value: Buffer.from('v') },
      { oid: '1.2.4', critical: false },
    ]);
  });

  it('a result carries its text, controls and what an extended operation adds', () => {
    const extended = ber(
      0x78,
      ber(berTag.enumerated, Buffer.from([0])),
      octets(''),
      octets('done'),
      ber(0xa3, octets('ldap://x')),
      ber(0x8a, '1.2.9'),
      ber(0x8b, 'value'),
    );
    expect(decodeMessage(message(2, extended, controls))).toMatchObject({
      id: 2,
      kind: 'result',
      result: {
        code: 0,
        diagnostic: 'done',
        oid: '1.2.9',
        value: Buffer.from('value'),
        controls: [{ oid: '1.2.3' }, { oid: '1.2.4' }],
      },
    });
    expect(decodeMessage(message(3, ber(0x79, ber(0x80, '1.2.5'), ber(0x81, 'sync'))))).toMatchObject({
      kind: 'intermediate',
      oid: '1.2.5',
      value: Buffer.from('sync'),
    });
    expect(decodeMessage(message(3, ber(0x73, octets('ldap://a'), octets('ldap://b'))))).toMatchObject({
      kind: 'reference',
      urls: ['ldap://a', 'ldap://b'],
    });
  });

  it('damaged anywhere is refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.nat(entry.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(entry);
        damaged[at] = byte;
        try {
          const read = decodeMessage(damaged);
          if (read.kind === 'entry') for (const name of read.entry.names) read.entry.texts(name);
          expect(read.kind).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(LdapError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a byte stream', () => {
  it('gives the same messages however it is cut', () => {
    const sent = [entry, message(1, ber(0x65)), message(2, ber(0x64, Buffer.alloc(70_000))), message(3, ber(0x65))];
    const bytes = Buffer.concat(sent);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }), (cuts) => {
        const frames = new MessageFrames(100_000);
        const got: Buffer[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1;
          got.push(...frames.push(Buffer.from(bytes.subarray(at, at + size))));
          at += size;
        }
        expect(got.map((frame) => frame.toString('latin1'))).toEqual(sent.map((frame) => frame.toString('latin1')));
        expect(frames.rest).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('that is no LDAP, or announces too much, is refused at its header', () => {
    for (const bytes of [
      Buffer.from('HTTP/1.1 400'),
      Buffer.from('308430000000', 'hex'),
      Buffer.from('3080', 'hex'),
      Buffer.from('308501', 'hex'),
    ])
      expect(() => new MessageFrames(100_000).push(bytes)).toThrow(LdapError);
    expect(new MessageFrames(100_000).push(Buffer.from('308400', 'hex'))).toEqual([]);
  });
});

describe('a request', () => {
  it('too large for one message is refused', () => {
    const values = Array.from({ length: 20_000 }, (_, at) => `uid=person-${at},ou=people,dc=lab,dc=test`);
    const changes = [{ do: 'add', attribute: 'member', values }] as const;
    expect(() => encodeRequest(1, { op: 'modify', dn: 'cn=all', changes })).toThrow(/split it/u);
  });
});

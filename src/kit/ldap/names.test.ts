import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from './encode-request.ts';
import { ber, berInteger, readBer, readBerInteger } from './ber.ts';
import { escapeDnValue } from './dn.ts';
import { childDn, firstRdn, formatDn, normalDn, parentDn, parseDn } from './index.ts';
import { escapeFilterValue, ldapFilter } from './filter.ts';
import { LdapError } from './ldap-error.ts';

/** Text in which the characters that mean something are frequent. */
const awkward = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'\\,+"<>;=# *()!&|\0\n:aé\u202eΩ𝒳') }),
  fc.string({ unit: 'grapheme' }),
);
const type = fc.constantFrom('cn', 'uid', 'OU', 'dc', '2.5.4.3', 'x-y1');
const rdn = fc.array(fc.record({ type, value: awkward }), { minLength: 1, maxLength: 2 });

describe('distinguished names', () => {
  it('written and read again are what they were, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(rdn, { minLength: 1, maxLength: 4 }), (dn) => {
        expect(parseDn(formatDn(dn))).toEqual(dn);
      }),
    );
  });

  it('a value adds exactly one level, and no value leaves the place it is put in', () => {
    fc.assert(
      fc.property(awkward, (value) => {
        const dn = childDn('uid', value, 'ou=people,dc=lab');
        expect(parseDn(dn)).toHaveLength(3);
        expect(parentDn(dn)).toBe('ou=people,dc=lab');
      }),
    );
  });

  it('spellings of one name are one name', () => {
    expect(normalDn('UID=Jane  Roe , OU=People,dc=LAB')).toBe(normalDn('uid=jane roe,ou=people,DC=lab'));
    expect(normalDn('cn=a+uid=b,dc=x')).toBe(normalDn('UID=B+CN=A,dc=x'));
    expect(normalDn('cn=caf\\c3\\a9,dc=x')).toBe(normalDn('cn=Café,dc=x'));
    expect(normalDn('cn=#04024869,dc=x')).toBe(normalDn('cn=hi,dc=x'));
    expect(normalDn('cn=a\\,b,dc=x')).not.toBe(normalDn('cn=a,cn=b,dc=x'));
    fc.assert(
      fc.property(fc.array(rdn, { minLength: 1, maxLength: 3 }), (dn) => {
        expect(normalDn(normalDn(formatDn(dn)))).toBe(normalDn(formatDn(dn)));
      }),
    );
  });

  it('a plain name and the same with everything escaped are one name', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'aZ09_.@- '), minLength: 1 });
    const levels = fc.array(fc.tuple(fc.constantFrom('cn', 'UID', 'dc'), plain), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(levels, (parts) => {
        const bytes = (value: string): string => value.replace(/./gu, (one) => `\\${one.charCodeAt(0).toString(16)}`);
        const trimmed = parts.map(([type, value]) => [type, value.trim() || 'x'] as const);
        const written = trimmed.map(([type, value]) => `${type}=${value}`).join(',');
        const escaped = trimmed.map(([type, value]) => `${type}=${bytes(value)}`).join(',');
        expect(normalDn(written)).toBe(normalDn(escaped));
        expect(firstRdn(written)).toEqual(parseDn(escaped)[0]);
      }),
    );
  });

  it('what is no name is refused', () => {
    for (const text of [
      'x',
      '=x',
      'cn=a,',
      'cn=a,,dc=x',
      'cn=a"b',
      'cn=a<b',
      'cn=\\',
      'cn=\\zz',
      'c n=a',
      'cn=#0',
      'cn=#zz',
      'cn=\\ff',
    ])
      expect(() => parseDn(text), text).toThrow(LdapError);
    expect(parseDn('')).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Array.isArray(parseDn(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(LdapError);
        }
      }),
    );
  });

  it('the examples of RFC 4514 read as it says', () => {
    expect(parseDn('OU=Sales+CN=J.  Smith,DC=example,DC=net')[0]).toEqual([
      { type: 'OU', value: 'Sales' },
      { type: 'CN', value: 'J.  Smith' },
    ]);
    expect(parseDn('CN=James \\"Jim\\" Smith\\, III,DC=example')[0]?.[0]?.value).toBe('James "Jim" Smith, III');
    expect(parseDn('CN=Before\\0dAfter,DC=example')[0]?.[0]?.value).toBe('Before\rAfter');
    expect(parseDn('CN=Lu\\C4\\8Di\\C4\\87')[0]?.[0]?.value).toBe('Lučić');
    expect(escapeDnValue(' #x ')).toBe('\\ #x\\ ');
  });
});

/** The filter of an encoded search request: LDAPMessage, request, then the seventh element. */
function encodedFilter(filter: string): { tag: number; content: Buffer } | undefined {
  const [message] = readBer(encodeRequest(1, { op: 'search', base: '', scope: 'sub', filter, attributes: [] }));
  const [, request] = readBer(message?.content ?? Buffer.alloc(0));
  return [...readBer(request?.content ?? Buffer.alloc(0))][6];
}
const parts = (content: Buffer): readonly string[] =>
  Array.from(readBer(content), (element) => element.content.toString('utf8'));

describe('filters', () => {
  it('a value put in is compared whole, whatever is in it', () => {
    fc.assert(
      fc.property(awkward, (value) => {
        const filter = encodedFilter(ldapFilter`(uid=${value})`);
        expect(filter?.tag).toBe(0xa3);
        expect(parts(filter?.content ?? Buffer.alloc(0))).toEqual(['uid', value]);
        const and = encodedFilter(ldapFilter`(&(objectClass=person)(!(uid=${value})))`);
        expect([and?.tag, [...readBer(and?.content ?? Buffer.alloc(0))].map((part) => part.tag)]).toEqual([
          0xa0,
          [0xa3, 0xa2],
        ]);
      }),
    );
  });

  it('bytes put in are compared as those bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        const [, value] = readBer(
          encodedFilter(ldapFilter`(objectGUID=${Buffer.from(bytes)})`)?.content ?? Buffer.alloc(0),
        );
        expect(value?.content.equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('escaped bytes of UTF-8 are the character they spell, in every kind of comparison', () => {
    for (const filter of ['(cn=caf\\c3\\a9)', '(cn>=caf\\c3\\a9)', '(cn~=caf\\c3\\a9)'])
      expect(parts(encodedFilter(filter)?.content ?? Buffer.alloc(0))).toEqual(['cn', 'café']);
    const [, chain] = readBer(
      encodedFilter('(memberOf:1.2.840.113556.1.4.1941:=cn=é\\28)')?.content ?? Buffer.alloc(0),
    );
    expect(chain?.content.toString()).toBe('memberOf');
    const [, substrings] = readBer(encodedFilter('(cn=é*\\2a*z)')?.content ?? Buffer.alloc(0));
    expect(parts(substrings?.content ?? Buffer.alloc(0))).toEqual(['é', '*', 'z']);
  });

  it('what is no filter is refused', () => {
    for (const filter of ['', '(', 'x', '(uid=a)(uid=b)', '(&)', '(uid=a', '(uid=\\zz)', '(cn>=\\ff)'])
      expect(() => encodedFilter(filter), filter).toThrow(LdapError);
    expect(escapeFilterValue('*()\\\0')).toBe('\\2a\\28\\29\\5c\\00');
  });
});

describe('BER', () => {
  it('what is written is read again, at every length', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        const [element] = readBer(berInteger(value));
        expect(readBerInteger(element?.content ?? Buffer.alloc(0))).toBe(value);
      }),
    );
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000]) {
      const [element, ...rest] = readBer(ber(0x04, Buffer.alloc(length, 7)));
      expect([element?.content.length, rest.length]).toEqual([length, 0]);
    }
  });

  it('bytes that do not end as they say are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        try {
          const read = [...readBer(Buffer.from(bytes))];
          expect(Buffer.concat(read.map((element) => element.content)).length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(LdapError);
        }
      }),
    );
  });
});

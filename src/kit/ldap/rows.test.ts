import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributeTypesOf } from './attribute-types.ts';
import { entryText, instantOf } from './entry-text.ts';
import type { LdapEntry } from './entry.ts';
import { filterAttributes, ldapFilter } from './filter.ts';
import { isLdapFilter } from './encode-request.ts';

const entryOf = (values: readonly (Buffer | string)[]): LdapEntry => ({
  dn: 'cn=x',
  names: ['a'],
  controls: [],
  has: () => values.length > 0,
  text: () => undefined,
  texts: () => [],
  bytes: () => undefined,
  allBytes: () => values.map((value) => Buffer.from(value)),
  eachText: () => [],
});
const several = { name: 'a', single: false, syntax: undefined };
const single = { ...several, single: true };

test('definitions of attribute types are read as servers write them', () => {
  const types = attributeTypesOf([
    "( 2.5.4.41 NAME 'name' DESC 'it''s a NAME SINGLE-VALUE' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
    "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'x' SUP name )",
    "( 2.5.18.1 NAME 'createTimestamp' SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION )",
    "( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX '1.3.6.1.4.1.1466.115.121.1.27' SINGLE-VALUE )",
    "( 1.2 NAME 'round' SUP round )",
    'nonsense',
  ]);
  expect(types.get('commonname')).toEqual({
    name: 'commonName',
    single: false,
    syntax: '1.3.6.1.4.1.1466.115.121.1.15',
  });
  expect(types.get('createtimestamp')).toMatchObject({ single: true, syntax: '1.3.6.1.4.1.1466.115.121.1.24' });
  expect(types.get('useraccountcontrol')).toMatchObject({ single: true, syntax: '1.3.6.1.4.1.1466.115.121.1.27' });
  expect(types.get('round')).toMatchObject({ syntax: undefined });
  expect(types.size).toBe(6);
});

test('nobody makes two values of one: a text of several has as many parts as there are values', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }), { maxLength: 6 }), (values) => {
      const text = entryText(entryOf(values), 'a', { type: several, longest: 2_000 });
      expect(text === '' ? 0 : text.split(';').length).toBe(values.length);
    }),
  );
});

test('a value of an attribute that has one stays as it is; what is no text, or too long, shows', () => {
  expect(entryText(entryOf(['a;b']), 'a', { type: single, longest: 100 })).toBe('a;b');
  expect(entryText(entryOf(['a;b']), 'a', { type: undefined, longest: 100 })).toBe('a\\3bb');
  expect(entryText(entryOf([Buffer.from([0xff, 0])]), 'a', { type: single, longest: 100 })).toBe('ff00');
  expect(entryText(entryOf(['ü'.repeat(500)]), 'a', { type: single, longest: 100 })).toBe('ü'.repeat(101));
  expect(
    entryText(entryOf(Array.from({ length: 900 }, () => 'xy')), 'a', { type: several, longest: 100 }),
  ).toHaveLength(101);
  expect(entryText(entryOf([]), 'a', { type: several, longest: 100 })).toBe('');
});

test.each([
  ['20261126080910Z', '2026-11-26T08:09:10.000Z'],
  ['202611260809Z', '2026-11-26T08:09:00.000Z'],
  ['20261126080910.5Z', '2026-11-26T08:09:10.500Z'],
  ['20260230000000Z', undefined],
  ['20261126080910+0100', undefined],
  [undefined, undefined],
])('%s is the instant %s', (text, instant) => {
  expect(instantOf(text)).toBe(instant);
});

test('every attribute a filter asks about is found, and nothing that is a value', () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
  const one = fc
    .tuple(
      name,
      fc.string({ maxLength: 12, unit: 'grapheme' }),
      fc.constantFrom('=', '>=', '<=', '~=', ':dn:=', ';x-a='),
    )
    .map(([attribute, value, how]) => ({
      filter: `(${attribute}${how}${ldapFilter`${value}`})`,
      asked: [attribute.toLowerCase()],
    }));
  const { whole } = fc.letrec<{ whole: { filter: string; asked: string[] } }>((tie) => ({
    whole: fc.oneof(
      { maxDepth: 3 },
      one,
      fc
        .tuple(fc.constantFrom('&', '|'), fc.array(tie('whole'), { minLength: 1, maxLength: 3 }))
        .map(([sign, parts]) => ({
          filter: `(${sign}${parts.map((part) => part.filter).join('')})`,
          asked: parts.flatMap((part) => part.asked),
        })),
      tie('whole').map((part) => ({ filter: `(!${part.filter})`, asked: part.asked })),
    ),
  }));
  fc.assert(
    fc.property(whole, ({ filter, asked }) => {
      if (!isLdapFilter(filter)) return;
      expect(filterAttributes(filter)).toEqual(asked);
    }),
    { numRuns: 300 },
  );
  expect(filterAttributes('(:caseIgnoreMatch:=x)')).toEqual(['']);
});

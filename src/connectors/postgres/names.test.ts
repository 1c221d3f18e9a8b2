import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../port.ts';
import { entitlementId, grantIdOf, quoteName, quoteText, roleName } from './names.ts';

const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc
    .array(fc.constantFrom('"', '""', '.', ':', '*', 'a', 'A', ' ', ';', '--', "'", '\\', '$1', '/*'), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts) => parts.join('')),
);
const printable = anyName.filter((name) => !/\p{Cc}/u.test(name));

describe('names in SQL', () => {
  it('a quoted name is one token that reads back as the name, whatever it holds', () => {
    fc.assert(
      fc.property(printable, (name) => {
        const quoted = quoteName(name);
        expect(quoted).toMatch(/^"(?:[^"]|"")+"$/u);
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name);
        expect(quoteText(name)).toMatch(/^'(?:[^']|'')*'$/u);
      }),
    );
  });

  it.each(['x\0y', 'a\nb', '', 'pg_x', 'PG_X', 'public', 'none', 'x'.repeat(64), 'ü'.repeat(32)])(
    '%j is no account name',
    (name) => {
      expect(() => roleName(name)).toThrow(TargetError);
    },
  );

  it.each(['x"; DROP TABLE a; --', 'Ünïcode', 'a b', "o'brien", '-rf', 'x'.repeat(63)])(
    '`%s` is an account name like any other',
    (name) => {
      expect(roleName(name)).toBe(name);
    },
  );
});

describe('entitlement ids', () => {
  it('a table grant of any schema and table comes back from its id', () => {
    fc.assert(
      fc.property(
        printable,
        fc.option(printable, { nil: undefined }),
        fc.constantFrom('SELECT', 'UPDATE'),
        (schema, table, privilege) => {
          expect(entitlementId(grantIdOf(schema, table, privilege))).toEqual({
            kind: 'grant',
            schema,
            table,
            privilege,
          });
        },
      ),
    );
  });

  it('a table called * is not all tables', () => {
    expect(entitlementId(grantIdOf('s', '*', 'SELECT'))).toMatchObject({ table: '*' });
    expect(entitlementId('grant:s.*:SELECT')).toMatchObject({ table: undefined });
  });

  it.each([
    ['role:a:b"c', { kind: 'role', role: 'a:b"c', admin: false }],
    ['role-admin:ops', { kind: 'role', role: 'ops', admin: true }],
    ['attribute:superuser', { kind: 'attribute', attribute: 'superuser' }],
  ])('%s', (id, expected) => {
    expect(entitlementId(id)).toEqual(expected);
  });

  it.each([
    '',
    'role:',
    'role:public',
    'attribute:inherit',
    'attribute:superuser ',
    'grant:a.b',
    'grant:a.b:DROP',
    'grant:a.b:SELECT;',
    'grant:A.b:SELECT',
    'grant:a.b.c:SELECT',
    'grant:"a.b:SELECT',
    'grant:"".b:SELECT',
    'login',
    'role:x\ny',
  ])('%j is none', (id) => {
    expect(() => entitlementId(id)).toThrow(/not an entitlement of PostgreSQL/u);
  });
});

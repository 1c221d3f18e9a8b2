import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../port.ts';
import { accountFor, hostFits, isLike } from './match-pattern.ts';
import {
  accountId,
  bytesOf,
  grantId,
  newAccount,
  parseAccount,
  parseEntitlement,
  quoteName,
  roleAdminId,
  roleId,
  type Scope,
} from './names.ts';

const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        "'",
        "''",
        '`',
        '@',
        '%',
        '\\',
        '\\u{41}',
        '\n',
        '\u202e',
        'a',
        'A',
        ' ',
        ';',
        '--',
        '"',
        '.',
        '(',
        ')',
        '*',
        ':',
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
);
const name = anyName.filter((one) => !one.includes('\0'));

describe('names in SQL', () => {
  it('a quoted name is one token that reads back as the name, whatever it holds and whatever the sql_mode', () => {
    fc.assert(
      fc.property(name, (one) => {
        const quoted = quoteName(one);
        expect(quoted).toMatch(/^`(?:[^`]|``)+`$/u);
        expect(quoted.slice(1, -1).replaceAll('``', '`')).toBe(one);
        expect(bytesOf(one)).toMatch(/^x'(?:[0-9a-f]{2})*'$/u);
      }),
    );
  });
});

describe('account ids', () => {
  it('every name and host comes back from its id, and no two share one', () => {
    const host = fc.oneof(
      fc.constantFrom('%', 'localhost', '10.0.%', '192.168.0.0/255.255.0.0', '::1', 'db_.lantern.example'),
      name,
    );
    const who = fc.record({ user: fc.oneof(fc.constant(''), name), host });
    fc.assert(
      fc.property(who, who, (one, other) => {
        const id = accountId(one);
        expect(parseAccount(id)).toEqual(one);
        expect(id).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(accountId(other) === id).toBe(other.user === one.user && other.host === one.host);
      }),
    );
  });

  it.each([
    ['lena', { user: 'lena', host: '%' }],
    ['wiki@10.20.%', { user: 'wiki', host: '10.20.%' }],
    ["''@localhost", { user: '', host: 'localhost' }],
    ["'o''brien'", { user: "o'brien", host: '%' }],
    ["'a@b'@'x y'", { user: 'a@b', host: 'x y' }],
    ["'x\\u{a}y'", { user: 'x\ny', host: '%' }],
    ['x"; DROP TABLE a; --', { user: 'x"; DROP TABLE a; --', host: '%' }],
  ])('%s', (id, who) => {
    expect(parseAccount(id)).toEqual(who);
  });

  it.each([
    '',
    ' ',
    ' x',
    'x ',
    'lena@%',
    "'lena'",
    'lena@',
    '@localhost',
    'a@b@c',
    "o'brien",
    'a\nb',
    'a\0b',
    "'a\0b'",
    'lena@LOCALHOST',
    'a\u200bb',
  ])('%j is none', (id) => {
    expect(() => parseAccount(id)).toThrow(TargetError);
  });

  it.each([
    'PUBLIC',
    'none',
    'mariadb.sys@localhost',
    'x'.repeat(129),
    '\u{1f600}',
    "''@localhost",
    "'x\\u{a}y'",
    "'o''brien'",
  ])('%j cannot be made', (id) => {
    expect(() => newAccount(id)).toThrow(/cannot be an account name/u);
  });
});

describe('entitlement ids', () => {
  const scope: fc.Arbitrary<Scope> = fc.oneof(
    fc.constant({ level: 'global' } as const),
    name.map((database) => ({ level: 'database', database }) as const),
    fc.tuple(name, name).map(([database, table]) => ({ level: 'table', database, table }) as const),
    fc
      .tuple(name, name, name)
      .map(([database, table, column]) => ({ level: 'column', database, table, column }) as const),
    fc
      .tuple(name, name, fc.constantFrom('procedure', 'function', 'package', 'package body'))
      .map(([database, routine, type]) => ({ level: 'routine', database, routine, type }) as const),
  );

  it('a right on anything comes back from its id, and no two share one', () => {
    fc.assert(
      fc.property(
        scope,
        scope,
        fc.constantFrom('SELECT', 'GRANT OPTION', 'CREATE TEMPORARY TABLES'),
        (one, other, privilege) => {
          const id = grantId(one, privilege);
          expect(parseEntitlement(id)).toEqual({ kind: 'grant', scope: one, privilege });
          if (grantId(other, privilege) === id) expect(other).toEqual(one);
        },
      ),
    );
  });

  it('a role of any name comes back from its id', () => {
    fc.assert(
      fc.property(
        name.filter((one) => one !== 'PUBLIC'),
        (role) => {
          expect(parseEntitlement(roleId(role))).toEqual({ kind: 'role', role, admin: false });
          expect(parseEntitlement(roleAdminId(role))).toEqual({ kind: 'role', role, admin: true });
        },
      ),
    );
  });

  it('a table called * is not all tables', () => {
    expect(grantId({ level: 'table', database: 's', table: '*' }, 'SELECT')).toBe('grant:s.`*`:SELECT');
    expect(parseEntitlement('grant:s.*:SELECT')).toMatchObject({ scope: { level: 'database' } });
  });

  it.each([
    '',
    'role:',
    'role:PUBLIC',
    "role:'a'",
    'role:x\ny',
    'grant:*.*',
    'grant:*.*:select',
    'grant:a.b:SELECT;',
    'grant:`a`.b:SELECT',
    'grant:a b.c:SELECT',
    'grant:a.b.c:SELECT',
    'grant:procedure a.*:EXECUTE',
    'grant:procedure a.b(c):EXECUTE',
    'grant:event a.b:EXECUTE',
    'grant:``.b:SELECT',
    'login',
  ])('%j is none', (id) => {
    expect(() => parseEntitlement(id)).toThrow(/not an entitlement of a MariaDB server/u);
  });
});

describe('patterns of the grant tables', () => {
  it('mean what they would as regular expressions, and take no longer for it', () => {
    const pattern = fc.array(fc.constantFrom('%', '_', '\\%', '\\_', '\\\\', 'm', 'y', '.'), { maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.stringMatching(/^[my.%_\\]{0,8}$/u), (parts, text) => {
        const source = parts.map((one) =>
          one === '%'
            ? '.*'
            : one === '_'
              ? '.'
              : one === '.'
                ? '\\.'
                : one === '\\\\'
                  ? '\\\\'
                  : one.replace('\\', ''),
        );
        expect(isLike(parts.join(''), text)).toBe(new RegExp(`^(?:${source.join('')})$`, 's').test(text));
      }),
    );
    const begun = performance.now();
    expect(isLike(`${'%a'.repeat(2_000)}b`, 'a'.repeat(4_000))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it.each([
    ['%', '10.0.0.1', true],
    ['10.0.%', '10.0.3.4', true],
    ['10.0.%', '10.1.3.4', false],
    ['10.0.0.0/255.255.0.0', '10.0.200.1', true],
    ['10.0.0.0/255.255.0.0', '10.1.0.1', false],
    ['LOCALHOST', 'localhost', true],
    ['10.0.0.0/255.255.0.0', 'web1', false],
  ])('%s takes in %s: %s', (pattern, host, fits) => {
    expect(hostFits(pattern, host)).toBe(fits);
  });

  it('the nearest host is asked first, and a name before no name', () => {
    const accounts = ['lena', 'lena@10.%', 'lena@10.0.0.1', "''@10.0.0.1", "''"].map(parseAccount);
    const taken = (user: string, host: string): string | undefined => {
      const found = accountFor(accounts, { user, host });
      return found && accountId(found);
    };
    expect(taken('lena', '10.0.0.1')).toBe('lena@10.0.0.1');
    expect(taken('lena', '10.9.9.9')).toBe('lena@10.%');
    expect(taken('lena', '192.168.0.1')).toBe('lena');
    expect(taken('nobody', '10.0.0.1')).toBe("''@10.0.0.1");
    expect(taken('nobody', '192.168.0.1')).toBe("''");
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLoginName } from './parse-login-name.ts';

const accepted = (typed: string) => {
  const parsed = parseLoginName(typed);
  return parsed.ok ? parsed.name : parsed.problem;
};

describe('a login name', () => {
  test('is an account and a system, parted by @ or %', () => {
    expect(accepted('root@web1')).toEqual({ account: 'root', system: 'web1' });
    expect(accepted('lena.m%db-prod.example.org')).toEqual({ account: 'lena.m', system: 'db-prod.example.org' });
    expect(accepted('svc_backup$@nas01')).toEqual({ account: 'svc_backup$', system: 'nas01' });
  });

  test('has one reading only: a second separator is refused, and percent encoding is not decoded', () => {
    expect(parseLoginName('root@web1@other').ok).toBe(false);
    expect(parseLoginName('root@web1%other').ok).toBe(false);
    expect(accepted('root%40web1')).toEqual({ account: 'root', system: '40web1' });
  });

  test.each([
    '',
    'root',
    '@web1',
    'root@',
    '@',
    '%',
    'root@-oProxyCommand=id',
    '-oProxyCommand=id@web1',
    '-@web1',
    'root@web1\n',
    'root\0@web1',
    'ro\tot@web1',
    'root@web\u007f1',
    'rооt@web1', // Cyrillic о
    'root@ｗeb1', // full-width w
    'root@web\u00ad1', // soft hyphen
    'root@web1\u2024example', // one dot leader
    'root@\u202eweb1',
    'root@web1 ',
    ' root@web1',
    'root@web1;id',
    'root$(id)@web1',
    '`id`@web1',
    'root@web1/../web2',
    'root@[::1]',
    '../root@web1',
    '..@web1',
    'root@.web1',
    `${'a'.repeat(251)}@web1`,
    `root@${'w'.repeat(251)}`,
  ])('%j is refused', (typed) => {
    expect(parseLoginName(typed).ok).toBe(false);
  });

  test('is 255 characters at most', () => {
    expect(parseLoginName(`${'a'.repeat(250)}@web1`).ok).toBe(true);
    expect(parseLoginName(`${'a'.repeat(251)}@web1`).ok).toBe(false);
  });

  test('that is accepted can be put together again exactly, and holds nothing a shell or an option parser would read', () => {
    const alphabet = fc.constantFrom(...'abZ09_.-+$@%;`\'" \\/\n\0ö‑'.split(''));
    const holds = (): void =>
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.string({ unit: alphabet, maxLength: 24 })), (typed) => {
          const parsed = parseLoginName(typed);
          if (!parsed.ok) return true;
          const { account, system } = parsed.name;
          const whole = [`${account}@${system}`, `${account}%${system}`].includes(typed);
          return whole && /^[A-Za-z0-9_.][\w.$+-]* [A-Za-z0-9][\w.-]*$/.test(`${account} ${system}`);
        }),
        { numRuns: 2000 },
      );
    expect(holds).not.toThrow();
  });
});

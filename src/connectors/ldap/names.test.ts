import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { childDn, formatDn, normalDn, parseDn } from '#kit/ldap/index.ts';
import { runCommand } from '#lab/index.ts';
import { TargetError } from '../port.ts';
import { checkAccount, groupUuid, isLoginName, loginNameOf } from './names.ts';
import { KeyTable } from './read/key-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-slapdn-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('names, beside the server’s own program for them', () => {
  it('are one name for Reeve exactly when slapd takes them for one', { timeout: 60_000 }, async (context) => {
    if (!existsSync('/usr/sbin/slapdn')) {
      console.log('SKIP names beside slapdn: it is not installed (slapd)');
      return context.skip('slapdn is not installed');
    }
    const config = join(folder, 'slapd.conf');
    writeFileSync(config, ['core', 'cosine'].map((name) => `include /etc/ldap/schema/${name}.schema\n`).join(''));
    const value = fc.string({
      unit: fc.constantFrom(...'aAbB  ,+="\\<;#é\u00c9\u03a9\u03c9'),
      minLength: 1,
      maxLength: 5,
    });
    const part = fc.record({
      type: fc.constantFrom('cn', 'CN', 'ou', 'uid'),
      value: value.filter((text) => text.trim() !== ''),
    });
    // A level names each attribute once.
    const level = fc
      .array(part, { minLength: 1, maxLength: 2 })
      .filter((parts) => new Set(parts.map((one) => one.type.toLowerCase())).size === parts.length);
    const names = fc
      .sample(fc.array(level, { minLength: 1, maxLength: 2 }), { numRuns: 1_500, seed: 99 })
      .map((dn) => formatDn(dn));
    const said = await runCommand('/usr/sbin/slapdn', ['-f', config, '-N', ...names], { limit: 30_000 });
    const theirs = said.stdout.trimEnd().split('\n');
    expect([said.code, theirs.length]).toEqual([0, names.length]);
    const pairs = (all: readonly string[]): ReadonlyMap<string, string> => {
      const first = new Map<string, string>();
      return new Map(
        all.map((normal, at) => {
          const name = names[at] ?? '';
          if (!first.has(normal)) first.set(normal, name);
          return [name, first.get(normal) ?? ''];
        }),
      );
    };
    expect(pairs(names.map(normalDn))).toEqual(pairs(theirs));
    // And what slapd writes is read as the same name.
    for (const [at, name] of names.entries()) expect(normalDn(theirs[at] ?? '')).toBe(normalDn(name));
  });
});

describe('native ids', () => {
  it('a login name in the entry’s own place comes before others; one that cannot be an id is none', () => {
    const name = (dn: string, ...logins: readonly string[]) => loginNameOf({ dn, logins }, 'uid');
    expect(name('uid=Lena,ou=people', 'other', 'Lena')).toBe('Lena');
    expect(name('cn=Lena Okafor,ou=people', 'lena')).toBe('lena');
    expect(name('cn=Lena Okafor,ou=people', 'lena', 'lo')).toBeUndefined();
    expect(name('cn=program,ou=services')).toBeUndefined();
    expect(name(childDn('uid', 'a,b', 'ou=people'), 'a,b')).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        if (!isLoginName(text)) return;
        expect(parseDn(childDn('uid', text, 'ou=x'))[0]).toEqual([{ type: 'uid', value: text }]);
        expect(normalDn(childDn('uid', text, 'ou=x')).endsWith(',ou=x')).toBe(true);
      }),
    );
  });

  it('are taken in their own spelling only', () => {
    for (const good of ['lena', 'svc-x_1.y@z+w', 'cn=reeve,ou=services,dc=x'])
      expect(() => checkAccount(good)).not.toThrow();
    for (const bad of [
      '',
      ' lena',
      'lena ',
      '-x',
      'léna',
      'a*b',
      'a(b',
      'CN=Reeve,dc=x',
      'cn=a, dc=x',
      '=',
      'x'.repeat(129),
    ])
      expect(() => checkAccount(bad), bad).toThrow(TargetError);
    const uuid = '883fbd06-7d60-1041-937d-f1feae973105';
    expect(groupUuid(`group:${uuid}`)).toBe(uuid);
    for (const bad of [uuid, 'group:', `group:${uuid.toUpperCase()}`, `group:${uuid})(cn=*`, `role:${uuid}`])
      expect(() => groupUuid(bad), bad).toThrow(TargetError);
  });
});

describe('a table of names', () => {
  it('numbers names as a Map would', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3_000 }), (names) => {
        const table = new KeyTable();
        const map = new Map<string, number>();
        for (const name of names) {
          if (!map.has(name)) map.set(name, map.size);
          expect(table.add(name)).toBe(map.get(name));
        }
        expect(table.size).toBe(map.size);
        for (const [name, number] of map) expect(table.find(name)).toBe(number);
        expect(table.find('a name nobody has')).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});

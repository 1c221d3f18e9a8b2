import { describe, expect, it } from 'vitest';
import type { Change } from '../port.ts';
import { checkNames, groupName, sameName } from './change/names.ts';
import { usablePassword } from './change/password.ts';
import { isOfDomain, plainName, type Domain } from './directory.ts';
import { activeDirectorySettings } from './settings.ts';

describe('names', () => {
  it('of new accounts are of a kind no program reads otherwise; of known ones, whatever the directory holds', () => {
    const create = (account: string): Change => ({ do: 'create_account', account, fullName: '' });
    for (const good of ['lena', 'svc-web_1', 'a.b', '0day', 'x'.repeat(20)])
      expect(() => checkNames(create(good))).not.toThrow();
    for (const bad of ['', '-x', 'a b', 'x'.repeat(21), 'x.', 'a@b', 'a\\b', 'é', 'a$', 'a*', 'a\n'])
      expect(() => checkNames(create(bad)), bad).toThrow(/no name for a new account/u);
    for (const known of ['Élodie', 'a b', "o'neil", '*)(objectClass=*'])
      expect(() => checkNames({ do: 'lock_account', account: known })).not.toThrow();
    for (const never of ['', 'a\0b', 'a\nb', '\ud800', 'x'.repeat(257)])
      expect(() => checkNames({ do: 'lock_account', account: never })).toThrow(/no account name/u);
  });

  it('of groups keep their colons, and nothing else is an entitlement', () => {
    expect(groupName('group:CORP: all')).toBe('CORP: all');
    for (const other of ['group:', 'Group:x', 'role:x', 'x', 'group:a\nb'])
      expect(() => groupName(other)).toThrow(/no entitlement/u);
  });

  it('are the same in other letters, and not with a space or an accent more', () => {
    expect([sameName('Lena', 'LENA'), sameName('lena ', 'lena'), sameName('léna', 'lena')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of log-ins give the account, with or without their domain', () => {
    expect(['lena', 'CORP\\lena', 'lena@corp.example'].map(plainName)).toEqual(['lena', 'lena', 'lena']);
  });

  it('of another domain of the forest are told apart, a child among them', () => {
    const domain = { base: 'DC=corp,DC=example' } as Domain;
    expect(isOfDomain('CN=lena,OU=People,DC=Corp,DC=example', domain)).toBe(true);
    expect(isOfDomain('DC=corp,DC=example', domain)).toBe(true);
    for (const other of ['CN=a,DC=child,DC=corp,DC=example', 'CN=a,DC=other', 'CN=a', ''])
      expect(isOfDomain(other, domain), other).toBe(false);
  });
});

describe('passwords and settings', () => {
  it('take what a directory keeps as it is, and refuse the rest', () => {
    for (const good of ['a', 'pässwörd ☕', 'x'.repeat(127)]) expect(usablePassword(good)).toBe(good);
    for (const bad of ['', 'x'.repeat(128), 'a\nb', 'a\0', '\udfff'])
      expect(() => usablePassword(bad)).toThrow(/choose another/u);
  });

  it('know a place from a word', () => {
    const places = (createIn: unknown, unit: unknown): boolean =>
      activeDirectorySettings.safeParse({ createIn, orgUnits: { Sales: unit } }).success;
    expect(places('OU=People,DC=corp', 'OU=Sales,DC=corp')).toBe(true);
    expect(places('', 'OU=Sales\\, EMEA,DC=corp')).toBe(true);
    for (const [createIn, unit] of [
      ['People', 'OU=Sales,DC=corp'],
      ['OU=People,DC=corp', ''],
      ['OU=People,DC=corp', 'OU=Sales'],
      ['OU=a,,DC=corp', 'OU=Sales,DC=corp'],
    ])
      expect(places(createIn, unit), `${createIn} ${unit}`).toBe(false);
    expect(activeDirectorySettings.safeParse({ upnSuffix: 'corp example' }).success).toBe(false);
    expect(activeDirectorySettings.safeParse({ pageSize: 5000 }).success).toBe(false);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { access, type AllowedAce, type SecurityDescriptor } from '../wire/security-descriptor.ts';
import { controlPaths, isAdministrative, type Held } from './control-paths.ts';

const somebody = 'S-1-5-21-1-2-3-1107';
const member = 'bf9679c0-0de6-11d0-a285-00aa003049e2';
const userClass = 'bf967aba-0de6-11d0-a285-00aa003049e2';
const groupClass = 'bf967a9c-0de6-11d0-a285-00aa003049e2';
const contactClass = '5cb41ed0-0e4c-11d0-a286-00aa003049e2';
const resetPassword = '00299570-246d-11d0-a768-00aa006e0529';
const replicateAll = '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2';

const ace = (mask: number, more: Partial<AllowedAce> = {}): AllowedAce => ({
  trustee: somebody,
  mask,
  here: true,
  below: false,
  inherited: false,
  ...more,
});
const below = { here: false, below: true } as const;
const found = (held: Held, ...allowed: readonly AllowedAce[]): readonly string[] =>
  controlPaths(held, 'OU=x,DC=corp', { allowed, open: false }).map((path) => path.evidence.replace(/^.*: /u, ''));

describe('what an access list gives', () => {
  it.each<readonly [string, Held, AllowedAce, readonly string[]]>([
    ['full control, spelled out', 'unit', ace(0xf01ff), ['GenericAll']],
    ['full control of what is below', 'unit', ace(access.genericAll, below), ['GenericAll']],
    ['changing permissions and owner', 'group', ace(access.writeDacl | access.writeOwner), ['WriteDacl', 'WriteOwner']],
    ['writing every property', 'account', ace(access.writeProperty), ['GenericWrite']],
    ['the members of a group', 'group', ace(access.writeProperty, { objectType: member }), ['WriteProperty member']],
    ['adding oneself', 'group', ace(access.self, { objectType: member }), ['Self-Membership']],
    [
      'resetting a password',
      'account',
      ace(access.extendedRight, { objectType: resetPassword }),
      ['User-Force-Change-Password'],
    ],
    ['every extended right on a user', 'account', ace(access.extendedRight), ['all extended rights']],
    [
      'copying all passwords',
      'domain',
      ace(access.extendedRight, { objectType: replicateAll }),
      ['DS-Replication-Get-Changes-All'],
    ],
    [
      'linking a policy',
      'unit',
      ace(access.writeProperty, { objectType: 'f30e3bbe-9ff0-11d1-b603-0000f80367c1' }),
      ['WriteProperty gPLink'],
    ],
    ['writing a policy', 'policy', ace(access.genericWrite), ['GenericWrite']],
    [
      'resetting below, for users',
      'unit',
      ace(access.extendedRight, { ...below, objectType: resetPassword, inheritedType: userClass }),
      ['User-Force-Change-Password'],
    ],
  ])('is seen: %s', (_what, held, entry, expected) => {
    expect(found(held, entry)).toEqual(expected);
  });

  it.each<readonly [string, Held, AllowedAce]>([
    ['reading', 'unit', ace(0x20094, { below: true })],
    ['creating and deleting below', 'unit', ace(0x3, { below: true })],
    [
      'writing a harmless property',
      'account',
      ace(access.writeProperty, { objectType: 'bf967950-0de6-11d0-a285-00aa003049e2' }),
    ],
    ['the members of what is no group', 'account', ace(access.writeProperty, { objectType: member })],
    ['resetting the password of a unit', 'unit', ace(access.extendedRight, { objectType: resetPassword })],
    [
      'resetting passwords of groups',
      'unit',
      ace(access.extendedRight, { ...below, objectType: resetPassword, inheritedType: groupClass }),
    ],
    ['full control of contacts', 'unit', ace(access.genericAll, { ...below, inheritedType: contactClass })],
    ['copying passwords, below a unit', 'unit', ace(access.extendedRight, { ...below, objectType: replicateAll })],
    ['an entry from above', 'unit', ace(access.genericAll, { inherited: true })],
    ['an administrator', 'unit', ace(access.genericAll, { trustee: 'S-1-5-21-9-9-9-512' })],
    ['the system', 'domain', ace(access.genericAll, { trustee: 'S-1-5-18' })],
  ])('is none: %s', (_what, held, entry) => {
    expect(found(held, entry)).toEqual([]);
  });

  it('names an owner who is no administrator, and everybody where there is no list at all', () => {
    const open: SecurityDescriptor = { owner: somebody, allowed: [], open: true };
    expect(controlPaths('group', 'CN=g,DC=corp', open).map((path) => path.trustee)).toEqual([somebody, 'S-1-1-0']);
    expect(controlPaths('group', 'CN=g,DC=corp', { ...open, owner: 'S-1-5-32-544', open: false })).toEqual([]);
  });

  it('is a sentence about somebody who is no administrator, whatever the list', () => {
    const any = fc.record({
      trustee: fc.constantFrom(somebody, 'S-1-5-11', 'S-1-5-18', 'S-1-5-32-544', 'S-1-5-21-1-2-3-519'),
      mask: fc.integer({ min: 0, max: 0xffffffff }),
      here: fc.boolean(),
      below: fc.boolean(),
      inherited: fc.boolean(),
      objectType: fc.constantFrom(undefined, member, resetPassword, replicateAll, contactClass),
      inheritedType: fc.constantFrom(undefined, userClass, groupClass, contactClass),
    });
    const held = fc.constantFrom<Held>('domain', 'unit', 'template', 'policy', 'group', 'account');
    fc.assert(
      fc.property(held, fc.array(any, { maxLength: 8 }), (on, entries) => {
        const allowed = entries.map(({ objectType, inheritedType, ...rest }) => ({
          ...rest,
          ...(objectType === undefined ? {} : { objectType }),
          ...(inheritedType === undefined ? {} : { inheritedType }),
        }));
        const paths = controlPaths(on, 'CN=x,DC=corp', { allowed, open: false });
        for (const path of paths) {
          expect(isAdministrative(path.trustee)).toBe(false);
          expect(path.reason).toMatch(/^[a-z][^\n]{10,}$/u);
          const granted = allowed.filter((one) => one.trustee === path.trustee && !one.inherited);
          expect(granted.length).toBeGreaterThan(0);
        }
        const keys = paths.map((path) => `${path.trustee} ${path.reason}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

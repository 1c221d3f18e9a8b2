/** Names in a change: refused or escaped, never repaired. */
import { TargetError, type Change } from '../../port.ts';

/** Of the names a domain allows, those that no program between here and there reads otherwise. */
const newName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,19}$/u;
/** What may come from a reading: whatever the directory holds. */
const anyName = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/** Checks everything in a change that is a name, before anything is sent. */
export function checkNames(change: Change): void {
  if (change.do === 'set_keys') throw new TargetError('unsupported', 'an Active Directory keeps no SSH keys');
  if (change.do === 'create_account') {
    if (!newName.test(change.account) || change.account.endsWith('.'))
      throw new TargetError(
        'refused',
        `${shown(change.account)} is no name for a new account: 1 to 20 of A-Z a-z 0-9 . _ -, beginning with a letter, a digit or _`,
      );
    return;
  }
  if (!anyName.test(change.account)) throw new TargetError('refused', `${shown(change.account)} is no account name`);
  if (change.do === 'grant' || change.do === 'revoke') groupName(change.entitlement);
}

/** The group an entitlement id names. */
export function groupName(entitlement: string): string {
  const name = /^group:([^\p{Cc}\p{Cs}]{1,256})$/u.exec(entitlement)?.[1];
  if (name === undefined)
    throw new TargetError('refused', `${shown(entitlement)} is no entitlement of an Active Directory: group:<name>`);
  return name;
}

/** Whether the directory's answer is the very name that was asked for: it also finds names that differ in spaces and accents. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A name inside a message: one line, and short. */
export const shown = (name: string): string => `\`${name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 80)}\``;

/** A text about a person as the directory may keep it; undefined where nothing is left. */
export function cleanText(text: string): string | undefined {
  const clean = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clean === '' ? undefined : clean;
}

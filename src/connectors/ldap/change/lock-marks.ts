/** What in an entry keeps its account out, and what is written to lock or unlock it. */
import { instantOf, type LdapEntry, type LdapModification } from '#kit/ldap/index.ts';
import { lockedForGood, lockState } from '../read/lock-state.ts';
import { setAside, takeBack } from '../ssh-keys.ts';

const longAgo = '19700101000000Z';
/** The last year slapd 2.5 takes for the future. */
const neverYet = '29991231235959Z';
/** Days since 1970 (shadow(5)); 0 would mean never. */
const expiredShadow = '1';

const replace = (attribute: string, ...values: readonly string[]): LdapModification => ({
  do: 'replace',
  attribute,
  values,
});

/**
 * Marks that are missing. `pwdAccountLockedTime` is what every tool understands, but counts only where the policy has lockout; an end
 * in the past counts under every policy, and a new password does not lift it. An end of the account's own that is still to come is
 * kept: then a start in the far future does it. Keys are set aside as comments, since hosts take them without asking for a password.
 */
export function lockingMarks(entry: LdapEntry, now: string): readonly LdapModification[] {
  const end = instantOf(entry.text('pwdEndTime'));
  const locked = lockState(entry, now).locked;
  const keys = entry.texts('sshPublicKey');
  const aside = keys.map(setAside);
  return [
    ...(locked ? [] : [replace('pwdAccountLockedTime', lockedForGood)]),
    ...(locked
      ? []
      : [end !== undefined && end > now ? replace('pwdStartTime', neverYet) : replace('pwdEndTime', longAgo)]),
    ...(keys.some((line, at) => line !== aside[at]) ? [replace('sshPublicKey', ...aside)] : []),
    ...(hasShadow(entry) && !isExpiredShadow(entry, now) ? [replace('shadowExpire', expiredShadow)] : []),
  ];
}

/** Everything that keeps the account out now. */
export function unlockingMarks(entry: LdapEntry, now: string): readonly LdapModification[] {
  const [start, end] = [instantOf(entry.text('pwdStartTime')), instantOf(entry.text('pwdEndTime'))];
  const keys = entry.texts('sshPublicKey');
  const back = keys.map(takeBack);
  return [
    ...(entry.has('pwdAccountLockedTime') ? [replace('pwdAccountLockedTime')] : []),
    ...(start !== undefined && start > now ? [replace('pwdStartTime')] : []),
    ...(end !== undefined && end <= now ? [replace('pwdEndTime')] : []),
    ...(keys.some((line, at) => line !== back[at]) ? [replace('sshPublicKey', ...back)] : []),
    ...(hasShadow(entry) && isExpiredShadow(entry, now) ? [replace('shadowExpire')] : []),
  ];
}

/** The mark that holds through a change of password, where the account is locked by one that does not. */
export function enduringMark(entry: LdapEntry, now: string): readonly LdapModification[] {
  const [start, end] = [instantOf(entry.text('pwdStartTime')), instantOf(entry.text('pwdEndTime'))];
  const holds = (start !== undefined && start > now) || (end !== undefined && end <= now);
  if (holds || !lockState(entry, now).locked) return [];
  return [end === undefined ? replace('pwdEndTime', longAgo) : replace('pwdStartTime', neverYet)];
}

const hasShadow = (entry: LdapEntry): boolean =>
  entry.texts('objectClass').some((name) => name.toLowerCase() === 'shadowaccount');

function isExpiredShadow(entry: LdapEntry, now: string): boolean {
  const days = Number(entry.text('shadowExpire') ?? '-1');
  return days >= 0 && days * 86_400_000 <= Date.parse(now);
}

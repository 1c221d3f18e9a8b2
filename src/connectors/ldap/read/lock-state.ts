/** Whether an account can log in, from what the server judges and from the marks in its entry (slapo-ppolicy). */
import { instantOf, type LdapEntry } from '#kit/ldap/index.ts';
import { usabilityOf } from '../password-policy.ts';

/** `pwdAccountLockedTime` of an account locked until an administrator unlocks it. */
export const lockedForGood = '000001010000Z';

export const lockAttributes = ['pwdAccountLockedTime', 'pwdStartTime', 'pwdEndTime', 'pwdReset', 'shadowExpire'];

export interface LockState {
  readonly locked: boolean;
  /** By failed log-ins, for a while; such an account is not locked. ISO instant of the last straw. */
  readonly lockedOutSince?: string;
  readonly passwordExpired: boolean;
}

/** `now` is an ISO instant. The server's word, where it gives one, outweighs the marks: a mark may be without effect there. */
export function lockState(entry: LdapEntry, now: string): LockState {
  const usability = usabilityOf(entry);
  const lockedTime = entry.text('pwdAccountLockedTime');
  if (usability?.is === 'usable') return { locked: false, passwordExpired: false };
  if (usability?.is === 'locked_for') {
    const since = instantOf(lockedTime);
    return { locked: false, passwordExpired: false, ...(since === undefined ? {} : { lockedOutSince: since }) };
  }
  const outside = outsideItsTime(entry, now);
  if (usability?.is === 'shut') {
    const locked = outside || lockedTime !== undefined;
    return { locked, passwordExpired: !locked };
  }
  return { locked: outside || lockedTime === lockedForGood, passwordExpired: false };
}

/** Whether the entry's own start or end keeps it out now. */
export function outsideItsTime(entry: LdapEntry, now: string): boolean {
  const [start, end] = [instantOf(entry.text('pwdStartTime')), instantOf(entry.text('pwdEndTime'))];
  return (start !== undefined && start > now) || (end !== undefined && end <= now);
}

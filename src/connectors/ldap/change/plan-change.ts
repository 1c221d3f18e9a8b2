/** Decides what a change needs on a directory: preview and apply both come from here, so they cannot differ. */
import type { LdapModification } from '#kit/ldap/index.ts';
import { TargetError, type Change } from '../../port.ts';
import { checkAccount, groupUuid, isDnId, normalOrNothing, shown } from '../names.ts';
import { findAccount, groupsHeldBy, type FoundAccount } from '../read/read-one.ts';
import { lockState } from '../read/lock-state.ts';
import { policyRequest } from '../password-policy.ts';
import { planKeys } from '../ssh-keys.ts';
import { entriesOf, type Directory } from '../session.ts';
import { enduringMark, lockingMarks, unlockingMarks } from './lock-marks.ts';
import { planAttributes, planCreation } from './plan-account.ts';
import { leavingSteps, planGrant, planRevoke } from './plan-membership.ts';
import { nothingToDo, planOf, type Plan, type Step } from './plan.ts';
import { fitsStored } from './stored-password.ts';

/** Refuses, before anything is asked, names that are not names. */
export function checkNames(change: Change): void {
  checkAccount(change.account);
  if (change.do === 'grant' || change.do === 'revoke') groupUuid(change.entitlement);
  if (change.do === 'set_password' && !/^[^\p{Cc}]{1,256}$/u.test(change.password))
    throw new TargetError('refused', 'the password is empty, longer than 256 characters or holds control characters');
}

/** `now` is an ISO instant. Throws TargetError `refused` for what the directory's state forbids. */
export async function planChange(directory: Directory, change: Change, now: string): Promise<Plan> {
  const guarded = change.do === 'lock_account' || change.do === 'delete_account';
  if (guarded && isDnId(change.account)) refuseOwn(directory, change.account, change.do);
  const found = await findAccount(directory, change.account, change.do === 'set_password' ? ['userPassword'] : []);
  if (found && 'instead' in found) {
    const names = found.instead.map(shown).join(', ');
    throw new TargetError('refused', `${directory.at} has no account \`${change.account}\`; near it is ${names}`);
  }
  if (change.do === 'create_account')
    return found ? nothingToDo(`create account ${change.account} on ${directory.at}`) : planCreation(directory, change);
  if (!found) return withoutAccount(directory, change);
  if (guarded) refuseOwn(directory, found.dn, change.do);
  return planFor(directory, found, change, now);
}

function refuseOwn({ management, at }: Directory, dn: string, what: 'lock_account' | 'delete_account'): void {
  if (normalOrNothing(dn) !== management) return;
  const verb = what === 'lock_account' ? 'locked' : 'deleted';
  throw new TargetError('refused', `Reeve works on ${at} with this account; it cannot be ${verb} through it`);
}

function withoutAccount({ at }: Directory, change: Change): Plan {
  const taking = change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke';
  if (taking) return nothingToDo(`${change.do.replace('_', ' ')} ${change.account} on ${at}: there is no such account`);
  throw new TargetError('refused', `${at} has no account \`${change.account}\``);
}

async function planFor(
  directory: Directory,
  account: FoundAccount,
  change: Exclude<Change, { do: 'create_account' }>,
  now: string,
): Promise<Plan> {
  const { entry, nativeId } = account;
  const where = `${nativeId} on ${directory.at}`;
  const modify = (changes: readonly LdapModification[]): Step => ({ do: 'modify', dn: entry.dn, changes });
  switch (change.do) {
    case 'lock_account': {
      const marks = lockingMarks(entry, now);
      if (marks.length === 0) return nothingToDo(`lock ${where}`);
      return { ...planOf(`lock ${where}`, modify(marks)), provesLock: { dn: entry.dn } };
    }
    case 'unlock_account': {
      const marks = unlockingMarks(entry, now);
      return marks.length === 0 ? nothingToDo(`unlock ${where}`) : planOf(`unlock ${where}`, modify(marks));
    }
    case 'delete_account': {
      const groups = await groupsHeldBy(directory, account);
      const leaving = await Promise.all(groups.map((group) => leavingSteps(directory, account, group)));
      const out =
        groups.length === 0 ? '' : `, taking it out of ${groups.length} group${groups.length === 1 ? '' : 's'}`;
      return planOf(`delete account ${where}${out}`, ...leaving.flat(), { do: 'delete', dn: entry.dn });
    }
    case 'set_password':
      return planPassword(directory, account, change.password, now);
    case 'set_keys':
      return planKeyChange(directory, account, change, now);
    case 'set_attributes':
      return planAttributes(directory, account, change);
    case 'grant':
      return planGrant(directory, account, change.entitlement);
    case 'revoke':
      return planRevoke(directory, account, change.entitlement);
  }
}

async function planPassword(
  { settings, at, controls }: Directory,
  { entry, nativeId }: FoundAccount,
  password: string,
  now: string,
): Promise<Plan> {
  const summary = `set the password of ${nativeId} on ${at}`;
  const stored = entry.texts('userPassword');
  const same = stored.length === 1 && (await fitsStored(password, stored[0] ?? '')) === true;
  const held = settings.mustChange === 'clear' && entry.text('pwdReset') === 'TRUE';
  if (same && !held) return nothingToDo(summary);
  // A mark that outlives the new password goes first: there is no moment in which the account is open.
  const enduring = enduringMark(entry, now);
  const first: readonly Step[] = enduring.length === 0 ? [] : [{ do: 'modify', dn: entry.dn, changes: enduring }];
  const relock: readonly LdapModification[] = lockState(entry, now).locked
    ? [{ do: 'replace', attribute: 'pwdAccountLockedTime', values: ['000001010000Z'] }]
    : [];
  const lift: readonly LdapModification[] =
    settings.mustChange === 'clear' && controls.has(policyRequest.oid)
      ? [{ do: 'replace', attribute: 'pwdReset', values: [] }]
      : [];
  const after = [...lift, ...relock];
  return planOf(
    summary,
    ...first,
    ...(same ? [] : [{ do: 'password', dn: entry.dn, password } as const]),
    ...(after.length === 0 ? [] : [{ do: 'modify', dn: entry.dn, changes: after } as const]),
  );
}

async function planKeyChange(
  directory: Directory,
  { entry, nativeId }: FoundAccount,
  change: Extract<Change, { do: 'set_keys' }>,
  now: string,
): Promise<Plan> {
  if (!(await keepsKeys(directory)))
    throw new TargetError(
      'unsupported',
      `${directory.at} keeps no SSH keys; load the schema openssh-lpk (ldapPublicKey, sshPublicKey)`,
    );
  const { add, remove, words } = planKeys(entry.texts('sshPublicKey'), change, lockState(entry, now).locked);
  const summary = `keys of ${nativeId} on ${directory.at}: ${words}`;
  if (add.length === 0 && remove.length === 0) return nothingToDo(summary);
  const isKeeper = entry.texts('objectClass').some((name) => name.toLowerCase() === 'ldappublickey');
  const changes: readonly LdapModification[] = [
    ...(isKeeper || add.length === 0
      ? []
      : [{ do: 'add', attribute: 'objectClass', values: ['ldapPublicKey'] } as const]),
    ...(remove.length === 0 ? [] : [{ do: 'delete', attribute: 'sshPublicKey', values: remove } as const]),
    ...(add.length === 0 ? [] : [{ do: 'add', attribute: 'sshPublicKey', values: add } as const]),
  ];
  return planOf(summary, { do: 'modify', dn: entry.dn, changes });
}

/** Whether the schema has a place for public keys. */
async function keepsKeys({ ldap }: Directory): Promise<boolean> {
  const root = await ldap.readEntry('', ['subschemaSubentry']);
  const schema = root?.text('subschemaSubentry') ?? 'cn=Subschema';
  const search = {
    base: schema,
    scope: 'base',
    filter: '(objectClass=subschema)',
    attributes: ['objectClasses'],
  } as const;
  const [entry] = await entriesOf(ldap.search(search));
  return entry?.texts('objectClasses').some((text) => /\bNAME\s+\(?[^)]*'ldapPublicKey'/iu.test(text)) ?? false;
}

/** The grammar of what may be put into a command, a file name or a sudoers line on a target. Everything else is refused, not repaired. */
import { TargetError, type Change } from '../../port.ts';

/** An account name every tool on the host reads the same way. */
export function accountName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/u.test(name) && !name.endsWith('.') && !name.includes('..')) return name;
  throw new TargetError(
    'refused',
    `${shown(name)} is not an account name Reeve puts on a Linux host: letters, digits, \`_\`, \`.\` and \`-\`, at most 32, beginning with a letter or \`_\``,
  );
}

/** Stricter for accounts Reeve creates: useradd and sudoers both take lower case for granted. */
export function newAccountName(name: string): string {
  if (accountName(name) === name.toLowerCase()) return name;
  throw new TargetError('refused', `${shown(name)} holds capital letters; Reeve creates accounts in lower case only`);
}

function groupName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/u.test(name)) return name;
  throw new TargetError('refused', `${shown(name)} is not a group name Reeve uses on a Linux host`);
}

/** The full-name field of passwd(5): colons and line breaks would end the entry, commas the field. */
export const gecosName = (fullName: string): string =>
  fullName
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}:,]+/gu, ' ')
    .trim()
    .slice(0, 120);

/** A password one line of chpasswd(8) can carry. */
export function passwordLine(password: string): string {
  if (password !== '' && password.length <= 500 && !/[\p{Cc}]/u.test(password)) return password;
  throw new TargetError('refused', 'the password is empty, longer than 500 characters or holds control characters');
}

/** Reeve's sudoers file of an account. sudo skips file names holding a dot, so a dot is written `+2e`. */
export const sudoersFileOf = (account: string): string =>
  `/etc/sudoers.d/reeve-${accountName(account).replaceAll('.', '+2e')}`;

/** A user list entry. A name all in capitals would be read as an alias. */
export function sudoersUser(account: string): string {
  if (/[a-z]/u.test(accountName(account))) return account;
  throw new TargetError(
    'refused',
    `\`${account}\` would be read as an alias in sudoers; give it a name with a small letter first`,
  );
}

/** A name quoted for a message: without control characters, cut to a sensible length. */
const shown = (name: string): string => `\`${name.replace(/[\p{Cc}\p{Cf}]+/gu, '?').slice(0, 64)}\``;

/** Checks everything in a change that is a name, before anything is sent to the target. */
export function checkNames(change: Change): void {
  accountName(change.account);
  if (change.do === 'create_account') newAccountName(change.account);
  if (change.do === 'set_password') passwordLine(change.password);
  if (change.do === 'grant' || change.do === 'revoke') entitlementId(change.entitlement);
}

/** `login`, `group:<name>` or `sudo:<id>`, taken apart. */
export function entitlementId(id: string): { readonly kind: 'login' | 'group' | 'sudo'; readonly name: string } {
  if (id === 'login') return { kind: 'login', name: '' };
  if (id.startsWith('group:')) return { kind: 'group', name: groupName(id.slice(6)) };
  if (/^sudo:(?:ALL|[0-9a-f]{12})$/u.test(id)) return { kind: 'sudo', name: id.slice(5) };
  throw new TargetError(
    'unsupported',
    `${shown(id)} is not an entitlement of a Linux host: \`login\`, \`group:<name>\` or \`sudo:<id>\``,
  );
}

import { TargetError, type Change } from '../port.ts';

/** userName as a filter can carry it everywhere: no quotes and backslashes, which not every provider reads alike. */
const ACCOUNT = /^(?!\s)[^\p{Cc}\p{Cs}"\\]{1,250}(?<!\s)$/u;
/** Ids are the provider's own; they become part of a path. */
const ID = /^[A-Za-z0-9._~-]{1,200}$/u;

export function checkAccount(name: string): void {
  if (!ACCOUNT.test(name))
    throw new TargetError(
      'refused',
      'an account name is 1 to 250 characters without control characters, quotes, backslashes and blanks around it',
    );
}

/** The id in `group:<id>`; refused for what is none. */
export function groupId(entitlement: string): string {
  const id = entitlement.startsWith('group:') ? entitlement.slice('group:'.length) : '';
  if (ID.test(id) && id !== '.' && id !== '..') return id;
  throw new TargetError('refused', 'an entitlement of a SCIM service is `group:<id>` or `role:<value>`');
}

/** The value in `role:<value>`, or undefined. */
export const roleValue = (entitlement: string): string | undefined =>
  entitlement.startsWith('role:') ? entitlement.slice('role:'.length) : undefined;

/** Refuses, before anything is asked, names that are not names. */
export function checkNames(change: Change): void {
  checkAccount(change.account);
  if ((change.do === 'grant' || change.do === 'revoke') && roleValue(change.entitlement) === undefined)
    groupId(change.entitlement);
}

/** `name` in the quotes of a filter (RFC 7644 §3.4.2.2: a JSON string). */
export const quoted = (name: string): string => JSON.stringify(name);

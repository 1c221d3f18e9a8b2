import { TargetError } from '../port.ts';

/** What an account's name may be anywhere; the service may be stricter. */
const ACCOUNT = /^(?!\s)[^\p{Cc}\p{Cs}\u2028\u2029]{1,250}(?<!\s)$/u;

export function checkAccount(name: string): void {
  if (!ACCOUNT.test(name) || name === '.' || name === '..')
    throw new TargetError(
      'refused',
      'an account name is 1 to 250 characters without control characters and blanks around it, and neither `.` nor `..`',
    );
}

/** Something the service said, on one line and short, for messages. */
export const shown = (text: string): string => text.slice(0, 200).replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ');

/** The two parts of `kind:id`; undefined for what is none. */
export function entitlementParts(nativeId: string): { readonly kind: string; readonly id: string } | undefined {
  const colon = nativeId.indexOf(':');
  if (colon < 1 || colon === nativeId.length - 1) return undefined;
  return { kind: nativeId.slice(0, colon), id: nativeId.slice(colon + 1) };
}

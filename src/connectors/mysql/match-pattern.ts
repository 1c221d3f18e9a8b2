/** Which names a pattern of the grant tables stands for, and which account a server takes a caller for. */
import type { Who } from './names.ts';

/** `%` for any text, `_` for one character, a backslash before what is meant itself; in time that does not explode. */
export function isLike(pattern: string, text: string): boolean {
  const parts = [...pattern.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, kept, one = '']) => ({
    any: kept === undefined && one === '%',
    single: kept === undefined && one === '_',
    char: kept ?? one,
  }));
  const chars = [...text];
  let [at, part] = [0, 0];
  // Where the last `%` stands, and how far it has reached.
  let [wild, reached] = [-1, 0];
  while (at < chars.length) {
    const now = parts[part];
    if (now && !now.any && (now.single || now.char === chars[at])) {
      at += 1;
      part += 1;
    } else if (now?.any === true) {
      wild = part;
      reached = at;
      part += 1;
    } else if (wild >= 0) {
      reached += 1;
      at = reached;
      part = wild + 1;
    } else return false;
  }
  return parts.slice(part).every((one) => one.any);
}

/** Whether the account may log in from there. */
export function hostFits(pattern: string, host: string): boolean {
  const [base, mask] = pattern.split('/', 2).map(numberOf);
  const caller = numberOf(host);
  if (pattern.includes('/'))
    return base !== undefined && mask !== undefined && caller !== undefined && (caller & mask) === base;
  return isLike(pattern.toLowerCase(), host.toLowerCase());
}

/** Whether whoever an account is for may come from where a right of the same name is good. */
export const hostTakesIn = (pattern: string, accountHost: string): boolean =>
  pattern === '%' || pattern === accountHost || hostFits(pattern, accountHost);

function numberOf(address: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(address)?.slice(1).map(Number);
  if (!parts || parts.some((one) => one > 255)) return undefined;
  return parts.reduce((sum, one) => sum * 256n + BigInt(one), 0n);
}

/** The more of a host is said before the first wildcard, the earlier the server looks there. */
const rank = ({ host }: Who): number => {
  const wild = host.search(/[%_]/u);
  return wild < 0 ? Number.POSITIVE_INFINITY : wild;
};

/** Of these accounts the one a server takes `user` from `host` for: the nearest host first, a name before no name. */
export function accountFor<Account extends Who>(
  accounts: readonly Account[],
  caller: { readonly user: string; readonly host: string },
): Account | undefined {
  return accounts
    .filter((one) => (one.user === caller.user || one.user === '') && hostFits(one.host, caller.host))
    .sort((a, b) => (rank(a) === rank(b) ? Number(a.user === '') - Number(b.user === '') : rank(b) - rank(a)))[0];
}

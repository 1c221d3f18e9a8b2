import { createHash, randomBytes } from 'node:crypto';
import type { LdapEntry } from '#kit/ldap/index.ts';
import { isWithin, type Moment } from './moment.ts';

/** Unknown to whoever names accounts, so that no names can be chosen whose sum is that of others. Marks carry theirs along. */
const ownSalt = randomBytes(12).toString('base64url');

export type Kind = 'account' | 'group';

/**
 * Counts what was there at a moment, as one number for accounts and one for groups: the sum, modulo 2^128, of a salted digest of each
 * one's place and names. What is gone or was renamed since shows as a difference; what that difference must be is known for
 * everything whose going was seen. Entries younger than the moment are not counted.
 */
export class Census {
  readonly salt: string;
  readonly #since: Moment | undefined;
  readonly #sums = { account: 0n, group: 0n };

  constructor(since: Moment | undefined, salt: string = ownSalt) {
    this.#since = since;
    this.salt = salt;
  }

  /** `dn` in normal spelling; `names` as the entry has them: login names of an account, the entryUUID of a group. */
  count(kind: Kind, entry: LdapEntry, dn: string, names: readonly string[]): void {
    if (this.#since && isOld(entry, this.#since)) this.#sums[kind] = modulo(this.#sums[kind] + this.weigh(dn, names));
  }

  sumOf(kind: Kind): bigint {
    return this.#sums[kind];
  }

  weigh(dn: string, names: readonly string[]): bigint {
    const hash = createHash('sha256').update(this.salt).update(dn);
    for (const name of [...names].sort()) hash.update(`\0${name}`);
    return BigInt(`0x${hash.digest('hex').slice(0, 32)}`);
  }
}

const modulus = 1n << 128n;
export const modulo = (sum: bigint): bigint => ((sum % modulus) + modulus) % modulus;

/**
 * Whether an entry was there at that moment. One created in the moment's own second and changed after it cannot be told; it counts as
 * new, and where that is wrong the sums differ and everything is read again.
 */
export function isOld(entry: LdapEntry, since: Moment): boolean {
  const csn = entry.text('entryCSN') ?? '';
  const created = entry.text('createTimestamp')?.slice(0, 14) ?? '';
  return isWithin(csn, since) || created < since.second;
}

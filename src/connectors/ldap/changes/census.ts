import { createHash, randomBytes } from 'node:crypto';
import type { LdapEntry } from '#kit/ldap/index.ts';
import { isWithin, type Moment } from './moment.ts';

const MOST_RECENT = 2_000;

/** Unknown to whoever names accounts, so that no names can be chosen whose sum is that of others. Marks carry theirs along. */
const ownSalt = randomBytes(12).toString('base64url');

export type Kind = 'account' | 'group';

/**
 * Counts what was there at a moment, as one number for accounts and one for groups: the sum, modulo 2^128, of a salted digest of each
 * one's place and names. What is gone or was renamed since shows as a difference; what that difference must be is known for
 * everything whose going was seen. Entries younger than the moment are not counted; of those created in the moment's own second and
 * changed after it nobody can tell by looking, so they are kept apart.
 */
export class Census {
  readonly salt: string;
  readonly #since: Moment | undefined;
  readonly #sums = { account: 0n, group: 0n };
  readonly #born: ReadonlySet<string> | undefined;
  readonly doubtful: { readonly kind: Kind; readonly weight: bigint }[] = [];
  /** entryUUIDs of what was there already and changed in the last seconds before the moment; null where that is very much. */
  recent: Set<string> | null = new Set();

  /** `born`: entryUUIDs of all that came after the moment, where something tells; then nothing is in doubt. */
  constructor(since: Moment | undefined, salt: string = ownSalt, born?: ReadonlySet<string>) {
    this.#since = since;
    this.salt = salt;
    this.#born = born;
  }

  /** `dn` in normal spelling; `names` as the entry has them: login names of an account, the entryUUID of a group. */
  count(kind: Kind, entry: LdapEntry, dn: string, names: readonly string[]): void {
    const age = this.ageOf(entry);
    if (age === 'old') this.#sums[kind] = modulo(this.#sums[kind] + this.weigh(dn, names));
    if (this.recent && this.#since && isRecent(entry, this.#since))
      if (this.recent.add(entry.text('entryUUID')?.toLowerCase() ?? '').size > MOST_RECENT) this.recent = null;
    if (age === 'doubtful' && this.doubtful.length < 100) this.doubtful.push({ kind, weight: this.weigh(dn, names) });
  }

  /** Needs `entryCSN`, `createTimestamp` and `entryUUID`. */
  ageOf(entry: LdapEntry): 'old' | 'new' | 'doubtful' {
    if (!this.#since) return 'new';
    const created = entry.text('createTimestamp')?.slice(0, 14) ?? '';
    if (isWithin(entry.text('entryCSN') ?? '', this.#since) || created < this.#since.second) return 'old';
    if (created > this.#since.second) return 'new';
    if (!this.#born) return 'doubtful';
    return this.#born.has(entry.text('entryUUID')?.toLowerCase() ?? '') ? 'new' : 'old';
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

const isRecent = (entry: LdapEntry, since: Moment): boolean =>
  (entry.text('entryCSN') ?? '') >= since.shortlyBefore && (entry.text('createTimestamp') ?? '') < since.shortlyBefore;

import { envelopeKey, openBox, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import { gather } from '#kit/gather/index.ts';
import { locked, lockOnEverything, type InTheWay } from '#spine/locks/index.ts';
import { scopeCovers, type Asker, type Operator } from '#spine/operations/index.ts';
import { secretFetched } from '../events.ts';
import { refuseSealed, wrapping } from '../seal-version.ts';
import type { KvSecret, KvVersion } from './model.ts';
import { standingVersions, type StandingKv } from './standing-versions.ts';

/** Somebody who is proved by a token, together with what they ask for. */
export interface TokenHolder {
  readonly token: string;
  readonly address: string;
  readonly trace: string;
}

/** Says who holds each token, in their order, in the transaction of what they ask for. */
export type ProveTokens = (
  tx: Tx,
  proofs: readonly TokenHolder[],
) => Promise<readonly (Omit<Asker, 'trace'> | undefined)[]>;

/** What somebody asks to read. */
export interface FetchAsk {
  readonly who: Asker | TokenHolder;
  readonly name: string;
  /** Absent: the current one. */
  readonly version?: number | undefined;
}

/** A value that was read, as the JSON text it was written as; null where that version was deleted or destroyed. */
export interface Fetched {
  readonly secret: KvSecret;
  readonly version: KvVersion;
  readonly text: string | null;
}

/** Reads of one transaction at most; more go in the next. */
const TOGETHER = 32;
/** Transactions of reads under way at once: one is at the database while another is decided, opened and answered. */
const AT_ONCE = 2;

interface FetcherParts {
  readonly keys: Keys;
  readonly operator: Pick<Operator, 'actTogether'>;
  readonly proveTokens: ProveTokens;
}

/**
 * Reads values for programs, each on the record before it is told. Reads that come while others are at the database
 * go in one transaction with each other: each is still decided and recorded for itself, at the instant it was read.
 * Answers undefined where there is no such secret in any folder, and throws what refuses: `policy.denied`,
 * `token.out_of_scope`, and `signin.over` for a token nobody holds.
 */
export function createFetcher(parts: FetcherParts): (ask: FetchAsk) => Promise<Fetched | undefined> {
  return gather<FetchAsk, Fetched | undefined>((asks) => fetchTogether(parts, asks), {
    together: TOGETHER,
    atOnce: AT_ONCE,
  });
}

const FETCH = 'secret_folder.fetch';
const NO_SUCH = new AppError({ code: 'secret.not_found', status: 404, detail: 'there is no such secret' });

async function fetchTogether(
  { keys, operator, proveTokens }: FetcherParts,
  together: readonly FetchAsk[],
): Promise<readonly (Fetched | AppError | undefined)[]> {
  const answers = await operator.actTogether(FETCH, {
    event: secretFetched,
    asks: async (tx) => {
      const [askers, lock, found] = await Promise.all([
        askersOf(tx, proveTokens, together),
        lockOnEverything(tx),
        standingVersions(tx, together),
      ]);
      return together.map((_ask, i) => {
        const asker = askers[i];
        if (asker === undefined) return holdsNothing();
        if (!scopeCovers(asker.scopes, FETCH, 'fetch')) return outOfScope(FETCH);
        const standing = found[i];
        if (standing === undefined) return NO_SUCH;
        return { asker, resource: standing.folder, input: { standing, lock } };
      });
    },
    work: (
      tx,
      { input }: { readonly input: { readonly standing: StandingKv; readonly lock: InTheWay | undefined } },
    ) => {
      const { secret, version, notFetched } = input.standing;
      if (input.lock !== undefined) return locked(input.lock);
      if (notFetched)
        return denied(
          'secret.not_fetched',
          `the terms of ${secret.name} let nobody fetch it`,
          'check it out, or open a session that uses it',
        );
      try {
        return {
          answer: { secret, version, text: openKv(keys, input.standing, tx.now) },
          event: {
            event: secretFetched,
            data: { secretId: secret.id, name: secret.name, version: version.version },
          },
        };
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    },
  });
  // Sealed meanwhile: what was opened and recorded is not told any more.
  refuseSealed(keys);
  return answers.map((answer) => (answer === NO_SUCH ? undefined : answer));
}

async function askersOf(
  tx: Tx,
  proveTokens: ProveTokens,
  asks: readonly FetchAsk[],
): Promise<readonly (Asker | undefined)[]> {
  const holders = asks.flatMap(({ who }) => ('token' in who ? [who] : []));
  const proved = holders.length === 0 ? [] : await proveTokens(tx, holders);
  let next = 0;
  return asks.map(({ who }) => {
    if (!('token' in who)) return who;
    const asker = proved[next++];
    if (asker === undefined) return undefined;
    const { principal, origin, scopes } = asker;
    return { principal, origin, scopes, trace: who.trace };
  });
}

/** What a token nobody holds is answered. */
export const holdsNothing = (): AppError =>
  new AppError({
    code: 'signin.over',
    status: 403,
    detail: 'permission denied: the token is missing, unknown, over or revoked',
    fix: 'make one with `reeve tokens create`',
  });

/** What a token that may do less is answered. */
export const outOfScope = (action: string): AppError =>
  denied('token.out_of_scope', `this token may not do ${action}`, `create a token with the scope ${action}`);

/**
 * Data keys of versions that stand, by the key that wraps them: they are gone with it as soon as the vault is sealed.
 * Who can read this memory reads the wrapping key as well, so they add nothing to be lost.
 */
const dataKeys = new WeakMap<SealingKey, WeakMap<StandingKv, SealingKey>>();

function openKv(keys: Keys, standing: StandingKv, now: Date): string | null {
  const { context, box } = standing;
  const { wrappedKey, deletedAt } = standing.version;
  if (wrappedKey === null || box === null || (deletedAt !== null && deletedAt <= now)) return null;
  const wrapper = wrapping(keys);
  let known = dataKeys.get(wrapper);
  if (known === undefined) dataKeys.set(wrapper, (known = new WeakMap<StandingKv, SealingKey>()));
  let key = known.get(standing);
  if (key === undefined) known.set(standing, (key = envelopeKey(wrapper, { wrappedKey }, context)));
  const plain = openBox(key, box);
  try {
    return plain.toString('utf8');
  } finally {
    plain.fill(0);
  }
}

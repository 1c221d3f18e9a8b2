import { envelopeKey, open, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import { gather } from '#kit/gather/index.ts';
import { locked, lockOnEverything, type InTheWay } from '#spine/locks/index.ts';
import type { Asker, Operator } from '#spine/operations/index.ts';
import { secretFetched } from '../events.ts';
import { refuseSealed, wrapping } from '../seal-version.ts';
import type { KvSecret, KvVersion } from './model.ts';
import { standingVersions, type StandingKv } from './standing-versions.ts';

/** What somebody asks to read. */
export interface FetchAsk {
  readonly asker: Asker;
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

/** Reads that wait for the same transaction at most; more wait for the next. */
const TOGETHER = 128;
/** Transactions of reads under way at once: one gathers at the database while another decides and opens. */
const AT_ONCE = 2;

/**
 * Reads values for programs, each on the record before it is told. Reads that come while others are at the database
 * go in one transaction with each other: each is still decided and recorded for itself, at the instant it was read.
 * Answers undefined where there is no such secret in any folder, and throws what refuses: `policy.denied`.
 */
export function createFetcher(parts: {
  readonly keys: Keys;
  readonly operator: Pick<Operator, 'actTogether'>;
}): (ask: FetchAsk) => Promise<Fetched | undefined> {
  return gather<FetchAsk, Fetched | undefined>((asks) => fetchTogether(parts, asks), {
    together: TOGETHER,
    atOnce: AT_ONCE,
  });
}

const NO_SUCH = new AppError({ code: 'secret.not_found', status: 404, detail: 'there is no such secret' });

async function fetchTogether(
  { keys, operator }: Parameters<typeof createFetcher>[0],
  together: readonly FetchAsk[],
): Promise<readonly (Fetched | AppError | undefined)[]> {
  const answers = await operator.actTogether('secret_folder.fetch', {
    event: secretFetched,
    asks: async (tx) => {
      const [lock, found] = await Promise.all([lockOnEverything(tx), standingVersions(tx, together)]);
      return together.map(({ asker }, i) => {
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

/**
 * Data keys of versions that stand, by the key that wraps them: they are gone with it as soon as the vault is sealed.
 * Who can read this memory reads the wrapping key as well, so they add nothing to be lost.
 */
const dataKeys = new WeakMap<SealingKey, WeakMap<StandingKv, SealingKey>>();

function openKv(keys: Keys, standing: StandingKv, now: Date): string | null {
  const { wrappedKey, sealed, deletedAt } = standing.version;
  if (wrappedKey === null || sealed === null || (deletedAt !== null && deletedAt <= now)) return null;
  const wrapper = wrapping(keys);
  const known = dataKeys.get(wrapper) ?? new WeakMap<StandingKv, SealingKey>();
  dataKeys.set(wrapper, known);
  const key = known.get(standing) ?? envelopeKey(wrapper, { wrappedKey }, standing.context);
  known.set(standing, key);
  const plain = open(key, sealed, standing.context.value);
  try {
    return plain.toString('utf8');
  } finally {
    plain.fill(0);
  }
}

import { hash, parseOptions, verify, type Options } from '@node-rs/argon2';
import { AppError } from '#kit/errors/index.ts';
import { mac } from './digest.ts';
import type { Keys } from './keys.ts';
import { randomSecret } from './seal.ts';

/** RFC 9106 §4, second recommended choice: Argon2id, 64 MiB, 3 passes, 4 lanes. */
const COST = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 4, outputLen: 32 } as const;
/** Longest password in bytes that is hashed; longer input would only cost time. */
const MAX_BYTES = 1024;

/** Another for every holder: a hash copied from one person's row into another's verifies nothing there. */
const pepper = (keys: Keys, holder: string): Options => ({ secret: mac(keys.derive('password pepper'), holder) });

/** One password has one form, however the keyboard composed it (Unicode NFC, as RFC 8265 asks). */
const prepared = (password: string): Buffer => Buffer.from(password.normalize('NFC'));

/**
 * Hashes the password of a holder (an id). The root key enters as Argon2's secret: a stolen database alone cannot even
 * be guessed at. Throws 422 for a password over 1024 bytes.
 */
export async function hashPassword(keys: Keys, holder: string, password: string): Promise<string> {
  const bytes = prepared(password);
  if (bytes.length > MAX_BYTES) {
    throw new AppError({ code: 'password.too_long', status: 422, detail: `a password has at most ${MAX_BYTES} bytes` });
  }
  return hash(bytes, { ...COST, ...pepper(keys, holder) });
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the one hashed for this holder. `stored` undefined (no such person, or no password set) takes as long
 * as a wrong password and is false, so that time does not tell who exists.
 */
export async function verifyPassword(
  keys: Keys,
  holder: string,
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  const bytes = prepared(password);
  const tooLong = bytes.length > MAX_BYTES;
  decoy ??= hash(randomSecret(32), COST);
  const matches = await verify(stored ?? (await decoy), tooLong ? Buffer.alloc(1) : bytes, pepper(keys, holder));
  return matches && stored !== undefined && !tooLong;
}

/** True when a stored hash was made at another cost than today's: hash again at the next right password. */
export function passwordIsDated(stored: string): boolean {
  const made = parseOptions(stored);
  return (
    made.memoryCost !== COST.memoryCost || made.timeCost !== COST.timeCost || made.parallelism !== COST.parallelism
  );
}

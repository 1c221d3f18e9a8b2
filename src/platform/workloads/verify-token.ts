import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import type { Clock } from '#kit/clock/index.ts';
import { AppError, unavailable } from '#kit/errors/index.ts';
import type { OutboundReader } from '#kit/outbound/index.ts';
import type { Issuer } from './store.ts';

/** Signatures that are taken: by keys in pairs only, so that nobody signs with what is public. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Keys are fetched again after this long, and for a key that is not among them. */
const KEYS_LIVE_MS = 600_000;
/** And not more often than this, whatever is sent. */
const FETCH_AT_MOST_EVERY_MS = 30_000;
/** A token that was made longer ago is no proof of now. */
const OLDEST_S = 3600;
const TOLERANCE_S = 30;

interface Kept {
  readonly keys: JSONWebKeySet | undefined;
  readonly at: number;
}

const untrue = (): AppError =>
  new AppError({
    code: 'workload.not_proved',
    status: 401,
    detail: 'the token proves nothing here',
    fix: 'get a fresh one from the platform, for the audience that is set for it in Reeve',
  });

/** Whom a token says it is from, as it stands. Nothing is proved by that. */
export function issuerNamed(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string' && iss.length <= 500) return iss;
  } catch {
    // Told alike, whatever it was.
  }
  throw untrue();
}

export { untrue as tokenUntrue };

/** Verifies tokens by the keys of their issuer, which are kept for a while and fetched by the rules of what goes out. */
export function createVerifier(parts: {
  readonly outbound: OutboundReader;
  readonly clock: Clock;
}): (issuer: Issuer, token: string) => Promise<JWTPayload> {
  const kept = new Map<string, Kept>();

  const keysOf = async (issuer: Issuer, again: boolean): Promise<JSONWebKeySet> => {
    const now = parts.clock.now().getTime();
    const place = `${issuer.id} ${issuer.keysUrl}`;
    const known = kept.get(place);
    const fresh = known !== undefined && now - known.at < (again ? FETCH_AT_MOST_EVERY_MS : KEYS_LIVE_MS);
    if (fresh && known.keys !== undefined) return known.keys;
    if (!fresh || now - known.at >= FETCH_AT_MOST_EVERY_MS) {
      kept.set(place, { keys: known?.keys, at: now });
      const keys = await fetchKeys(parts.outbound, issuer);
      if (keys !== undefined) kept.set(place, { keys, at: now });
    }
    const keys = kept.get(place)?.keys;
    if (keys === undefined)
      throw unavailable(
        'workload.keys_unreachable',
        `the keys of ${issuer.name} cannot be fetched`,
        'is keysUrl right, and may Reeve reach it (outbound_allow)?',
      );
    return keys;
  };

  const verify = async (issuer: Issuer, token: string, again: boolean): Promise<JWTPayload> => {
    const keys = createLocalJWKSet(await keysOf(issuer, again));
    const { payload } = await jwtVerify(token, keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_S,
      maxTokenAge: OLDEST_S,
      requiredClaims: ['exp', 'iat'],
      currentDate: parts.clock.now(),
    });
    return payload;
  };

  return async (issuer, token) => {
    try {
      return await verify(issuer, token, false).catch((error: unknown) => {
        // A platform that has new keys names one that was not among those kept.
        if (error instanceof errors.JWKSNoMatchingKey) return verify(issuer, token, true);
        throw error;
      });
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw untrue();
    }
  };
}

async function fetchKeys(outbound: OutboundReader, issuer: Issuer): Promise<JSONWebKeySet | undefined> {
  const answer = await outbound.get(issuer.keysUrl);
  if (answer.outcome !== 'answered' || answer.status !== 200 || answer.body === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(answer.body);
    const keys = typeof read === 'object' && read !== null && 'keys' in read ? read.keys : undefined;
    return Array.isArray(keys) ? (read as JSONWebKeySet) : undefined;
  } catch {
    return undefined;
  }
}

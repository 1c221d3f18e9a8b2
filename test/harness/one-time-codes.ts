import { TOTP, URI } from 'otpauth';
import { beginTotp, useTotpCode } from '#platform/signin/second-factor.ts';
import type { SigninEdges } from '#platform/signin/edges.ts';
import type { House } from './house.ts';

/** Somebody's app with one-time codes. */
export interface CodeApp {
  /** The code it shows next; half a minute goes by, since each works once. */
  code(): string;
  /** Proves afresh, for one act on one thing, that it is them. */
  prove(action: string, resourceId: string): Promise<void>;
}

/** Gives somebody an app with one-time codes. */
export async function codeApp(
  house: Pick<House, 'db' | 'keys' | 'clock' | 'perform'>,
  identityId: string,
): Promise<CodeApp> {
  const edges: SigninEdges = { db: house.db, keys: house.keys, publicUrl: 'http://localhost:8470' };
  const totp = URI.parse(await house.db.tx((tx) => beginTotp(edges, tx, identityId, 'x')));
  if (!(totp instanceof TOTP)) throw new Error('codes go by time');
  const code = (): string => {
    house.clock.advance(30_000);
    return totp.generate({ timestamp: house.clock.now().getTime() });
  };
  await house.db.tx((tx) => useTotpCode(edges, tx, identityId, code(), { confirming: true }));
  return {
    code,
    prove: async (action, resourceId) => {
      const { challengeId } = await house.perform<{ challengeId: string }>(
        'signin.askStepUp',
        { action, resourceId, byCode: true },
        identityId,
      );
      await house.perform('signin.stepUp', { challengeId, code: code() }, identityId);
    },
  };
}

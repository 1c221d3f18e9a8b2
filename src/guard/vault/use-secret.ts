import type { Keys } from '#kit/crypto/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretUsed } from './events.ts';
import type { Secret, VersionState } from './model.ts';
import { openVersion, type OpenedVersion } from './seal-version.ts';

/**
 * Takes a value out for Reeve's own use: a gateway or connector logs in with it and nobody sees it. The use is on
 * the record in the same transaction; when the log cannot be written, nothing is released.
 */
export async function useSecret(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly secret: Secret;
    readonly purpose: 'session' | 'connection' | 'rotation';
    readonly sessionId?: string | undefined;
    readonly state?: VersionState | undefined;
  },
): Promise<OpenedVersion> {
  const { secret } = input;
  const opened = await openVersion(keys, ctx.tx, secret, { state: input.state ?? 'current' });
  await ctx.record(permit, {
    event: secretUsed,
    data: {
      secretId: secret.id,
      name: secret.name,
      version: opened.version,
      purpose: input.purpose,
      sessionId: input.sessionId,
    },
  });
  return opened;
}

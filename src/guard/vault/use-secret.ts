import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretUsed } from './events.ts';
import type { Secret, VersionState } from './model.ts';
import { openVersion, type OpenedVersion } from './seal-version.ts';

/**
 * Takes a value out for Reeve's own use: a gateway or connector logs in with it and nobody sees it. The use is on
 * the record in the same transaction; when the log cannot be written, nothing is released. Throws
 * `integrity.secret_elsewhere` for the credential of another system than the one it would be sent to.
 */
export async function useSecret(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly secret: Secret;
    /** Where it is going to be sent; null where it belongs to no system. */
    readonly systemId: string | null;
    readonly purpose: 'session' | 'connection' | 'rotation' | 'signing';
    readonly sessionId?: string | undefined;
    readonly state?: VersionState | undefined;
    /** That version, in place of one by its state. */
    readonly version?: number | undefined;
  },
): Promise<OpenedVersion> {
  const { secret } = input;
  if (secret.systemId !== input.systemId) {
    throw new AppError({
      code: 'integrity.secret_elsewhere',
      status: 500,
      detail: `${secret.name} belongs to another system than the one it was about to be sent to: somebody changed which credential goes where`,
      fix: 'look in the audit log for who did, and connect the system again',
    });
  }
  const opened = await openVersion(
    keys,
    ctx.tx,
    secret,
    input.version === undefined ? { state: input.state ?? 'current' } : { version: input.version },
  );
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

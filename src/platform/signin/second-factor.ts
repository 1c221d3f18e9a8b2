import { Secret, TOTP } from 'otpauth';
import { open, randomSecret, seal } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { SigninEdges } from './edges.ts';

const STEP_S = 30;
export const TOTP_SECRETS = 'signin totp';
/** What the secret of somebody's code app is bound to. */
export const totpContext = (identityId: string): string => `signin_totp ${identityId}`;

const totpOf = (secret: Buffer, label: string): TOTP =>
  new TOTP({
    issuer: 'Reeve',
    label,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    period: STEP_S,
    digits: 6,
  });

/** Makes a new TOTP secret (RFC 6238), sealed and unconfirmed. Returns the otpauth URI to show once. */
export async function beginTotp(edges: SigninEdges, tx: Tx, identityId: string, label: string): Promise<string> {
  const secret = randomSecret(20);
  const sealed = seal(edges.keys.sealing(TOTP_SECRETS), secret, totpContext(identityId));
  const changed = await tx.run(sql`
    insert into signin_totp as t (identity_id, sealed_secret) values (${identityId}, ${sealed})
    on conflict on constraint signin_totp_pk do update set sealed_secret = excluded.sealed_secret, last_step = 0
      where t.confirmed_at is null`);
  if (changed === 0) {
    throw conflict('totp.already_confirmed', 'a one-time code app is already set up', 'remove it first');
  }
  return totpOf(secret, label).toString();
}

/**
 * Whether a code is right now, one step early or late allowed. A code works once, also when tried twice at the
 * same instant: the step is moved forward by one conditional update. Blanks typed between digits do not count.
 */
export async function useTotpCode(
  edges: SigninEdges,
  tx: Tx,
  identityId: string,
  typed: string,
  options: { readonly confirming?: boolean } = {},
): Promise<boolean> {
  const row = await tx.maybe<{ sealedSecret: Buffer; confirmedAt: Date | null }>(
    sql`select sealed_secret, confirmed_at from signin_totp where identity_id = ${identityId}`,
  );
  if (row === undefined || (row.confirmedAt === null && options.confirming !== true)) return false;
  const secret = open(edges.keys.sealing(TOTP_SECRETS), row.sealedSecret, totpContext(identityId));
  const code = typed.replaceAll(/\s/g, '');
  const delta = totpOf(secret, 'x').validate({ token: code, timestamp: tx.now.getTime(), window: 1 });
  secret.fill(0);
  if (delta === null) return false;
  const step = Math.floor(tx.now.getTime() / 1000 / STEP_S) + delta;
  const used = await tx.run(sql`
    update signin_totp set last_step = ${step}, confirmed_at = coalesce(confirmed_at, ${tx.now})
    where identity_id = ${identityId} and last_step < ${step}`);
  return used === 1;
}

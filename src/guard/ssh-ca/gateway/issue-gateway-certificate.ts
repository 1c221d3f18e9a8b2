import type { Keys } from '#kit/crypto/index.ts';
import { parsePublicKey } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { ensureAuthorities } from '../keep-authorities.ts';
import { gatewayPrincipal, SKEW_MS, type Certificate } from '../model.ts';
import { addressOf } from '../issue-certificate.ts';
import { signCertificate } from '../sign-certificate.ts';

/**
 * Certifies that a key is somebody's, for the gateway and for hours. It opens nothing by itself: its one name is no
 * account's anywhere, and what its holder may open is decided for each session. So it may outlast a grant, and is revoked
 * with its holder.
 */
export async function issueGatewayCertificate(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  wanted: {
    readonly publicKey: string;
    readonly seconds: number;
    readonly sourceAddress: boolean;
    /** Where the holder is, when Reeve itself holds the key and comes to the gateway for them. */
    readonly personAddress?: string;
  },
): Promise<{ readonly certificate: Certificate; readonly line: string }> {
  const key = parsePublicKey(wanted.publicKey);
  const [authority] = await ensureAuthorities(keys, ctx, permit, 'user');
  return await signCertificate(keys, ctx, permit, {
    kind: 'gateway',
    authority,
    key,
    systemId: null,
    identityId: ctx.principal.id,
    accountIds: [],
    grantIds: [],
    principals: [gatewayPrincipal(ctx.principal.id)],
    validFrom: new Date(ctx.now.getTime() - SKEW_MS),
    validTo: new Date(ctx.now.getTime() + wanted.seconds * 1000),
    ...(wanted.sourceAddress ? { critical: { 'source-address': addressOf(ctx, '/sourceAddress') } } : {}),
    ...(wanted.personAddress === undefined ? {} : { personAddress: wanted.personAddress }),
    extensions: ['permit-pty'],
  });
}

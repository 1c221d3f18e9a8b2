import type { Keys } from '#kit/crypto/index.ts';
import { newKeyPair, parsePublicKey } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Account } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { GatewayCredential } from '#gateways/port.ts';
import { canBePrincipal, principalOf, SKEW_MS } from '../model.ts';
import { signCertificate } from '../sign-certificate.ts';
import { authorities, getTrust } from '../store.ts';

/** A gateway logs on at once; slow targets have so long. */
const LASTS_MS = 90_000;

/**
 * What a gateway logs on to a target with for one session, where the target trusts Reeve's authority: a key made for it and
 * a certificate of a minute and a half, for this account only. Undefined where the target is not set up, or not proved to
 * be by the last look; then the vault's credential is used.
 */
export async function certifySession(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly identityId: string; readonly account: Account; readonly grantIds: readonly string[] },
): Promise<GatewayCredential | undefined> {
  const { account, identityId, grantIds } = input;
  const trust = await getTrust(ctx.tx, account.systemId);
  if (trust?.state !== 'set_up' || !canBePrincipal(account.nativeId)) return undefined;
  const authority = (await authorities(ctx.tx, 'user')).find(({ id }) => trust.trusts.includes(id));
  if (authority === undefined) return undefined;
  const pair = newKeyPair('reeve-session');
  const { line } = await signCertificate(keys, ctx, permit, {
    kind: 'user',
    authority,
    key: parsePublicKey(pair.publicKey),
    systemId: trust.systemId,
    identityId,
    accountIds: [account.id],
    grantIds,
    principals: [principalOf(account.nativeId, trust.scope)],
    validFrom: new Date(ctx.now.getTime() - SKEW_MS),
    validTo: new Date(ctx.now.getTime() + LASTS_MS),
    // what the session may have of it, the gateway says
    extensions: ['permit-port-forwarding', 'permit-pty'],
  });
  return {
    kind: 'ssh_certificate',
    username: account.nativeId,
    privateKey: Buffer.from(pair.privateKey),
    certificate: line,
  };
}

import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { verifyMessage } from '#kit/ssh-certificates/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { giveToken, useOnce, type GivenToken } from '../give-token.ts';
import { readChallenge } from './challenge.ts';
import { hostLetIn } from './events.ts';
import { hosts } from './store.ts';

/** What signatures must be made for: one for files or for git proves nothing here. */
export const NAMESPACE = 'reeve-workload';

/** Alike for every reason: who guesses names of systems is not told which are there. */
const untrue = (): AppError =>
  new AppError({
    code: 'workload.not_proved',
    status: 401,
    detail: 'the signature proves nothing here',
    fix: `sign a fresh challenge with a host key Reeve has pinned: ssh-keygen -Y sign -n ${NAMESPACE}`,
  });

/** Gives a host a token for a challenge it signed with a host key its system was pinned with: once for each challenge. */
export async function exchangeSignature(
  parts: { readonly keys: Keys; readonly publicUrl: string },
  ctx: Ctx,
  permit: Permit,
  input: { readonly challenge: string; readonly signature: string },
): Promise<GivenToken> {
  const asked = readChallenge(parts.keys, parts.publicUrl, input.challenge, ctx.now);
  if (asked === undefined) throw untrue();
  const fingerprint = signerOf(input);
  const [host] = await hosts(ctx.tx, asked.system);
  if (fingerprint === undefined || host?.pinned.includes(fingerprint) !== true) throw untrue();
  await useOnce(ctx, input.challenge, new Date(asked.endsAt.getTime() + 60_000));
  const given = await giveToken(ctx, permit, { ...host, name: `workload of ${host.systemName}` });
  await ctx.record(permit, {
    event: hostLetIn,
    subject: given.identityId,
    data: {
      hostId: host.id,
      systemId: host.systemId,
      identityId: given.identityId,
      fingerprint,
      tokenId: given.tokenId,
      endsAt: given.endsAt.toISOString(),
    },
  });
  return given;
}

/** With and without the end of its line, which `echo` puts there. */
const signerOf = ({ challenge, signature }: { readonly challenge: string; readonly signature: string }) =>
  verifyMessage(signature, Buffer.from(challenge), NAMESPACE) ??
  verifyMessage(signature, Buffer.from(`${challenge}\n`), NAMESPACE);

import { sha256 } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, denied, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { createToken } from '#platform/signin/index.ts';

/** What a program gets for its proof, whichever that was. */
export interface GivenToken {
  readonly token: string;
  readonly tokenId: string;
  readonly endsAt: Date;
  readonly identityId: string;
  readonly scopes: string[];
}

/** Gives a program a token of its own, for a short time and within these scopes. Throws `workload.not_active`. */
export async function giveToken(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly scopes: readonly string[];
    readonly seconds: number;
    readonly name: string;
  },
): Promise<GivenToken> {
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (identity?.state !== 'active')
    throw denied('workload.not_active', 'the identity of this program is not active', 'ask whoever answers for it');
  const endsAt = new Date(ctx.now.getTime() + input.seconds * 1000);
  const { id, token } = await createToken(ctx, permit, {
    identityId: identity.id,
    name: input.name,
    scopes: input.scopes,
    endsAt,
  });
  return { token, tokenId: id, endsAt, identityId: identity.id, scopes: [...input.scopes] };
}

/** Throws `workload.replayed` for a proof that was taken before. */
export async function useOnce(ctx: Ctx, proof: string, forgetAt: Date): Promise<void> {
  const digest = sha256(Buffer.from(proof));
  const first = await ctx.tx.run(sql`
    insert into workload_token_used (digest, forget_at) values (${digest}, ${forgetAt}) on conflict (digest) do nothing`);
  if (first === 1) return;
  throw new AppError({
    code: 'workload.replayed',
    status: 401,
    detail: 'this proof was exchanged before',
    fix: 'get a fresh one for each exchange',
  });
}

/** Throws where an identity is nobody, or a person: people sign in themselves. */
export async function requireProgram(ctx: Ctx, identityId: string): Promise<void> {
  const identity = await getIdentity(ctx.tx, identityId);
  if (identity === undefined)
    throw invalid('/identityId', 'is nobody Reeve knows', 'name a service, workload or agent');
  if (!['service', 'workload', 'agent'].includes(identity.kind))
    throw conflict(
      'workload.no_program',
      `${identity.displayName} is no program`,
      'bind a service, workload or agent; people sign in themselves',
    );
}

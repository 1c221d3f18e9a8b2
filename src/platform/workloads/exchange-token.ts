import type { JWTPayload } from 'jose';
import { sha256 } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { createToken } from '#platform/signin/index.ts';
import { workloadLetIn } from './events.ts';
import { bindings, findIssuer, type Binding, type Issuer } from './store.ts';
import { issuerNamed, tokenUntrue } from './verify-token.ts';

/** What a token proved. */
export interface Proved {
  readonly issuer: Issuer;
  readonly claims: JWTPayload;
}
export type Verify = (issuer: Issuer, token: string) => Promise<JWTPayload>;

/** Proves a token of a platform, before anything is decided and with no connection held. */
export async function proveToken(db: Db, verify: Verify, token: string): Promise<Proved> {
  const issuer = await findIssuer(db, { issuer: issuerNamed(token) });
  if (issuer === undefined) throw tokenUntrue();
  return { issuer, claims: await verify(issuer, token) };
}

/**
 * Gives a program a token of its own for what its platform said of it: once for each token of the platform, within the
 * scopes and the time of the one binding whose claims all hold.
 */
export async function exchangeToken(
  ctx: Ctx,
  permit: Permit,
  input: { readonly token: string },
  { issuer, claims }: Proved,
): Promise<{ token: string; endsAt: Date; identityId: string; scopes: string[] }> {
  const fitting = (await bindings(ctx.tx, issuer.id)).filter((each) => holds(each, claims));
  const [binding] = fitting;
  if (binding === undefined)
    throw denied(
      'workload.not_bound',
      `nobody is bound to what ${issuer.name} says of this program`,
      'let an administrator bind its claims',
    );
  if (fitting.length > 1)
    throw denied(
      'workload.bound_twice',
      'several bindings fit this program, and who it is stays open',
      'let an administrator name claims that only one of them has',
    );
  const identity = await getIdentity(ctx.tx, binding.identityId);
  if (identity?.state !== 'active')
    throw denied('workload.not_active', 'the identity of this program is not active', 'ask whoever answers for it');
  await useOnce(ctx, input.token, claims);
  const endsAt = new Date(ctx.now.getTime() + binding.seconds * 1000);
  const made = await createToken(ctx, permit, {
    identityId: identity.id,
    name: `workload of ${issuer.name}`,
    scopes: binding.scopes,
    endsAt,
  });
  await ctx.record(permit, {
    event: workloadLetIn,
    subject: identity.id,
    data: {
      bindingId: binding.id,
      issuerId: issuer.id,
      identityId: identity.id,
      tokenId: made.id,
      endsAt: endsAt.toISOString(),
    },
  });
  return { token: made.token, endsAt, identityId: identity.id, scopes: [...binding.scopes] };
}

/** A claim holds where it is that text, or a list that has it. Claims within claims are named with dots. */
function holds(binding: Binding, claims: JWTPayload): boolean {
  return Object.entries(binding.claims).every(([name, wanted]) => {
    const said = claimOf(claims, name);
    return said === wanted || (Array.isArray(said) && said.includes(wanted));
  });
}

function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

/** Throws `workload.replayed` for a token that was exchanged before. What was signed counts, not how it was written. */
async function useOnce(ctx: Ctx, token: string, claims: JWTPayload): Promise<void> {
  const digest = sha256(Buffer.from(token.split('.').slice(0, 2).join('.')));
  const forgetAt = new Date(((claims.exp ?? 0) + 120) * 1000);
  const first = await ctx.tx.run(sql`
    insert into workload_token_used (digest, forget_at) values (${digest}, ${forgetAt}) on conflict (digest) do nothing`);
  if (first === 1) return;
  throw new AppError({
    code: 'workload.replayed',
    status: 401,
    detail: 'this token was exchanged before',
    fix: 'get a fresh one from the platform for each exchange',
  });
}

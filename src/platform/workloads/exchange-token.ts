import type { JWTPayload } from 'jose';
import type { Db } from '#kit/db/index.ts';
import { denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { workloadLetIn } from './events.ts';
import { giveToken, useOnce, type GivenToken } from './give-token.ts';
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
): Promise<GivenToken> {
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
  // What was signed counts, not how it was written.
  await useOnce(ctx, input.token.split('.').slice(0, 2).join('.'), new Date(((claims.exp ?? 0) + 120) * 1000));
  const given = await giveToken(ctx, permit, { ...binding, name: `workload of ${issuer.name}` });
  await ctx.record(permit, {
    event: workloadLetIn,
    subject: given.identityId,
    data: {
      bindingId: binding.id,
      issuerId: issuer.id,
      identityId: given.identityId,
      tokenId: given.tokenId,
      endsAt: given.endsAt.toISOString(),
    },
  });
  return given;
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

import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import { makePushSource } from '#govern/lifecycle/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { scimClientCreated } from '../events.ts';
import type { Scope, ScimClient } from '../model.ts';
import { findClientOfSource, requireClient } from './store.ts';
import { giveToken } from './tokens.ts';

const DAY_MS = 86_400_000;
/** The longest a token lives. */
const LONGEST_TOKEN_DAYS = 366;

export interface NewClient {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly usernameFrom: ScimClient['usernameFrom'];
  readonly baselineDays: number;
  readonly tokenEndsAt: Date;
}

/** Throws 422 where a token would end in the past, or live longer than somebody remembers it. */
export function checkTokenEnd(ctx: Ctx, endsAt: Date): void {
  const days = (endsAt.getTime() - ctx.now.getTime()) / DAY_MS;
  if (days <= 0 || days > LONGEST_TOKEN_DAYS)
    throw invalid(
      '/tokenEndsAt',
      `must lie within the next ${LONGEST_TOKEN_DAYS} days`,
      'choose a date a person will remember to renew',
    );
}

/**
 * Lets a directory in: a source of people of that name, a service identity it acts as, owned by whoever makes it, and a
 * token that is told once. A source that had a client before goes on with what it knows. Throws `scim_client.exists`.
 */
export async function createClient(
  ctx: Ctx,
  permit: Permit<'scim_client.create'>,
  input: NewClient,
): Promise<ScimClient & { readonly token: string; readonly tokenEndsAt: Date }> {
  checkTokenEnd(ctx, input.tokenEndsAt);
  const source = await makePushSource(ctx, permit, input.name);
  if ((await findClientOfSource(ctx.tx, source.id)) !== undefined)
    throw conflict('scim_client.exists', `${input.name} has a client already`, 'rotate its token, or remove it first');
  const id = newId(ctx.now.getTime());
  const { id: identityId } = await createIdentity(ctx, permit, {
    kind: 'service',
    facts: {
      displayName: `SCIM client ${input.name}`,
      ownerId: ctx.principal.kind === 'identity' ? ctx.principal.id : null,
    },
  });
  const baselineUntil = new Date(ctx.now.getTime() + input.baselineDays * DAY_MS);
  await ctx.tx.run(sql`
    insert into scim_client (id, source_id, identity_id, scopes, username_from, baseline_until, created_at, created_by)
    values (${id}, ${source.id}, ${identityId}, ${[...input.scopes]}, ${input.usernameFrom}, ${baselineUntil}, ${ctx.now},
            ${ctx.principal.kind === 'identity' ? ctx.principal.id : null})`);
  const token = await giveToken(ctx, id, input.tokenEndsAt);
  await ctx.record(permit, {
    event: scimClientCreated,
    data: {
      clientId: id,
      sourceId: source.id,
      name: input.name,
      identityId,
      scopes: [...input.scopes],
      tokenEndsAt: input.tokenEndsAt.toISOString(),
    },
  });
  return { ...(await requireClient(ctx.tx, id)), token, tokenEndsAt: input.tokenEndsAt };
}

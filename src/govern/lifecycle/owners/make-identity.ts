import { conflict, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createIdentity, findIdentityByUsername, type Identity, type IdentityKind } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requireAnswerer } from './answer.ts';
import { DAY_MS } from './model.ts';
import { readTerms } from './store.ts';

/**
 * Makes an identity that is no employee: a service, workload or agent with whoever answers for it, or a vendor with a
 * sponsor and an end. Nothing that acts is made without somebody who answers for it.
 */
export async function makeIdentity(
  ctx: Ctx,
  permit: Permit<'identity.make' | 'vendor.ask'>,
  input: {
    readonly kind: Exclude<IdentityKind, 'person'>;
    readonly username: string;
    readonly displayName: string;
    readonly ownerId: string;
    readonly email?: string | undefined;
    readonly until?: Date | undefined;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
    /** Known, and not let in yet. */
    readonly expected?: boolean | undefined;
  },
): Promise<Identity> {
  const { kind, username, displayName, ownerId, email, until } = input;
  if ((await findIdentityByUsername(ctx.tx, username)) !== undefined)
    throw conflict('identity.username_is_taken', `${username} is the username of another identity`, 'choose another');
  const owner = await requireAnswerer(ctx, ownerId, '', 'name a person who is here');
  if (kind === 'vendor' && until === undefined)
    throw invalid('/until', 'a vendor has an end', 'say until when they are to be here');
  const { longestRenewalDays } = await readTerms(ctx.tx);
  if (until !== undefined && until <= ctx.now) throw invalid('/until', 'is over already', 'choose a later instant');
  if (until !== undefined && until.getTime() > ctx.now.getTime() + longestRenewalDays * DAY_MS)
    throw invalid(
      '/until',
      `is more than ${longestRenewalDays} days ahead`,
      'choose an earlier end, and renew before it',
    );
  return await createIdentity(ctx, permit, {
    kind,
    facts: {
      displayName,
      username,
      ownerId: owner.id,
      ...(email === undefined ? {} : { email }),
      ...(until === undefined ? {} : { contractEnd: until }),
      ...(input.attributes === undefined ? {} : { attributes: input.attributes }),
      ...(input.expected === true ? { state: 'pre_hire' as const } : {}),
    },
  });
}

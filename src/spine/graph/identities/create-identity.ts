import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { identityCreated } from '../events.ts';
import type { Identity, IdentityKind, NewIdentityFacts } from '../model.ts';
import { completeFacts, insertIdentities, insertSlices } from './store-facts.ts';

/** Makes an identity whose facts hold from `validFrom` (default now) on. Its id is random; nothing of the person is in it. */
export async function createIdentity(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly id?: string | undefined;
    readonly kind: IdentityKind;
    readonly facts: NewIdentityFacts;
    readonly validFrom?: Date | undefined;
  },
): Promise<Identity> {
  const id = input.id ?? newId();
  const validFrom = input.validFrom ?? ctx.now;
  const facts = completeFacts(input.facts);
  await inWords(async () => {
    await insertIdentities(ctx.tx, [{ id, kind: input.kind }]);
    await insertSlices(ctx.tx, [{ identityId: id, facts, validFrom, validTo: null }]);
  });
  await ctx.record(permit, {
    event: identityCreated,
    subject: id,
    data: { identityId: id, kind: input.kind, validFrom: validFrom.toISOString(), facts: { ...facts } },
  });
  return { id, kind: input.kind, ...facts, validFrom, validTo: null };
}

import { invalid, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { inWords } from '../errors.ts';
import { identityChanged } from '../events.ts';
import type { FactsDiff, IdentityFacts } from '../model.ts';
import { diffFacts, factsAt, sliceFacts } from './slice-facts.ts';
import { lockIdentities, overlapCheckedAtEnd, readSlices, replaceSlices } from './store-facts.ts';

/**
 * Changes what is true of an identity from `validFrom` (default now; the past and the future are allowed) until
 * `validTo`, or until the next change of the same fact. Returns what differs at `validFrom`; records nothing when
 * nothing differs anywhere.
 */
export async function changeIdentityFacts(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly change: Partial<IdentityFacts>;
    readonly validFrom?: Date | undefined;
    readonly validTo?: Date | undefined;
  },
): Promise<FactsDiff> {
  const { identityId, change } = input;
  const validFrom = input.validFrom ?? ctx.now;
  if (input.validTo !== undefined && input.validTo <= validFrom)
    throw invalid('/validTo', 'a change ends after it begins', 'choose a later end, or leave it out');
  await lockIdentities(ctx.tx, [identityId]);
  const before = (await readSlices(ctx.tx, [identityId])).get(identityId);
  if (before === undefined) throw notFound('identity', identityId);
  const after = sliceFacts(before, change, validFrom, input.validTo ?? null);
  const rows = after.map((s) => ({ ...s, identityId }));
  await inWords(() => overlapCheckedAtEnd(ctx.tx, () => replaceSlices(ctx.tx, before, rows)));
  const [was, is] = [factsAt(before, validFrom) ?? before[0]?.facts, factsAt(after, validFrom)];
  if (was === undefined || is === undefined) throw notFound('identity', identityId);
  const diff = diffFacts(identityId, validFrom, was, is);
  if (diff.changed.length > 0) {
    await ctx.record(permit, {
      event: identityChanged,
      subject: identityId,
      data: {
        identityId,
        validFrom: validFrom.toISOString(),
        changed: [...diff.changed],
        before: { ...diff.before },
        after: { ...diff.after },
      },
    });
  }
  return diff;
}

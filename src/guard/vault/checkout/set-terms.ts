import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { checkoutTermsSet } from './events.ts';
import type { CheckoutTerms } from './terms.ts';

/** Terms as they are set for a path. */
export type NewTerms = Omit<CheckoutTerms, 'path' | 'changedBy' | 'changedAt'> & { readonly path: string };

/**
 * Sets the terms of a path and of what lies below it. They are replaced and never removed, so that nobody is rid of a
 * second person by taking terms away. Whoever set them needs a second person under them themselves.
 */
export async function setTerms(ctx: Ctx, permit: Permit, terms: NewTerms): Promise<CheckoutTerms> {
  const by = ctx.principal.id;
  await ctx.tx.run(sql`
    insert into checkout_terms (path, shared, second_person, reason_required, ticket_required, longest_seconds,
      extensions, showing, rotate_after, changed_by, changed_at)
    values (${terms.path}, ${terms.shared}, ${terms.secondPerson}, ${terms.reasonRequired}, ${terms.ticketRequired},
      ${terms.longestSeconds}, ${terms.extensions}, ${terms.showing}, ${terms.rotateAfter}, ${by}, ${ctx.now})
    on conflict (path) do update set shared = excluded.shared, second_person = excluded.second_person,
      reason_required = excluded.reason_required, ticket_required = excluded.ticket_required,
      longest_seconds = excluded.longest_seconds, extensions = excluded.extensions, showing = excluded.showing,
      rotate_after = excluded.rotate_after, changed_by = excluded.changed_by, changed_at = excluded.changed_at`);
  await ctx.record(permit, { event: checkoutTermsSet, data: terms });
  return { ...terms, changedBy: by, changedAt: ctx.now };
}

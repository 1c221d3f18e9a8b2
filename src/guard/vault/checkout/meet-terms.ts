import { sql } from '#kit/db/index.ts';
import { AppError, conflict, denied, invalid } from '#kit/errors/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Secret } from '../model.ts';
import type { CheckoutTerms } from './terms.ts';

/** What somebody says when they ask for a secret. */
export interface Said {
  readonly reason?: string | undefined;
  readonly ticket?: string | undefined;
  readonly seconds: number;
}

/** How tickets are written in this house, as a whole; absent: anyhow. */
export type TicketPattern = string | undefined;

/** Whether a second person has to agree: the terms say so, or the asker made the terms. */
export const needsSecondPerson = (terms: CheckoutTerms, askerId: string): boolean =>
  terms.secondPerson || terms.changedBy === askerId;

/** Refuses what is never given out, and what is asked for otherwise than the terms say. */
export function refuseAgainstTerms(secret: Secret, terms: CheckoutTerms, said: Said, pattern: TicketPattern): void {
  refuseInjectOnly(secret, terms);
  if (terms.reasonRequired && (said.reason ?? '').trim() === '')
    throw invalid('/reason', `is wanted for ${secret.name}`, 'say what it is needed for');
  if (terms.ticketRequired && (said.ticket ?? '').trim() === '')
    throw invalid('/ticket', `is wanted for ${secret.name}`, 'name the ticket it is needed for');
  if (said.ticket !== undefined && pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(said.ticket))
    throw invalid('/ticket', `is no ticket of this house: they are written ${pattern}`, 'name it as its system does');
  if (said.seconds > terms.longestSeconds)
    throw invalid('/seconds', `${secret.name} may be out for ${terms.longestSeconds} seconds at most`, 'ask for less');
}

/** Throws `secret.inject_only`. */
export function refuseInjectOnly(secret: Pick<Secret, 'name'>, terms: CheckoutTerms): void {
  if (terms.showing !== 'inject_only') return;
  throw denied(
    'secret.inject_only',
    `${secret.name} is used by sessions and connectors only and shown to nobody`,
    'open a session to the system it is for',
  );
}

/** Throws `secret.checked_out`, naming who has it, where the terms do not let another have it too. */
export async function refuseWhileOut(ctx: Ctx, secret: Secret, shared: boolean): Promise<void> {
  const holders = await ctx.tx.many<{ identityId: string; endsAt: Date; shared: boolean }>(sql`
    select identity_id, ends_at, shared from secret_checkout
     where secret_id = ${secret.id} and ended_at is null order by ends_at desc`);
  const mine = holders.find(({ identityId }) => identityId === ctx.principal.id);
  const other = holders.find((holder) => !shared || !holder.shared);
  const holder = mine ?? other;
  if (holder === undefined) return;
  if (shared && mine !== undefined)
    throw conflict('secret.checked_out', `you have ${secret.name} out already`, 'look at it there, or check it in');
  const who = await getIdentity(ctx.tx, holder.identityId);
  throw new AppError({
    code: 'secret.checked_out',
    status: 409,
    detail: `${secret.name} is checked out by ${who?.displayName ?? 'somebody'} until ${holder.endsAt.toISOString()}`,
    fix: 'ask them to check it in, or wait until then',
  });
}

import { sql } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import { findIdentitiesByEmail, getIdentity, holdIdentities, type Identity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import {
  accessHoursIn,
  accessHoursOf,
  isWithin,
  saidHours,
  setAccessHours,
  type AccessHours,
  type SaidHours,
} from '#spine/calendars/index.ts';
import { makeIdentity } from '#govern/lifecycle/index.ts';
import { submitRequest, type AskedLine, type JudgedLine } from '#govern/requests/index.ts';
import { vendorAsked } from './events.ts';

/** Whom a sponsor asks for, what they are to reach, and when. */
export interface VendorAsk {
  readonly name: string;
  readonly email: string;
  readonly employer: string;
  readonly username: string;
  /** What they are to reach, without a time: the window says it. */
  readonly lines: readonly AskedLine[];
  readonly startsAt?: Date | undefined;
  readonly until: Date;
  /** When in a week they may come in; absent: at any time, or as it is for who is here already. */
  readonly hours?: SaidHours | undefined;
  readonly reason: string;
  readonly ticket?: string | undefined;
}

/** The vendor of that address: undefined where nobody has it. Refuses who is no vendor, and who is answered for by another. */
const known = async (ctx: Ctx, ask: VendorAsk): Promise<Identity | undefined> => {
  const found = (await findIdentitiesByEmail(ctx.tx, ask.email)).filter((i) => i.state !== 'leaver');
  const [identity, second] = found;
  if (identity === undefined) return undefined;
  if (second !== undefined || identity.kind !== 'vendor')
    throw invalid('/email', 'belongs to somebody who is no vendor', 'ask for them as for anybody else');
  if (identity.ownerId !== ctx.principal.id) {
    const sponsor = identity.ownerId === null ? undefined : await getIdentity(ctx.tx, identity.ownerId);
    throw denied(
      'vendor.answered_for_by_another',
      'somebody else answers for this vendor',
      `ask ${sponsor?.displayName ?? 'an administrator'} to ask for it, or to hand the vendor over to you`,
    );
  }
  if (identity.contractEnd !== null && identity.contractEnd < ask.until)
    throw invalid(
      '/until',
      `is after the end of ${identity.displayName}, ${identity.contractEnd.toISOString()}`,
      `choose an earlier end, or renew them first: reeve identities renew ${identity.username ?? identity.id}`,
    );
  return identity;
};

/** Hours of who is here already are no more than they were: those were approved. Throws `input.invalid`. */
const sayHours = async (
  ctx: Ctx,
  permit: Permit<'vendor.ask'>,
  vendorId: string,
  hours: AccessHours,
  isHere: boolean,
): Promise<void> => {
  const before = (await accessHoursOf(ctx.tx, [vendorId])).get(vendorId);
  if (isHere && before !== undefined && !isWithin(hours, before))
    throw invalid(
      '/hours',
      `go beyond the hours there are: ${saidHours(before)}`,
      'leave them out, or have an administrator or a security officer widen them first: reeve vendors set-hours',
    );
  await setAccessHours(ctx, permit, vendorId, hours);
};

/**
 * Asks for access of somebody from outside, for a window. Whoever asks answers for them. Who is not known yet is made
 * expected, and let in with the approval. Refuses where nobody else would decide about somebody new.
 */
export const askForVendor = async (
  ctx: Ctx,
  permit: Permit<'vendor.ask'>,
  decide: Decide,
  ask: VendorAsk,
): Promise<{ readonly identityId: string; readonly requestId: string; readonly lines: readonly JudgedLine[] }> => {
  if (ask.startsAt !== undefined && ask.startsAt >= ask.until)
    throw invalid('/until', 'is before it begins', 'choose a later end, or an earlier beginning');
  // Two who ask for the same person at the same instant ask for one person, and neither waits for the other's locks.
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtext('vendor.ask'))`);
  const there = await known(ctx, ask);
  const vendor =
    there ??
    (await makeIdentity(ctx, permit, {
      kind: 'vendor',
      username: ask.username,
      displayName: ask.name,
      email: ask.email,
      ownerId: ctx.principal.id,
      until: ask.until,
      attributes: { employer: ask.employer },
      expected: true,
    }));
  await holdIdentities(ctx.tx, [vendor.id]);
  const hours = ask.hours === undefined ? undefined : await accessHoursIn(ctx.tx, ask.hours);
  if (hours !== undefined) await sayHours(ctx, permit, vendor.id, hours, there !== undefined);
  const { permit: mayAsk } = await decide.permit(ctx.tx, {
    principal: ctx.principal,
    action: 'request.submit',
    resource: { type: 'Identity', id: vendor.id },
  });
  const { requestId, lines } = await submitRequest(ctx, mayAsk, decide, {
    beneficiaryId: vendor.id,
    lines: ask.lines.map((line) => ({ ...line, until: ask.until })),
    startsAt: ask.startsAt,
    reason: hours === undefined ? ask.reason : `${ask.reason}\n\nHours of access: ${saidHours(hours)}`,
    ticket: ask.ticket,
    proves: (going) => {
      if (vendor.state !== 'active' && going.some(({ rule }) => rule.steps === 'automatic'))
        throw conflict(
          'vendor.nobody_approves',
          'the approval policy asks nobody about this, and nobody from outside is let in by their sponsor alone',
          'have a security officer add a rule for identityKinds [vendor] (reeve approval-policy)',
        );
      return Promise.resolve();
    },
  });
  await ctx.record(permit, {
    event: vendorAsked,
    subject: vendor.id,
    data: {
      identityId: vendor.id,
      requestId,
      sponsorId: ctx.principal.id,
      made: there === undefined,
      employer: ask.employer,
      until: ask.until.toISOString(),
    },
  });
  return { identityId: vendor.id, requestId, lines };
};

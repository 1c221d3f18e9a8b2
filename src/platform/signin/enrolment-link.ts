import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { enrolmentLinkMade } from './events.ts';

/**
 * True until somebody holds Reeve's administrator entitlement; only then does a first-run link work. One who holds it from
 * later on counts too: else a clock set back behind the first administrator would open the first run again.
 */
export async function needsFirstAdministrator(tx: Tx): Promise<boolean> {
  const row = await tx.one<{ none: boolean }>(sql`
    select not exists (
      select 1 from access_grant g join entitlement e on e.id = g.entitlement_id
      where e.kind = 'admin_role' and e.native_id = 'administrator'
        and g.ended_because is null and (g.valid_to is null or g.valid_to > ${tx.now})
    ) as none`);
  return row.none;
}

/** Makes a one-time enrolment link's token. An earlier link for the same person, or the earlier first-run link, stops working. */
export async function makeEnrolmentLink(
  ctx: Ctx,
  permit: Permit,
  input: { readonly purpose: 'first_administrator' | 'enrol'; readonly identityId?: string; readonly hours: number },
): Promise<string> {
  const token = newToken('rve');
  if (input.purpose === 'first_administrator') {
    await ctx.tx.run(sql`delete from enrolment_link where purpose = 'first_administrator' and used_at is null`);
  }
  if (input.identityId !== undefined) await forgetEnrolmentLinks(ctx.tx, input.identityId);
  await ctx.tx.run(sql`
    insert into enrolment_link (token_hash, purpose, identity_id, ends_at)
    values (${hashToken(token)}, ${input.purpose}, ${input.identityId ?? null},
            ${ctx.now}::timestamptz + make_interval(hours => ${input.hours}))`);
  await ctx.record(permit, { event: enrolmentLinkMade, subject: input.identityId, data: { purpose: input.purpose } });
  return token;
}

/** Ends every link of a person that was not used. */
export const forgetEnrolmentLinks = (tx: Tx, identityId: string): Promise<number> =>
  tx.run(sql`delete from enrolment_link where identity_id = ${identityId} and used_at is null`);

/** What a live link is for. Throws 401 for one that is unknown, used, too old, or of somebody who left, all alike. */
export async function readEnrolmentLink(
  tx: Tx,
  token: string,
): Promise<{ readonly purpose: 'first_administrator' | 'enrol'; readonly identityId: string | null }> {
  const row = await tx.maybe<{ purpose: 'first_administrator' | 'enrol'; identityId: string | null }>(sql`
    select l.purpose, l.identity_id from enrolment_link l
    where l.token_hash = ${hashToken(token)} and l.used_at is null and l.ends_at > ${tx.now}
      and not exists (select from identity_facts f where f.identity_id = l.identity_id and f.state = 'leaver'
                       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})) for update`);
  if (row === undefined || (row.purpose === 'first_administrator' && !(await needsFirstAdministrator(tx)))) {
    throw new AppError({
      code: 'enrolment.link_over',
      status: 401,
      detail: 'this link was used, is too old or never was',
      fix: 'ask an administrator for a new one; before there is one, restart Reeve: it prints a new link',
    });
  }
  return row;
}

/** Marks a link used, once its person has a way to sign in. */
export async function useEnrolmentLink(ctx: Ctx, token: string): Promise<void> {
  await ctx.tx.run(sql`update enrolment_link set used_at = ${ctx.now} where token_hash = ${hashToken(token)}`);
}

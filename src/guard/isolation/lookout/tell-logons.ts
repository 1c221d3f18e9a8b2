import type { Logon } from '#connectors/port.ts';
import { keepOutside, tellFinding } from '#guard/discovery/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { exemptionUsed } from '../events.ts';
import { tellOwner } from '../tell-owner.ts';

/** The kind of what is put into the queue. */
export const PAST_REEVE = 'past_reeve';

/**
 * Tells log-ons that did not come through Reeve: each on the record, one finding for an account and where it came from,
 * and a notice to whoever owns the system when that is new. What is exempt is on the record, and nothing more.
 */
export async function tellLogons(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly logons: readonly (Logon & { readonly exempt: boolean })[] },
): Promise<number> {
  const { systemId } = input;
  const fresh = await keepOutside(ctx, permit, input);
  const past = fresh.filter(({ exempt }) => !exempt);
  await ctx.recordAll(
    permit,
    fresh
      .filter(({ exempt }) => exempt)
      .map(({ exempt: _, ...logon }) => ({ event: exemptionUsed, data: { systemId, ...logon } })),
  );
  for (const { account, from, at, how } of past) {
    const powerful = await ctx.tx.maybe(sql`
      select native_id from account where system_id = ${systemId} and native_id = ${account} and valid_to is null and privileged
      union select account_name from finding where system_id = ${systemId} and account_name = ${account} and power and state <> 'gone'`);
    const where = from === '' ? 'the system itself' : from;
    const isNew = await tellFinding(ctx, permit, {
      systemId,
      account,
      kind: PAST_REEVE,
      about: `from ${where}`,
      severity: powerful === undefined ? 'high' : 'critical',
      reason: 'logged on without Reeve',
      evidence: `${how} from ${where} at ${at}`,
      byHand:
        'find out who it was and end what they do there; take away what let them in (a key, a password, a rule of the firewall); then reeve isolate prove',
    });
    if (isNew)
      await tellOwner(ctx, permit, {
        systemId,
        template: 'logon.past_reeve',
        path: `/findings?system=${systemId}`,
        facts: { account, from: where, at, how },
      });
  }
  return past.length;
}

import type { Logon } from '#connectors/port.ts';
import { keepOutside, tellFinding } from '#guard/discovery/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { exemptionUsed } from '../events.ts';
import { tellOwner } from '../tell-owner.ts';

/** The kind of what is put into the queue. */
export const PAST_REEVE = 'past_reeve';

/** Findings and mails that come of one look at most; every log-on is on the record all the same. */
const MOST_FINDINGS = 200;
const MOST_MAILS = 5;

/** A log-on that may be without Reeve, or may not. */
type Judged = Logon & { readonly exempt: boolean };

/** What was read twice is told once. */
export async function notTold(tx: Tx, systemId: string, logons: readonly Judged[]): Promise<readonly Judged[]> {
  if (logons.length === 0) return [];
  const rows = sql.json(logons.map(({ account, at, how }, n) => ({ n, account, at, how })));
  const told = await tx.many<{ n: number }>(sql`
    select l.n from jsonb_to_recordset(${rows}::jsonb) as l(n int, account text, at timestamptz, how text)
      join outside_logon o on o.system_id = ${systemId} and o.account_name = l.account and o.at = l.at and o.how = l.how`);
  const known = new Set(told.map(({ n }) => n));
  return logons.filter((_, n) => !known.has(n));
}

/**
 * Tells log-ons that did not come through Reeve: each on the record, one finding for an account and where it came from,
 * and a notice to whoever owns the system when that is new. What is exempt is on the record, and nothing more.
 */
export async function tellLogons(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly logons: readonly Judged[] },
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
  let mails = 0;
  const latest = new Map(past.map((logon) => [JSON.stringify([logon.account, logon.from]), logon]));
  for (const { account, from, at, how } of [...latest.values()].slice(0, MOST_FINDINGS)) {
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
    if (isNew && (mails += 1) <= MOST_MAILS)
      await tellOwner(ctx, permit, {
        systemId,
        template: 'logon.past_reeve',
        path: `/findings?system=${systemId}`,
        facts: { account, from: where, at, how },
      });
  }
  return past.length;
}

import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { listItems } from '../read-items.ts';
import { findCampaign } from '../store.ts';
import { adviceWeighed } from './events.ts';

export const WEIGH = 'certifications.weigh_advice';

/** How often a rule was right, as those who decided saw it. */
export interface Advice {
  readonly recommender: string;
  readonly rule: string;
  readonly what: 'keep' | 'revoke' | 'look';
  /** Items it spoke about that somebody decided. */
  readonly decided: number;
  /** Of those, decided otherwise. What only asks for a closer look cannot be. */
  readonly overturned: number;
  readonly shareOverturned: number | null;
}

const PAGE = 1_000;

/**
 * Once a campaign is closed, holds what was recommended against what people decided. What nobody answered counts for
 * nothing. All evidence is of the campaign's instant, so this says the same whenever it is run.
 */
export async function weighAdvice(job: JobCtx, campaignId: string): Promise<void> {
  const campaign = await findCampaign(job.db, campaignId);
  if (campaign?.state !== 'closed') return;
  const counts = new Map<string, { what: string; decided: number; overturned: number }>();
  for (let cursor: string | undefined, more = true; more;) {
    const page = await listItems(job.db, { campaignId, cursor, limit: PAGE });
    for (const { recommendation, decision, decidedBy, canary } of page.items) {
      if (recommendation === null || decision === null || decidedBy === null || canary) continue;
      const key = `${recommendation.rule} ${recommendation.what}`;
      const count = counts.get(key) ?? { what: recommendation.what, decided: 0, overturned: 0 };
      count.decided += 1;
      if (recommendation.what !== 'look' && recommendation.what !== decision) count.overturned += 1;
      counts.set(key, count);
    }
    cursor = page.nextCursor ?? undefined;
    more = page.nextCursor !== null;
  }
  const rows = [...counts].map(([key, count]) => ({ rule: key.split(' ')[0], ...count }));
  await job.act({ action: 'campaign.settle' }, async (ctx, permit: Permit) => {
    await ctx.tx.run(sql`delete from campaign_advice where campaign_id = ${campaignId}`);
    await ctx.tx.run(sql`
      insert into campaign_advice (campaign_id, rule, what, decided, overturned)
      select ${campaignId}, rule, what, decided, overturned
        from jsonb_to_recordset(${sql.json(rows)}::jsonb) as a(rule text, what text, decided int, overturned int)`);
    await ctx.record(permit, {
      event: adviceWeighed,
      data: {
        campaignId,
        decided: rows.reduce((sum, r) => sum + r.decided, 0),
        overturned: rows.reduce((sum, r) => sum + r.overturned, 0),
      },
    });
  });
}

/** How often each rule was overturned, in one campaign. Empty until it is closed. */
export const adviceOf = (tx: Queryable, campaignId: string): Promise<Advice[]> =>
  tx.many<Advice>(sql`
    select split_part(rule, '.', 1) as recommender, rule, what, decided, overturned,
           case when what <> 'look' then round(overturned::numeric / nullif(decided, 0), 4)::float8 end as share_overturned
      from campaign_advice where campaign_id = ${campaignId} order by decided desc, rule, what`);

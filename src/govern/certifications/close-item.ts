import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemClosed, itemsWaiting } from './events.ts';
import { saidOf } from './said.ts';

interface Closing {
  readonly id: string;
  readonly campaignId: string;
  readonly grantId: string | null;
  readonly identityId: string | null;
  readonly signedAt: Date | null;
}

/** Milliseconds from a signature to what followed. */
export const since = (from: Date | null, to: Date): number =>
  from === null ? 0 : Math.max(0, to.getTime() - from.getTime());

/** A revocation is at its end: gone since `at`, proved or said not to be. */
export async function closeItem(
  ctx: Ctx,
  permit: Permit,
  item: Closing,
  outcome: { readonly at: Date; readonly proven: boolean; readonly because?: string },
): Promise<void> {
  const effectMs = since(item.signedAt, outcome.at);
  await ctx.tx.run(sql`
    update campaign_item set state = 'revoked', closed_at = ${ctx.now}, effect_ms = ${effectMs}, proven = ${outcome.proven},
           problem = ${outcome.because ?? null}
     where id = ${item.id} and state = 'revoking'`);
  await ctx.record(permit, {
    event: itemClosed,
    subject: item.identityId ?? undefined,
    data: {
      campaignId: item.campaignId,
      itemId: item.id,
      grantId: item.grantId ?? undefined,
      effectMs,
      proven: outcome.proven,
    },
  });
}

/** Says what revocations wait for; those that say so already are left as they are. */
export async function noteProblems(
  ctx: Ctx,
  permit: Permit,
  problems: readonly {
    readonly item: Closing & { readonly problem: string | null };
    readonly problem: string | null;
  }[],
): Promise<void> {
  const news = problems.filter(({ item, problem }) => item.problem !== problem);
  if (news.length === 0) return;
  await ctx.tx.run(sql`
    update campaign_item i set problem = p.problem
      from jsonb_to_recordset(${sql.json(news.map(({ item, problem }) => ({ id: item.id, problem })))}::jsonb) as p(id uuid, problem text)
     where i.id = p.id`);
  await ctx.recordAll(
    permit,
    saidOf(news.map(({ item }) => ({ itemId: item.id, grantId: item.grantId }))).map((items) => ({
      event: itemsWaiting,
      data: { items },
    })),
  );
}

import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Campaign } from '../model.ts';
import { saidOf } from '../said.ts';
import { itemsReassigned } from './events.ts';

/** Why an item went to another. */
export type MoveReason =
  | 'given'
  | 'reassigned'
  | 'reciprocal'
  | 'same_reviewer'
  | 'subject_deputy'
  | 'not_independent'
  | 'quality';

/** An item that goes from one reviewer to another. */
export interface Move {
  readonly itemId: string;
  readonly grantId: string | null;
  readonly identityId: string | null;
  readonly from: string;
  readonly to: string;
  readonly routed: string;
}

/**
 * Moves items to other reviewers: what was noted and not signed is open again, both names are kept and recorded, and
 * who comes to have them is told.
 */
export async function moveItems(
  ctx: Ctx,
  permit: Permit,
  campaign: Pick<Campaign, 'id' | 'name'>,
  asked: {
    readonly moves: readonly Move[];
    readonly because: MoveReason;
    readonly words?: string | undefined;
    readonly quietly?: boolean;
  },
): Promise<void> {
  const { moves, because, words } = asked;
  if (moves.length === 0) return;
  const rows = moves.map(({ itemId, to, from, routed }) => ({
    id: newId(ctx.now.getTime()),
    itemId,
    from,
    to,
    routed,
  }));
  await ctx.tx.run(sql`
    update campaign_item i set reviewer_id = m."to", routed = m.routed, rerouted_because = ${because},
           state = case when i.state in ('decided', 'held') then 'open' else i.state end,
           decision = null, comment = null, decided_by = null, decided_for = null, decided_at = null
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as m("itemId" uuid, "to" uuid, routed text) where i.id = m."itemId"`);
  await ctx.tx.run(sql`
    insert into campaign_item_move (id, campaign_id, item_id, from_id, to_id, because, words, moved_by, moved_at)
    select m.id, ${campaign.id}, m."itemId", m."from", m."to", ${because}, ${words ?? null}, ${`${ctx.principal.kind}:${ctx.principal.id}`}, ${ctx.now}
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as m(id uuid, "itemId" uuid, "from" uuid, "to" uuid)`);
  const pairs = new Map<string, Move[]>();
  for (const move of moves) {
    const pair = `${move.from} ${move.to}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), move]);
  }
  for (const of of pairs.values()) {
    const [first] = of;
    if (first === undefined) continue;
    const { from, to, identityId } = first;
    await ctx.recordAll(
      permit,
      saidOf(of).map((items) => ({
        event: itemsReassigned,
        subject: from,
        data: { campaignId: campaign.id, fromId: from, toId: to, because, words, items },
      })),
    );
    if (asked.quietly !== true)
      await askNotice(ctx, permit, {
        to: [to],
        template: 'review.given',
        path: `/campaigns/${campaign.id}`,
        about: identityId ?? to,
        facts: {
          campaign: campaign.name,
          items: String(of.length),
          from: (await getIdentities(ctx.tx, [from]))[0]?.displayName ?? 'somebody',
          because: words ?? MOVE_WORDS[because],
        },
      });
  }
}

/** Why an item moved, in words. */
const MOVE_WORDS: Readonly<Record<MoveReason, string>> = {
  given: 'given on',
  reassigned: 'reassigned',
  reciprocal: 'two would have reviewed one another',
  same_reviewer: 'they decide about it in another place already',
  subject_deputy: 'they are the deputy of the person concerned',
  not_independent: 'they have come to have a part in it',
  quality: 'decisions looked as if nobody had looked',
};

import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { replayWithout } from '#spine/graph/index.ts';
import { findItem } from '../read-items.ts';
import { findCampaign } from '../store.ts';

/** How far back sessions are replayed. */
const DAYS = 90;

/** What would not have worked without an access. */
export interface Without {
  /** False: it is no grant, or nothing was seen of it or on its system, which is unknown, not unused. */
  readonly known: boolean;
  readonly days: number;
  readonly sessions: number;
  readonly rested: number;
  readonly failed: number;
  readonly sentence: string;
}

/** Replays the sessions of the person in the days before the campaign's instant without the grant of an item. */
export async function withoutItem(tx: Tx, id: string): Promise<Without> {
  const item = await findItem(tx, id);
  const to = item === undefined ? null : ((await findCampaign(tx, item.campaignId))?.frozenAt ?? null);
  if (item === undefined || to === null) throw notFound('campaign_item', id);
  if (item.grantId === null || item.identityId === null) {
    const sentence = 'Unknown: recorded sessions rest on grants, and this is none.';
    return { known: false, days: DAYS, sessions: 0, rested: 0, failed: 0, sentence };
  }
  const found = await replayWithout(tx, {
    identityId: item.identityId,
    grantIds: [item.grantId],
    from: new Date(to.getTime() - DAYS * 86_400_000),
    to,
  });
  if (!found.known) {
    const sentence = `Unknown: Reeve saw no session with this, nor on its system, in the ${DAYS} days before the launch. That is not the same as unused.`;
    return { known: false, days: DAYS, sessions: 0, rested: 0, failed: 0, sentence };
  }
  const beside = found.rested - found.failed;
  const carried = beside === 0 ? '' : ` ${beside} more used it, and something else would have carried them.`;
  return {
    ...found,
    days: DAYS,
    sentence: `Without this, ${found.failed} of their ${found.sessions} recorded sessions of the ${DAYS} days before the launch would have failed.${carried}`,
  };
}

import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const campaign = { campaignId: pub(id) };
const named = pub(z.array(z.object({ itemId: id, grantId: id.optional() })));

/** Items are another's to review from now on; both names are here. */
export const itemsReassigned = defineEvent('campaign_items.reassigned', {
  ...campaign,
  fromId: pub(id),
  toId: pub(id),
  because: pub(z.string()),
  words: personal(z.string().optional()),
  items: named,
});
/** The votes of a stage came to something; `silence` and `pass` are no approval. */
export const stageSettled = defineEvent('campaign_stage.settled', {
  ...campaign,
  itemId: pub(id),
  grantId: pub(id.optional()),
  stage: pub(z.int()),
  outcome: pub(z.enum(['keep', 'revoke', 'silence', 'pass'])),
  keeps: pub(z.int()),
  revokes: pub(z.int()),
  silent: pub(z.int()),
});
/** A batch was not signed because it looked as if nobody had looked. */
export const batchHeld = defineEvent('campaign_batch.held', {
  ...campaign,
  holdId: pub(id),
  reviewerId: pub(id),
  decisions: pub(z.int()),
  alike: pub(z.int()),
  fast: pub(z.int()),
  canaries: pub(z.int()),
  missed: pub(z.int()),
});
/** What became of it. */
export const batchSettled = defineEvent('campaign_batch.settled', {
  ...campaign,
  holdId: pub(id),
  reviewerId: pub(id),
  outcome: pub(z.enum(['released', 'reopened', 'rerouted', 'closed'])),
  because: pub(z.string()),
  items: pub(z.int()),
});
/** Lines known to be wrong were put among those of reviewers. */
export const canariesPlaced = defineEvent('campaign_canaries.placed', { ...campaign, canaries: pub(z.int()) });
/** They were signed with the rest, and are marked. */
export const canariesChecked = defineEvent('campaign_canaries.checked', {
  ...campaign,
  reviewerId: pub(id),
  found: pub(z.int()),
  missed: pub(z.int()),
});
/** The person concerned was told of revocations and may answer until then. */
export const revocationsAnnounced = defineEvent('campaign_items.revocations_announced', {
  ...campaign,
  until: pub(z.iso.datetime()),
  items: named,
});
/** They answered. */
export const revocationObjected = defineEvent('campaign_item.objected', {
  ...campaign,
  itemId: pub(id),
  grantId: pub(id.optional()),
  words: personal(z.string()),
});
/** The reviewer stands by it, takes it back, or the time to answer is over. */
export const revocationSettled = defineEvent('campaign_item.revocation_settled', {
  ...campaign,
  itemId: pub(id),
  grantId: pub(id.optional()),
  outcome: pub(z.enum(['upheld', 'withdrawn', 'went_on'])),
  because: personal(z.string().optional()),
});

/** What was recommended was held against what people decided. */
export const adviceWeighed = defineEvent('campaign_advice.weighed', {
  ...campaign,
  decided: pub(z.int()),
  overturned: pub(z.int()),
});

export const reviewingEvents = [
  adviceWeighed,
  itemsReassigned,
  stageSettled,
  batchHeld,
  batchSettled,
  canariesPlaced,
  canariesChecked,
  revocationsAnnounced,
  revocationObjected,
  revocationSettled,
];

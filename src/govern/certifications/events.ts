import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const campaign = { campaignId: pub(z.uuid()) };
const item = { ...campaign, itemId: pub(z.uuid()), grantId: pub(z.uuid()) };

export const campaignCreated = defineEvent('campaign.created', { ...campaign, name: pub(z.string()) });
export const campaignLaunched = defineEvent('campaign.launched', {
  ...campaign,
  items: pub(z.int()),
  withoutReviewer: pub(z.int()),
});
export const campaignClosed = defineEvent('campaign.closed', { ...campaign, unanswered: pub(z.int()) });
export const itemDecided = defineEvent('campaign_item.decided', {
  ...item,
  decision: pub(z.enum(['keep', 'revoke', 'undone'])),
});
/** What it is about goes on as another grant, or its reviewer is another identity now. */
export const itemMoved = defineEvent('campaign_item.moved', item);
export const itemSigned = defineEvent('campaign_item.signed', { ...item, decision: pub(z.enum(['keep', 'revoke'])) });
/** What was revoked is gone, or it is said that this could not be proved. */
export const itemClosed = defineEvent('campaign_item.closed', {
  ...item,
  effectMs: pub(z.int()),
  sessionsEndedMs: pub(z.int().optional()),
  proven: pub(z.boolean()),
});

export const events = [
  campaignCreated,
  campaignLaunched,
  campaignClosed,
  itemDecided,
  itemMoved,
  itemSigned,
  itemClosed,
];

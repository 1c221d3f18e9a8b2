import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';
import { reviewingEvents } from './reviewing/events.ts';

const campaign = { campaignId: pub(z.uuid()) };
const item = { ...campaign, itemId: pub(z.uuid()), grantId: pub(z.uuid().optional()) };
/** In whose name, where a deputy did it. */
const onBehalfOf = pub(z.uuid().optional());
const named = pub(z.array(z.object({ itemId: z.uuid(), grantId: z.uuid().optional() })));

export const campaignCreated = defineEvent('campaign.created', { ...campaign, name: pub(z.string()) });
/** Its instant is set; what is in scope is frozen as of then. */
export const campaignLaunched = defineEvent('campaign.launched', campaign);
/** A piece of it is frozen, and so many in all by now. */
export const itemsFrozen = defineEvent('campaign_items.frozen', {
  ...campaign,
  items: pub(z.int()),
  frozen: pub(z.int()),
});
/** All is frozen, and the reviewers are asked. */
export const campaignOpened = defineEvent('campaign.opened', {
  ...campaign,
  items: pub(z.int()),
  withoutReviewer: pub(z.int()),
});
/** Nothing was in scope at its instant: it is a draft again. */
export const campaignFoundNothing = defineEvent('campaign.found_nothing', {
  ...campaign,
  withoutReviewer: pub(z.int()),
});
/** Nobody decides any more; what is open comes to its outcome. */
export const campaignClosing = defineEvent('campaign.closing', { ...campaign, because: pub(z.string()) });
export const campaignClosed = defineEvent('campaign.closed', { ...campaign, unanswered: pub(z.int()) });
/** A policy of what opens reviews by itself is in force; earlier ones are kept. */
export const reviewPolicyPut = defineEvent('review_policy.put', {
  number: pub(z.int()),
  policy: pub(z.record(z.string(), z.unknown())),
  reason: personal(z.string()),
});
/** What happened, or the clock, wants so many things reviewed; they are collected into one review. */
export const reviewsWanted = defineEvent('reviews.wanted', { openedBy: pub(z.string()), wanted: pub(z.int()) });
/** What waited to be reviewed of one identity is about another now: so many went over, and so many are over with a grant. */
export const wantedMoved = defineEvent('reviews.moved', {
  from: pub(z.uuid()),
  to: pub(z.uuid()),
  moved: pub(z.int()),
  over: pub(z.int()),
});
/** A review was opened by what happened, or by the clock. */
export const reviewOpened = defineEvent('campaign.opened_by_event', {
  ...campaign,
  openedBy: pub(z.string()),
  wanted: pub(z.int()),
  policyNumber: pub(z.int()),
});
const schedule = { scheduleId: pub(z.uuid()) };
/** A campaign repeats from now on, every so many months. */
export const scheduleMade = defineEvent('campaign_schedule.made', {
  ...schedule,
  name: pub(z.string()),
  everyMonths: pub(z.int()),
  nextAt: pub(z.iso.datetime()),
});
export const scheduleStopped = defineEvent('campaign_schedule.stopped', schedule);
/** The time of a repeated campaign came, and it was launched. */
export const scheduleLaunched = defineEvent('campaign_schedule.launched', {
  ...schedule,
  ...campaign,
  occurrence: pub(z.int()),
  nextAt: pub(z.iso.datetime()),
});
/** A reviewer chose how a revocation is to end the access. */
export const actionChosen = defineEvent('campaign_item.action_chosen', { ...item, action: pub(z.string()) });
export const itemDecided = defineEvent('campaign_item.decided', {
  ...item,
  decision: pub(z.enum(['keep', 'revoke', 'undone'])),
  onBehalfOf,
});
/** Many decided alike, in one act: one event names them. */
export const itemsDecided = defineEvent('campaign_items.decided', {
  ...campaign,
  decision: pub(z.enum(['keep', 'revoke', 'undone'])),
  onBehalfOf,
  items: named,
});
/** What it is about goes on as another grant, or its reviewer is another identity now. */
export const itemMoved = defineEvent('campaign_item.moved', item);
/** Decisions made for good, in one act. */
export const itemsSigned = defineEvent('campaign_items.signed', {
  ...campaign,
  decision: pub(z.enum(['keep', 'revoke'])),
  onBehalfOf,
  items: named,
});
/** Nobody answered by the deadline, and this is what came of it; never an approval. */
export const itemsUnanswered = defineEvent('campaign_items.unanswered', {
  ...campaign,
  outcome: pub(z.enum(['report', 'revoke'])),
  items: named,
});
/** Revocations wait for something, or for something else than before; each item says for what. */
export const itemsWaiting = defineEvent('campaign_items.waiting', { items: named });
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
  itemsFrozen,
  campaignOpened,
  campaignFoundNothing,
  campaignClosing,
  campaignClosed,
  itemDecided,
  itemsDecided,
  itemMoved,
  itemsSigned,
  itemsUnanswered,
  itemsWaiting,
  reviewPolicyPut,
  reviewsWanted,
  wantedMoved,
  reviewOpened,
  scheduleMade,
  scheduleStopped,
  scheduleLaunched,
  actionChosen,
  itemClosed,
  ...reviewingEvents,
];

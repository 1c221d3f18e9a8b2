import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/index.ts';

const id = z.uuid();
const ids = z.array(id);
const request = { requestId: pub(id), beneficiaryId: pub(id) };

export const requestSubmitted = defineEvent('request.submitted', {
  ...request,
  number: pub(z.int()),
  requesterId: pub(id),
  lines: pub(
    z.array(
      z.object({
        lineId: id,
        entitlementId: id.nullable(),
        roleId: id.nullable(),
        /** The grant that is to end. */
        takesGrantId: id.nullable().optional(),
        /** The eligibility it activates. */
        byEligibilityId: id.nullable().optional(),
        seconds: z.int().nullable(),
        until: z.iso.datetime().nullable(),
        sodRuleIds: ids,
      }),
    ),
  ),
  policyNumber: pub(z.int()),
  orderId: pub(id.optional()),
  startsAt: pub(z.iso.datetime().optional()),
  reason: personal(z.string()),
  ticket: pub(z.string().optional()),
});
const step = { ...request, n: pub(z.int()), kind: pub(z.string()) };
/** A step waits for one of these people. */
export const stepOpened = defineEvent('request.step_opened', {
  ...step,
  candidates: pub(ids),
  because: pub(z.string()),
});
/** In whose name a deputy decided; absent: who decided was asked themselves. */
const decision = {
  ...step,
  onBehalfOf: pub(id.optional()),
  /** How and when whoever decided proved afresh that it was them; absent: that was not asked for. */
  stepUp: pub(z.object({ method: z.enum(['passkey', 'totp']), at: z.iso.datetime() }).optional()),
  comment: personal(z.string().optional()),
};
export const stepApproved = defineEvent('request.step_approved', decision);
export const stepDenied = defineEvent('request.step_denied', decision);
export const stepReminded = defineEvent('request.step_reminded', { ...step, candidates: pub(ids) });
/** Others are asked: beside those who were silent (`escalated`), or instead of those who cannot decide (`rerouted`). */
export const stepRerouted = defineEvent('request.step_rerouted', {
  ...step,
  from: pub(ids),
  candidates: pub(ids),
  how: pub(z.enum(['escalated', 'rerouted'])),
  because: pub(z.string()),
});

/** Somebody put it under another version of the policy, and why. `kept` and `dropped` are steps that were decided. */
export const requestReevaluated = defineEvent('request.reevaluated', {
  ...request,
  from: pub(z.int()),
  to: pub(z.int()),
  kept: pub(z.array(z.int())),
  dropped: pub(z.array(z.object({ n: z.int(), kind: z.string(), decidedBy: z.string() }))),
  asked: pub(z.int()),
  refused: pub(ids),
  reason: personal(z.string()),
});

/** All had approved it, and by then it needed more: it went back for the steps that were missing. */
export const requestSentBack = defineEvent('request.sent_back', {
  ...request,
  policyNumber: pub(z.int()),
  lineIds: pub(ids),
  asked: pub(z.int()),
  dropped: pub(z.array(z.object({ n: z.int(), kind: z.string(), decidedBy: z.string() }))),
  because: pub(z.string()),
});

/** The last step approved it. Lines that could not be given any more are in `refused`. */
export const requestApproved = defineEvent('request.approved', {
  ...request,
  grantIds: pub(ids),
  refused: pub(ids),
  /** Grants it ended. */
  ended: pub(ids.optional()),
});
export const requestDenied = defineEvent('request.denied', { ...request, because: pub(z.string()) });
export const requestWithdrawn = defineEvent('request.withdrawn', request);
/** Some of its lines were taken back; the others go on. */
export const requestLinesWithdrawn = defineEvent('request.lines_withdrawn', { ...request, lineIds: pub(ids) });
/** Approved, and given when its time comes. */
export const requestScheduled = defineEvent('request.scheduled', {
  ...request,
  startsAt: pub(z.iso.datetime()),
  lineIds: pub(ids),
});
/** Its time came: what could still be given was. */
export const requestBegun = defineEvent('request.begun', { ...request, grantIds: pub(ids), refused: pub(ids) });
/** Somebody concerned said something about it. */
export const requestCommented = defineEvent('request.commented', { ...request, text: personal(z.string()) });
/** Who asked for it, or whom it is for, turned out to be another. */
export const requestMoved = defineEvent('request.moved', { ...request, requesterId: pub(id), fromId: pub(id) });
export const requestExpired = defineEvent('request.expired', request);
/** What followed from a grant of it: the target agrees, or agrees no more, or the grant ended. */
export const requestNoted = defineEvent('request.noted', {
  ...request,
  lineId: pub(id),
  effect: pub(z.string()),
  causeId: pub(id),
});
const order = { orderId: pub(id), number: pub(z.int()) };
/** A cart was begun or changed: for how many, of how many things. */
export const orderChanged = defineEvent('request_order.changed', {
  ...order,
  people: pub(z.int()),
  items: pub(z.int()),
});
/** What could be asked for was sent, one request for each person; the rest stays in the cart. */
export const orderSent = defineEvent('request_order.sent', {
  ...order,
  requestIds: pub(ids),
  lines: pub(z.int()),
  kept: pub(z.int()),
});
/** Somebody asked those who may for exceptions from what their cart would conflict with. */
export const orderExceptionsAsked = defineEvent('request_order.exceptions_asked', {
  ...order,
  ruleIds: pub(ids),
  identityIds: pub(ids),
  asked: pub(ids),
  reason: personal(z.string()),
});
export const orderDiscarded = defineEvent('request_order.discarded', order);
export const orderWithdrawn = defineEvent('request_order.withdrawn', { ...order, requestIds: pub(ids) });
export const approvalPolicyChanged = defineEvent('approval_policy.changed', {
  number: pub(z.int()),
  rules: pub(z.unknown()),
  note: pub(z.string()),
  /** What trying it came to when it was put in force. */
  tried: pub(z.object({ against: z.int(), tried: z.int(), changed: z.array(z.int()) }).optional()),
});

/** Somebody decides in the name of another, for a time. */
export const deputyAppointed = defineEvent('approval_deputy.appointed', {
  deputyRowId: pub(id),
  identityId: pub(id),
  deputyId: pub(id),
  about: pub(z.array(z.string()).nullable()),
  stepKinds: pub(z.array(z.string()).nullable()),
  systemIds: pub(ids.nullable()),
  targetIds: pub(ids.nullable()),
  startsAt: pub(z.iso.datetime()),
  endsAt: pub(z.iso.datetime()),
  reason: personal(z.string()),
});
export const deputyEnded = defineEvent('approval_deputy.ended', {
  deputyRowId: pub(id),
  identityId: pub(id),
  deputyId: pub(id),
});

export const requestEvents = [
  deputyAppointed,
  deputyEnded,
  requestSubmitted,
  stepOpened,
  stepApproved,
  stepDenied,
  stepReminded,
  stepRerouted,
  requestReevaluated,
  requestSentBack,
  requestApproved,
  requestDenied,
  requestWithdrawn,
  requestLinesWithdrawn,
  requestScheduled,
  requestBegun,
  requestCommented,
  requestMoved,
  requestExpired,
  requestNoted,
  orderChanged,
  orderSent,
  orderExceptionsAsked,
  orderDiscarded,
  orderWithdrawn,
  approvalPolicyChanged,
];

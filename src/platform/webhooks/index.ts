import { z } from 'zod';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { DELIVER } from './deliveries.ts';
import { deliverEvent } from './deliver-event.ts';
import { webhookEvents } from './events.ts';
import { followEvents } from './follow-events.ts';
import type { ManageEdges } from './manage-webhooks.ts';
import { webhookOperations } from './operations.ts';

export { startFollowing } from './follow-events.ts';
export { rewrapWebhooks } from './rewrap-webhooks.ts';

const policies = `
@id("webhooks.those_who_run_or_audit_see")
permit (principal is Reeve::Identity, action in [Reeve::Action::"webhook.list", Reeve::Action::"webhook.read"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("webhooks.administrators_manage")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"webhook.manage", Reeve::Action::"webhook_delivery.repeat"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("webhooks.reeve_sends")
permit (
  principal == Reeve::Component::"webhooks",
  action in [Reeve::Action::"webhook.follow", Reeve::Action::"webhook.settle"],
  resource
);
`;

/** Tells other programs and chats what happened, by a signed call. */
export const webhooksModule = (edges: ManageEdges): Module => ({
  name: 'webhooks',
  operations: webhookOperations(edges),
  jobs: [
    followEvents,
    defineJob({
      name: DELIVER,
      input: z.object({ deliveryId: z.uuid() }),
      run: (job, { deliveryId }) => deliverEvent(edges, job, deliveryId),
    }),
  ],
  events: webhookEvents,
  policies,
});

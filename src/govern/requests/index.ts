import type { Decide } from '#spine/decide/index.ts';
import type { Module } from '#spine/operations/index.ts';
import { keepMoving } from './approvals/keep-moving.ts';
import { approverReactions } from './approvals/watch-approvers.ts';
import { requestEvents } from './events.ts';
import { followMerge } from './follow-merge.ts';
import { reactions } from './grants/follow-grants.ts';
import { approvalOperations } from './operations/approvals.ts';
import { deputyOperations, deputyType } from './operations/deputies.ts';
import { grantOperations } from './operations/grants.ts';
import { policyOperations } from './operations/policy.ts';
import { requestOperations } from './operations/requests.ts';
import { policies } from './policies.ts';
import { requestType } from './resource-type.ts';

export { decisionLinksModule } from './decision-links/module.ts';

/** Access is asked for, decided step by step by people it does not benefit, and given for a time. */
export const requestsModule = (edges: { readonly decide: Decide }): Module => ({
  name: 'requests',
  operations: [
    ...requestOperations(edges),
    ...approvalOperations,
    ...grantOperations(edges),
    ...policyOperations,
    ...deputyOperations(edges),
  ],
  jobs: [keepMoving],
  reactions: [...reactions, ...approverReactions, followMerge],
  resources: [requestType, deputyType],
  events: requestEvents,
  actions: ['request.submit', 'request.preview'].map((action) => ({
    action,
    resources: ['Identity'],
    context: { owner: { type: 'Entity', name: 'Identity', required: false } as const },
  })),
  policies,
});

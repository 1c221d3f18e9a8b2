import type { Decide } from '#spine/decide/index.ts';
import type { Module, TakeStepUp } from '#spine/operations/index.ts';
import { activatingOperations } from './activating/operations.ts';
import { activatingPolicies } from './activating/policies.ts';
import { keepMoving } from './approvals/keep-moving.ts';
import { approverReactions } from './approvals/watch-approvers.ts';
import { requestEvents } from './events.ts';
import { followMerge } from './follow-merge.ts';
import { reactions } from './grants/follow-grants.ts';
import { beginScheduled } from './grants/schedule-lines.ts';
import { approvalOperations } from './operations/approvals.ts';
import { deputyOperations, deputyType } from './operations/deputies.ts';
import { findingOperations } from './operations/finding.ts';
import { grantOperations } from './operations/grants.ts';
import { orderOperations } from './operations/orders.ts';
import { policyOperations } from './operations/policy.ts';
import { reevaluationOperations } from './operations/reevaluation.ts';
import { requestOperations } from './operations/requests.ts';
import { orderType } from './orders/resource-type.ts';
import { policies } from './policies.ts';
import { requestType } from './resource-type.ts';
import { ticketTerms } from './ticket.ts';

export { requestStillWaits } from './approvals/still-asked.ts';
export { deputiesInReviews } from './deputies/cover.ts';
export { isDeputyOf } from './deputies/is-deputy-of.ts';
export {
  deputyAppointed,
  requestApproved,
  requestBegun,
  requestDenied,
  requestExpired,
  requestWithdrawn,
} from './events.ts';
export { submitRequest } from './submit-request.ts';
export type { JudgedLine } from './lines/judge-lines.ts';
export { asked, requestOut, verdictOut } from './operations/shapes.ts';
export { showOne, showVerdicts } from './operations/answers.ts';

export { decisionLinksModule } from './decision-links/module.ts';
export { judgeGrantsAgain } from './grants/judge-grants-again.ts';
export { whoHolds } from './approvers/find-approvers.ts';
export { loadTargets, targetNamed, type AskedLine, type Target } from './lines/find-targets.ts';
export { identityMeant } from './operations/shapes.ts';

/** Access is asked for, decided step by step by people it does not benefit, and given for a time. */
export const requestsModule = (edges: {
  readonly decide: Decide;
  readonly takeStepUp: TakeStepUp;
  readonly ticketPattern?: string | undefined;
  readonly ticketUrl?: string | undefined;
}): Module => {
  const asking = { decide: edges.decide, takeStepUp: edges.takeStepUp, ticket: ticketTerms(edges) };
  return {
    name: 'requests',
    operations: [
      ...requestOperations(asking),
      ...orderOperations(asking),
      ...findingOperations(edges),
      ...approvalOperations(edges),
      ...grantOperations(asking),
      ...activatingOperations(asking),
      ...policyOperations,
      ...reevaluationOperations,
      ...deputyOperations(edges),
    ],
    jobs: [keepMoving, beginScheduled],
    reactions: [...reactions, ...approverReactions, followMerge],
    resources: [requestType, deputyType, orderType],
    events: requestEvents,
    actions: [
      ...['request.submit', 'request.preview'].map((action) => ({
        action,
        resources: ['Identity'],
        context: { owner: { type: 'Entity', name: 'Identity', required: false } as const },
      })),
      { action: 'request.compare', resources: ['Identity'] },
      { action: 'eligibility.list', resources: ['Identity'] },
      { action: 'eligibility.open', resources: ['Entitlement', 'Role'] },
    ],
    policies: policies + activatingPolicies,
  };
};

import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { approvalRules } from '../approvers/approval-rules.ts';
import { changePolicy, policyInForce } from '../approvers/change-policy.ts';

const policyOut = z.object({
  number: z.int(),
  rules: approvalRules,
  note: z.string(),
  madeAt: instantOut,
  madeBy: z.string(),
});

/** Who approves what. */
export const policyOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'approvalPolicy.show',
    action: 'approval_policy.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/approval-policy',
    summary: 'Show who approves what',
    input: z.object({}),
    output: policyOut,
    cli: { command: 'approval-policy show' },
    handler: (ctx) => policyInForce(ctx.tx),
  }),
  defineOperation({
    name: 'approvalPolicy.change',
    action: 'approval_policy.change',
    kind: 'write',
    method: 'PUT',
    path: '/v1/approval-policy',
    summary: 'Put another version of who approves what in force',
    description:
      'The first rule whose conditions hold decides about a line. Requests that wait finish under the version they began with.',
    input: z.object({ rules: approvalRules, note: z.string().max(2000).default('') }),
    output: policyOut,
    handler: (ctx, permit, input) => changePolicy(ctx, permit, input),
  }),
];

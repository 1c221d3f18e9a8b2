import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { SigninEdges } from '../edges.ts';
import { askStepUp } from './ask-step-up.ts';
import { proveStepUp, tryStepUp } from './prove-step-up.ts';

/** Proving afresh who one is, for one act on one thing. */
export const stepUpOperations = (edges: SigninEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'signin.askStepUp',
    action: 'signin.step_up',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/step-up/options',
    summary: 'Begin proving afresh that it is me, for one act on one thing',
    description:
      'For a call that was answered `step_up.required`: send what its `step_up` names. `options` is a passkey prompt, or null where a one-time code is asked for.',
    input: z.object({
      action: z.string().regex(/^[a-z_]+\.[a-z_]+$/, 'is an action such as request.approve'),
      resourceId: text(200),
      /** True where no passkey can be used, as on a command line. */
      byCode: z.boolean().default(false),
    }),
    output: z.object({ challengeId: z.uuid(), options: z.unknown() }),
    handler: (ctx, permit, input) => askStepUp(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'signin.stepUp',
    action: 'signin.step_up',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/step-up',
    summary: 'Prove afresh that it is me',
    description:
      'Then send the call that needed it again, with the same sign-in. The proof works once, for that alone.',
    input: z.object({
      challengeId: z.uuid(),
      code: z.string().min(6).max(20).optional(),
      response: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ method: z.enum(['passkey', 'totp']), endsAt: instantOut }),
    prepare: (input) => tryStepUp(edges, input),
    handler: (ctx, permit, input, tried) => proveStepUp(edges, ctx, permit, input, tried),
  }),
];

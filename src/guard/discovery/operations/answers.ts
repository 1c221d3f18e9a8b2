import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { acceptFinding, assignOwner } from '../queue/answer-finding.ts';
import { removeFinding, timeFinding, vaultFinding } from '../queue/change-finding.ts';

const id = z.uuid();
const because = text(1000);

/** The five ways out of the review queue. */
export const answerOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'findings.assignOwner',
    action: 'finding.answer',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/owner',
    summary: 'Say who answers for a privileged account: for all that is found about it on that system',
    input: z.object({ id, owner: text(200).describe('user name or id'), because }),
    output: z.object({ id, findings: z.int() }),
    cli: { command: 'discover own', positional: ['id'] },
    handler: async (ctx, permit, input) => ({ id: input.id, ...(await assignOwner(ctx, permit, input)) }),
  }),
  defineOperation({
    name: 'findings.accept',
    action: 'finding.answer',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/accept',
    summary: 'Leave a finding as it is for a time, with the reason; it opens again then, or when it gets worse',
    input: z.object({ id, because, until: instantIn }),
    output: z.object({ id }),
    cli: { command: 'discover accept', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await acceptFinding(ctx, permit, input);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'findings.vault',
    action: 'finding.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/vault',
    summary: 'Take the credential of a privileged account into the vault: it gets a new one, proved by logging in',
    input: z.object({ id, because: because.default('its privilege was found') }),
    output: z.object({ id, rotationId: z.uuid() }),
    cli: { command: 'discover vault', positional: ['id'] },
    handler: async (ctx, permit, input) => ({ id: input.id, ...(await vaultFinding(edges.keys, ctx, permit, input)) }),
  }),
  defineOperation({
    name: 'findings.makeTimed',
    action: 'finding.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/jit',
    summary: 'Make standing privilege just-in-time: a grant that ends, and can be asked for from then on',
    input: z.object({ id, hours: z.int().min(1).max(720).default(8), because }),
    output: z.object({ id, grantId: z.uuid(), until: instantOut }),
    cli: { command: 'discover make-jit', positional: ['id'] },
    handler: async (ctx, permit, input) => ({ id: input.id, ...(await timeFinding(ctx, permit, input)) }),
  }),
  defineOperation({
    name: 'findings.remove',
    action: 'finding.change',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/remove',
    summary: 'Take a privilege away on its target; another look proves that it is gone',
    input: z.object({ id, because }),
    output: z.object({ id }),
    cli: { command: 'discover remove', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await removeFinding(ctx, permit, input);
      return { id: input.id };
    },
  }),
];

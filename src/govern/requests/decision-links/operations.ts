import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import type { Decide, ResourceRef } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx, type TakeStepUp } from '#spine/operations/index.ts';
import { findRequest, linesOf, stepsOf } from '../store.ts';
import { whatOf } from '../tell.ts';
import { approveByLink, decideUnsigned, denyByLink } from './decide-by-link.ts';
import { linkSettingsChanged } from './events.ts';
import { provenLink, type DecisionLink } from './find-link.ts';
import { isLowRisk } from './is-low-risk.ts';
import { LINK_MODES, readLinkSettings, writeLinkSettings } from './settings.ts';

const token = z.string().min(10).max(200);
const settings = z.object({ mode: z.enum(LINK_MODES), hours: z.int().min(1).max(336) });
const decidedOut = z.object({ requestId: z.uuid(), number: z.string(), state: z.string() });

const decidedAs = async (ctx: Ctx, requestId: string): Promise<z.output<typeof decidedOut>> => {
  const request = await findRequest(ctx.tx, requestId);
  return { requestId, number: `R-${request?.number ?? '?'}`, state: request?.state ?? 'unknown' };
};

const linkState = async (ctx: Ctx, link: DecisionLink): Promise<'open' | 'used' | 'over' | 'decided'> => {
  if (link.usedAt !== null) return 'used';
  const step = (await stepsOf(ctx.tx, [link.requestId])).find((s) => s.id === link.stepId);
  if (step?.state !== 'open') return 'decided';
  return link.endsAt <= ctx.now ? 'over' : 'open';
};

/** Deciding by the link of a mail. None of these is a GET: programs follow links before people do. */
export const decisionLinkOperations = (edges: {
  readonly keys: Keys;
  readonly decide: Decide;
  readonly takeStepUp: TakeStepUp;
}): readonly AnyOperation[] => {
  const requestOf = async (input: { readonly token: string }, tx: Tx): Promise<ResourceRef> => ({
    type: 'Request',
    id: (await provenLink(tx, edges.keys, input.token)).requestId,
  });
  return [
    defineOperation({
      name: 'decisionLinks.open',
      action: 'decision_link.open',
      kind: 'read',
      method: 'POST',
      path: '/v1/decision-links/open',
      summary: 'Show what the link of a mail would decide; decides nothing',
      audience: 'anyone',
      secretOutput: true,
      input: z.object({ token }),
      output: z.object({
        /** `of_another`: somebody else is signed in, who is told nothing more. */
        state: z.enum(['open', 'used', 'over', 'decided', 'of_another']),
        /** Whether who follows it has to sign in before they decide. */
        signIn: z.boolean(),
        /** Whether the one it was sent to is signed in. */
        signedIn: z.boolean(),
        endsAt: instantOut,
        request: z
          .object({
            id: z.uuid(),
            number: z.string(),
            requester: z.string(),
            beneficiary: z.string(),
            what: z.string(),
            reason: z.string(),
          })
          .nullable(),
      }),
      handler: async (ctx, _permit, input) => {
        const link = await provenLink(ctx.tx, edges.keys, input.token);
        const { endsAt } = link;
        const signedIn = ctx.principal.kind === 'identity';
        if (signedIn && ctx.principal.id !== link.identityId)
          return { state: 'of_another' as const, signIn: true, signedIn: false, endsAt, request: null };
        const { mode } = await readLinkSettings(ctx.tx);
        const signIn = !signedIn && !(mode === 'low_risk' && (await isLowRisk(ctx.tx, link.requestId)));
        const state = await linkState(ctx, link);
        const request = await findRequest(ctx.tx, link.requestId);
        if (request === undefined) return { state, signIn, signedIn, endsAt, request: null };
        const people = await getIdentities(ctx.tx, [request.requesterId, request.beneficiaryId]);
        const name = (id: string): string => people.find((p) => p.id === id)?.displayName ?? 'somebody';
        return {
          state,
          signIn,
          signedIn,
          endsAt,
          request: {
            id: request.id,
            number: `R-${request.number}`,
            requester: name(request.requesterId),
            beneficiary: name(request.beneficiaryId),
            what: await whatOf(ctx, await linesOf(ctx.tx, [request.id])),
            reason: request.reason,
          },
        };
      },
    }),
    defineOperation({
      name: 'decisionLinks.approve',
      action: 'request.approve',
      kind: 'write',
      method: 'POST',
      path: '/v1/decision-links/approve',
      summary: 'Approve by the link of a mail, as the person it was sent to',
      input: z.object({ token, comment: text(2000).optional() }),
      output: decidedOut,
      resource: requestOf,
      handler: async (ctx, permit, input) => decidedAs(ctx, await approveByLink(edges, ctx, permit, input)),
    }),
    defineOperation({
      name: 'decisionLinks.deny',
      action: 'request.deny',
      kind: 'write',
      method: 'POST',
      path: '/v1/decision-links/deny',
      summary: 'Deny by the link of a mail, as the person it was sent to',
      input: z.object({ token, reason: text(2000) }),
      output: decidedOut,
      resource: requestOf,
      handler: async (ctx, permit, input) => decidedAs(ctx, await denyByLink(edges, ctx, permit, input)),
    }),
    defineOperation({
      name: 'decisionLinks.decide',
      action: 'decision_link.decide',
      kind: 'write',
      method: 'POST',
      path: '/v1/decision-links/decide',
      summary: 'Decide by the link of a mail alone, where the house allows it and the risk is low',
      audience: 'anyone',
      secretOutput: true,
      input: z.object({
        token,
        decision: z.enum(['approve', 'deny']),
        /** To deny it has to be said why. */
        comment: text(2000).optional(),
      }),
      output: decidedOut,
      handler: async (ctx, permit, { token: given, decision, comment }) =>
        decidedAs(
          ctx,
          await decideUnsigned(edges, ctx, permit, {
            token: given,
            ...(decision === 'approve' ? { decision, comment } : { decision, reason: comment ?? 'denied by mail' }),
          }),
        ),
    }),
    defineOperation({
      name: 'decisionLinks.settings',
      action: 'decision_link_setting.read',
      kind: 'read',
      method: 'GET',
      path: '/v1/decision-link-settings',
      summary: 'Show whether mails carry links that decide, and for how long',
      input: z.object({}),
      output: settings,
      cli: { command: 'decision-links show' },
      handler: (ctx) => readLinkSettings(ctx.tx),
    }),
    defineOperation({
      name: 'decisionLinks.changeSettings',
      action: 'decision_link_setting.change',
      kind: 'write',
      method: 'PUT',
      path: '/v1/decision-link-settings',
      summary: 'Say whether mails carry links that decide, and for how long',
      description:
        '`off`: mails lead to the request. `signed_in`: who follows the link signs in. `low_risk`: what is of low risk, not privileged and without a conflict of duties is decided by the link alone.',
      input: settings,
      output: settings,
      cli: { command: 'decision-links set', positional: ['mode', 'hours'] },
      handler: async (ctx, permit, input) => {
        await writeLinkSettings(ctx.tx, input, `${ctx.principal.kind}:${ctx.principal.id}`);
        await ctx.record(permit, { event: linkSettingsChanged, data: input });
        return input;
      },
    }),
  ];
};

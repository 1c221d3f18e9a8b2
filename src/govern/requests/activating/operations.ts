import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Decide, ResourceRef } from '#spine/decide/index.ts';
import { describeEntitlement, getRole, makeEligibility } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type TakeStepUp } from '#spine/operations/index.ts';
import { loadTargets, targetNamed } from '../lines/find-targets.ts';
import { showOne, showVerdicts } from '../operations/answers.ts';
import { duration, forWhom, identityMeant, requestOut, secondsOf, verdictOut, whatOut } from '../operations/shapes.ts';
import { refuseOtherTicket, type TicketTerms } from '../ticket.ts';
import { activate } from './activate.ts';
import { showEligible } from './show-eligible.ts';

const eligibleOut = z.object({
  eligibilityId: z.uuid(),
  /** What can be activated. */
  what: whatOut,
  since: instantOut,
  until: instantOut.nullable(),
  /** Grants of the eligibility, or of roles that contain it. */
  grantIds: z.array(z.uuid()),
  /** The longest it is active at a time. */
  longestSeconds: z.int().nullable(),
  /** How many have to approve each time. */
  approvals: z.int(),
  /** Activating takes a fresh proof of who does. */
  stepUp: z.boolean(),
  active: z.object({ grantId: z.uuid(), since: instantOut, until: instantOut.nullable() }).nullable(),
  /** The activation that waits for approval. */
  waiting: z.object({ id: z.uuid(), number: z.string() }).nullable(),
});

/** What somebody may make possible: an unknown name stays as it is, and policy is asked about what is not there. */
const forWhat = async (input: { readonly what: string }, tx: Tx): Promise<ResourceRef> => {
  const id = (await targetNamed(tx, input.what)) ?? input.what;
  return { type: (await getRole(tx, id)) === undefined ? 'Entitlement' : 'Role', id };
};

/** Being eligible: what somebody could activate, activating it, and making it possible. */
export const activatingOperations = (edges: {
  readonly decide: Decide;
  readonly takeStepUp: TakeStepUp;
  readonly ticket: TicketTerms;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'eligibilities.list',
    action: 'eligibility.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/eligibilities',
    summary: 'List what I am eligible for, and what of it is active',
    description: 'Being eligible gives nothing: what is needed is activated for a while.',
    input: z.object({
      /** Of whom, where it is not of oneself: an id, a username or a mail address. */
      forIdentity: text(200).optional(),
    }),
    output: z.object({ items: z.array(eligibleOut), nextCursor: z.null() }),
    cli: {
      command: 'eligible',
      columns: ['what.name', 'what.systemName', 'what.risk', 'until', 'longestSeconds', 'approvals', 'active.until'],
    },
    resource: forWhom,
    handler: async (ctx, _permit, input) => {
      const named = input.forIdentity;
      const id = named === undefined ? ctx.principal.id : ((await identityMeant(ctx.tx, named)) ?? named);
      return { items: await showEligible(ctx, id), nextCursor: null };
    },
  }),
  defineOperation({
    name: 'eligibilities.activate',
    action: 'request.activate',
    kind: 'write',
    method: 'POST',
    path: '/v1/activations',
    summary: 'Activate what I am eligible for, for a while',
    description:
      'It is a request of its own: judged as things are now, and approved by whom the approval policy wants asked each time. What it gives ends by itself, and with the eligibility.',
    input: z.object({
      what: text(300).describe('<system>:<entitlement>, role:<name> or an id'),
      for: duration,
      reason: text(2000),
      ticket: text(200).optional(),
    }),
    output: z.object({ request: requestOut, lines: z.array(verdictOut) }),
    cli: { command: 'activate', positional: ['what'] },
    handler: async (ctx, permit, input) => {
      refuseOtherTicket(edges.ticket, input.ticket);
      const { requestId, lines } = await activate(ctx, permit, edges, { ...input, seconds: secondsOf(input.for) });
      return {
        request: await showOne(ctx, requestId),
        lines: await showVerdicts(ctx, edges.decide, ctx.principal.id, lines),
      };
    },
  }),
  defineOperation({
    name: 'eligibilities.open',
    action: 'eligibility.open',
    kind: 'write',
    method: 'POST',
    path: '/v1/eligibilities',
    summary: 'Make it possible to be eligible for something',
    description:
      'The eligibility is an entitlement like any other: it can be asked for, put into roles, named by rules of duties, and reviewed. What it is for need not be open to be asked for itself.',
    input: z.object({
      what: text(300).describe('<system>:<entitlement>, role:<name> or an id'),
      requestable: z.boolean().default(true),
      /** The longest somebody may be eligible; absent: a year. */
      longestDays: z.int().min(1).max(3650).optional(),
    }),
    output: z.object({
      id: z.uuid(),
      name: z.string(),
      requestable: z.boolean(),
      longestSeconds: z.int().nullable(),
    }),
    cli: { command: 'eligible open', positional: ['what'] },
    resource: forWhat,
    handler: async (ctx, permit, input) => {
      const { id } = await forWhat(input, ctx.tx);
      const entitlementId = await makeEligibility(ctx, permit, id);
      await describeEntitlement(ctx, permit, {
        entitlementId,
        requestable: input.requestable,
        ...(input.longestDays === undefined ? {} : { maxSeconds: input.longestDays * 86_400 }),
      });
      const target = (await loadTargets(ctx.tx, { entitlementIds: [entitlementId], roleIds: [] })).get(entitlementId);
      if (target === undefined) throw notFound('entitlement', entitlementId);
      const { name, requestable, maxSeconds } = target;
      return { id: entitlementId, name, requestable, longestSeconds: maxSeconds };
    },
  }),
];

import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import type { ResourceRef } from '#spine/decide/port.ts';
import { findIdentityByUsername, getIdentity, type FactName } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import type { FactMove, MergePlan, Pieces } from '../merging/model.ts';
import { mergeIdentities, previewMerge } from '../merging/merge-identities.ts';
import { movesOf } from '../merging/facts-of-records.ts';
import type { SplitPlan } from '../merging/plan-split.ts';
import { previewSplit, splitIdentity } from '../merging/split-identity.ts';
import { previewUnmerge, unmergeIdentity } from '../merging/unmerge.ts';

const who = z.string().min(1).max(200);
const because = text(1000).describe('Why you are sure; kept with it');
const piece = z.object({ id: z.uuid(), name: z.string() });
const party = z.object({
  identityId: z.uuid(),
  displayName: z.string(),
  username: z.string().nullable(),
  state: z.string(),
  isNew: z.boolean(),
});
const facts = z.array(z.object({ fact: z.string(), before: z.string().nullable(), after: z.string().nullable() }));
const refusals = z
  .array(z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }))
  .describe('Why it would be refused; empty where it may be done');
const recordOut = z.object({
  source: z.string(),
  externalId: z.string(),
  what: z.enum(['moves', 'put_aside', 'taken_up']),
});
const grantOut = piece.extend({
  origin: z.string(),
  until: instantOut.nullable(),
  what: z.enum(['moves', 'same', 'ends', 'again']),
});

const planOut = z.object({
  from: party,
  to: party,
  refusals,
  warnings: z.array(z.string()),
  facts: z.object({ from: facts, to: facts }),
  accounts: z.array(piece),
  records: z.array(recordOut),
  grants: z.array(grantOut),
  charges: z.array(piece.extend({ what: z.enum(['reports', 'owned', 'entitlements', 'roles', 'systems']) })),
});

const inText = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
};
const factsOut = (moves: readonly FactMove[]): z.input<typeof facts> =>
  moves.map((m) => ({ fact: m.fact satisfies FactName, before: inText(m.before), after: inText(m.after) }));
const refusalsOut = (plan: Pick<MergePlan, 'refusals'>): z.input<typeof refusals> =>
  plan.refusals.map(({ code, message, fix }) => ({ code, detail: message, fix: fix ?? null }));
const partyOf = ({ identity }: Pieces): z.input<typeof party> => ({
  ...identity,
  identityId: identity.id,
  isNew: false,
});
const chargesOut = (charges: Pieces['charges']): z.input<typeof planOut>['charges'] =>
  (['reports', 'owned', 'entitlements', 'roles', 'systems'] as const).flatMap((what) =>
    charges[what].map((one) => ({ ...one, what })),
  );

const mergeOut = (plan: MergePlan): z.input<typeof planOut> => ({
  from: partyOf(plan.duplicate),
  to: partyOf(plan.survivor),
  refusals: refusalsOut(plan),
  warnings: [...plan.warnings],
  facts: { from: [], to: factsOut(plan.facts) },
  accounts: [...plan.accounts],
  records: plan.records.map(({ record, what }) => ({ source: record.source, externalId: record.externalId, what })),
  grants: plan.grants.map(({ grant, what }) => ({ ...grant, until: grant.validTo, what })),
  charges: chargesOut(plan.duplicate.charges),
});

const splitOut = (plan: SplitPlan): z.input<typeof planOut> => ({
  from: partyOf(plan.from),
  to: { ...plan.other.facts, identityId: plan.other.id, isNew: plan.other.isNew },
  refusals: refusalsOut(plan),
  warnings: [],
  facts: {
    from: factsOut(movesOf(plan.from.identity, plan.change)),
    to: factsOut(movesOf(plan.other.facts, plan.otherChange)),
  },
  accounts: [...plan.going.accounts],
  records: [
    ...plan.going.records.map((r) => ({ source: r.source, externalId: r.externalId, what: 'moves' as const })),
    ...plan.takenUp.map((r) => ({ source: r.source, externalId: r.externalId, what: 'taken_up' as const })),
  ],
  grants: plan.going.grants.map(({ grant, validTo, ends }) => ({
    ...grant,
    until: validTo,
    what: ends ? ('moves' as const) : ('again' as const),
  })),
  charges: chargesOut(plan.going.charges),
});

/** An unknown name stays as it is, and policy is asked about what is not there. */
const about = async (tx: Tx, idOrName: string): Promise<ResourceRef> => ({
  type: 'Identity',
  id: ((await getIdentity(tx, idOrName)) ?? (await findIdentityByUsername(tx, idOrName)))?.id ?? idOrName,
});

const mergeIn = {
  identity: who.describe('Who turned out to be another: id or username'),
  into: who.describe('Who that is, and who stays: id or username'),
};
const splitIn = {
  identity: who.describe('Who turned out to be two: id or username'),
  displayName: text(200).describe('The name of the other one, where no row of a source says it'),
  accountIds: z.array(z.uuid()).max(1000).default([]).describe('Accounts that are the other one’s'),
  grantIds: z.array(z.uuid()).max(1000).default([]).describe('Grants that are the other one’s'),
  records: z
    .array(z.object({ source: who, externalId: who }))
    .max(100)
    .default([])
    .describe('Rows of sources that are about the other one'),
};
const unmergeIn = { identity: who.describe('Who was merged into another: id or username') };
const splitDone = z.object({ identityId: z.uuid(), otherId: z.uuid() });

export const mergingOperations = [
  defineOperation({
    name: 'identities.mergePreview',
    action: 'identity.merge_preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/identities/{identity}/merge/preview',
    summary: 'Show what making one of two identities would do, and whether it may be done',
    input: z.object(mergeIn),
    output: planOut,
    cli: { command: 'identities merge-preview', positional: ['identity', 'into'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: async (ctx, _permit, input) =>
      mergeOut(await previewMerge(ctx, { duplicate: input.identity, survivor: input.into })),
  }),
  defineOperation({
    name: 'identities.merge',
    action: 'identity.merge',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/merge',
    summary: 'Say that an identity is another one: what it has goes over, and what it proved itself with ends',
    description:
      'Nothing of the past changes. Grants end and equal ones start, never for longer; separation of duties is judged on both together first. `identities.unmerge` takes it back.',
    input: z.object({ ...mergeIn, because }),
    output: z.object({ id: z.uuid(), duplicateId: z.uuid(), survivorId: z.uuid(), mergedAt: instantOut }),
    cli: { command: 'identities merge', positional: ['identity', 'into'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: async (ctx, permit, input) =>
      await mergeIdentities(ctx, permit, { duplicate: input.identity, survivor: input.into, because: input.because }),
  }),
  defineOperation({
    name: 'identities.unmergePreview',
    action: 'identity.split_preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/identities/{identity}/unmerge/preview',
    summary: 'Show what taking a merge back would do',
    input: z.object(unmergeIn),
    output: planOut,
    cli: { command: 'identities unmerge-preview', positional: ['identity'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: async (ctx, _permit, input) => splitOut(await previewUnmerge(ctx, { duplicate: input.identity })),
  }),
  defineOperation({
    name: 'identities.unmerge',
    action: 'identity.split',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/unmerge',
    summary: 'Take a merge back: what went over and is still there goes back',
    description: 'What was taken away meanwhile is not given again, and ways to sign in are made anew.',
    input: z.object({ ...unmergeIn, because }),
    output: splitDone,
    cli: { command: 'identities unmerge', positional: ['identity'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: async (ctx, permit, input) =>
      await unmergeIdentity(ctx, permit, { duplicate: input.identity, because: input.because }),
  }),
  defineOperation({
    name: 'identities.splitPreview',
    action: 'identity.split_preview',
    kind: 'read',
    method: 'POST',
    path: '/v1/identities/{identity}/split/preview',
    summary: 'Show what making two of one identity would do',
    input: z.object(splitIn),
    output: planOut,
    cli: { command: 'identities split-preview', positional: ['identity'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: async (ctx, _permit, input) => splitOut(await previewSplit(ctx, input)),
  }),
  defineOperation({
    name: 'identities.split',
    action: 'identity.split',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/split',
    summary: 'Say that an identity is two: what is named goes to a new one, everything else stays',
    description: 'Nothing of the past changes. Grants end and equal ones start, never for longer.',
    input: z.object({ ...splitIn, because }),
    output: splitDone,
    cli: { command: 'identities split', positional: ['identity'] },
    resource: (input, tx) => about(tx, input.identity),
    handler: (ctx, permit, input) => splitIdentity(ctx, permit, input),
  }),
];

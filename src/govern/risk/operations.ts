import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { findIdentityByUsername, getIdentity, type Identity } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { riskLookAsked } from './events.ts';
import { askForLook } from './look-at-everybody.ts';
import { EVIDENCE_KINDS, FACTORS, LEVELS, type Factor } from './model.ts';
import { countLevels, findRisk, listRiskiest } from './read-risk.ts';
import { putRiskPolicy, riskPolicy, riskPolicyInForce } from './risk-policy.ts';

const level = z.enum(LEVELS);
const factor = z.enum(Object.keys(FACTORS) as [Factor, ...Factor[]]);
const counted = { factor, points: z.int(), count: z.int() };
const reason = z.object({
  ...counted,
  of: z
    .array(
      z.object({
        kind: z.enum(EVIDENCE_KINDS),
        id: z.uuid(),
        name: z.string().nullable(),
        points: z.int(),
        through: z.uuid().nullable().optional(),
        throughName: z.string().nullable(),
      }),
    )
    .readonly(),
});
const riskOut = z.object({
  subjectId: z.uuid(),
  kind: z.enum(['identity', 'account']),
  subjectKind: z.string(),
  name: z.string(),
  department: z.string().nullable(),
  score: z.int(),
  level,
  since: instantOut,
  jumpedAt: instantOut.nullable(),
  jumpedFrom: z.int().nullable(),
  reasons: z.array(reason).readonly(),
});
const policyOut = z.object({
  number: z.int(),
  policy: riskPolicy,
  reason: z.string().nullable(),
  madeBy: z.uuid().nullable(),
  madeAt: instantOut.nullable(),
});

const findIdentity = async (tx: Tx, idOrName: string): Promise<Identity | undefined> =>
  (await getIdentity(tx, idOrName)) ?? (await findIdentityByUsername(tx, idOrName));

/** Whose risk is how high and why, and from where on it is which. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'risk.list',
    action: 'identity_risk.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/risk',
    summary: 'List whose risk is highest: people and everything else that has access, and accounts nobody owns',
    description:
      'Each with its reasons, whose points add up to the score. As of the last look at everybody and every change since.',
    input: z.object({
      kind: z.enum(['identity', 'account']).optional(),
      level: level.optional(),
      factor: factor.optional(),
      jumpedInDays: z.coerce.number().int().min(1).max(366).optional(),
      ...pageInput,
    }),
    output: pageOf(riskOut),
    cli: { command: 'risk list', columns: ['name', 'kind', 'score', 'level', 'since', 'jumpedAt'] },
    handler: (ctx, _permit, input) => listRiskiest(ctx.tx, input),
  }),
  defineOperation({
    name: 'risk.levels',
    action: 'identity_risk.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/risk/levels',
    summary: 'How many are of which level',
    input: z.object({}),
    output: z.object({ items: z.array(z.object({ kind: z.enum(['identity', 'account']), level, n: z.int() })) }),
    cli: { command: 'risk levels', columns: ['kind', 'level', 'n'] },
    handler: async (ctx) => ({ items: await countLevels(ctx.tx) }),
  }),
  defineOperation({
    name: 'risk.show',
    action: 'identity_risk.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{identity}/risk',
    summary: 'How risky somebody is and why, and what it was on which day',
    input: z.object({ identity: z.string().min(1).max(200) }),
    output: z.object({
      /** Null: nobody has looked yet. */
      risk: riskOut.nullable(),
      days: z.array(
        z.object({ day: z.iso.date(), score: z.int(), level, reasons: z.array(z.object(counted)).readonly() }),
      ),
    }),
    cli: { command: 'risk show', positional: ['identity'] },
    // An unknown name stays as it is, and policy is asked about what is not there.
    resource: async (input, tx) => ({
      type: 'Identity',
      id: (await findIdentity(tx, input.identity))?.id ?? input.identity,
    }),
    handler: async (ctx, _permit, input) => {
      const identity = await findIdentity(ctx.tx, input.identity);
      if (identity === undefined) throw notFound('identity', input.identity);
      const found = await findRisk(ctx.tx, identity.id);
      if (found === undefined) return { risk: null, days: [] };
      const { days, ...risk } = found;
      return { risk, days: [...days] };
    },
  }),
  defineOperation({
    name: 'risk.look',
    action: 'identity_risk.look',
    kind: 'write',
    method: 'POST',
    path: '/v1/risk/look',
    summary: 'Judge everybody anew now',
    description: 'It runs every night, and for whom a change concerns at once.',
    input: z.object({}),
    output: z.object({}),
    cli: { command: 'risk look' },
    handler: async (ctx, permit) => {
      await askForLook(ctx.tx);
      await ctx.record(permit, { event: riskLookAsked, data: {} });
      return {};
    },
  }),
  defineOperation({
    name: 'risk.policy',
    action: 'risk_policy.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/risk/policy',
    summary: 'From which score on somebody is of which level, and what is a jump',
    input: z.object({}),
    output: policyOut,
    cli: { command: 'risk policy' },
    handler: (ctx) => riskPolicyInForce(ctx.tx),
  }),
  defineOperation({
    name: 'risk.putPolicy',
    action: 'risk_policy.put',
    kind: 'write',
    method: 'POST',
    path: '/v1/risk/policy',
    summary: 'Say from which score on somebody is of which level, and what is a jump; everybody is judged anew',
    input: z.object({ policy: riskPolicy, reason: text(1000) }),
    output: policyOut,
    handler: async (ctx, permit, input) => {
      const put = await putRiskPolicy(ctx, permit, input);
      await askForLook(ctx.tx);
      return put;
    },
  }),
];

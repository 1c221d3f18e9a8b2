import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import type { ResourceRef } from '../port.ts';
import type { Decide } from '../create-decide.ts';
import { parsePolicies } from '../engine/parse-policies.ts';
import { dryRunPolicies } from './dry-run.ts';
import { checkCustomText, draftPolicies, LONGEST_TEXT, publishPolicies } from './publish-policies.ts';
import { policyVersions, requireVersion } from './store.ts';
import { whoWould } from './who-would.ts';

const versionOut = z.object({
  id: z.uuid(),
  /** As decisions name it: `s3` is the third shipped text, `c7` the customer's seventh. */
  name: z.string(),
  origin: z.enum(['shipped', 'custom']),
  number: z.int(),
  state: z.enum(['draft', 'active', 'retired']),
  note: z.string(),
  createdAt: instantOut,
  createdBy: z.string(),
  publishedAt: instantOut.nullable(),
  publishedBy: z.string().nullable(),
  retiredAt: instantOut.nullable(),
});
const problemOut = z.object({
  policy: z.string().optional(),
  message: z.string(),
  help: z.string().optional(),
  at: z.object({ start: z.int(), end: z.int() }).optional(),
});
const policyOut = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  description: z.string().nullable(),
  obligation: z.string().nullable(),
  text: z.string(),
});
const changedOut = z.object({
  principal: z.object({ kind: z.string(), id: z.string() }),
  action: z.string(),
  resource: z.object({ type: z.string(), id: z.string() }),
  change: z.enum(['gained', 'lost']),
  before: z.array(z.string()),
  after: z.array(z.string()),
});
const reachOut = z.object({ identityId: z.uuid(), displayName: z.string() });
const policyText = text(LONGEST_TEXT);
const version = z.string().min(1).max(100);

const named = <V extends { origin: string; number: number }>(v: V): V & { name: string } => ({
  ...v,
  name: `${v.origin === 'shipped' ? 's' : 'c'}${v.number}`,
});

/** A version by its id, its name (`c7`), or `active` and `shipped` for the ones in force. */
const versionId = async (tx: Tx, given: string): Promise<string> => {
  const byName = /^([sc])([0-9]{1,9})$/.exec(given);
  const found = byName
    ? await tx.maybe<{ id: string }>(
        sql`select id from policy_version where origin = ${byName[1] === 's' ? 'shipped' : 'custom'} and number = ${Number(byName[2])}`,
      )
    : given === 'active' || given === 'shipped'
      ? await tx.maybe<{ id: string }>(
          sql`select id from policy_version where state = 'active' and origin = ${given === 'shipped' ? 'shipped' : 'custom'}`,
        )
      : undefined;
  return found?.id ?? given;
};
const resource = async (input: { version: string }, tx: Tx): Promise<ResourceRef> => ({
  type: 'PolicyVersion',
  id: await versionId(tx, input.version),
});

export const policyOperations = (decide: Decide) => [
  defineOperation({
    name: 'policies.list',
    action: 'policy.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/policies/versions',
    summary: 'List the versions of policies, newest first',
    input: z.object({}),
    output: z.object({ items: z.array(versionOut) }),
    cli: { command: 'policies ls', columns: ['name', 'state', 'note', 'createdBy', 'publishedAt'] },
    handler: async (ctx) => ({ items: (await policyVersions(ctx.tx)).map(({ text: _text, ...v }) => named(v)) }),
  }),
  defineOperation({
    name: 'policies.show',
    action: 'policy_version.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/policies/versions/{version}',
    summary: 'Show one version of policies, whole and policy by policy',
    input: z.object({ version }),
    output: versionOut.extend({ text: z.string(), policies: z.array(policyOut) }),
    cli: { command: 'policies show', positional: ['version'] },
    resource,
    handler: async (ctx, permit) => {
      const found = await requireVersion(ctx.tx, permit.resource.id);
      const parsed = parsePolicies(found.text);
      const policies = parsed.ok ? parsed.policies : [];
      return {
        ...named(found),
        policies: policies.map(({ id, text: own, ast }) => ({
          id,
          effect: ast.effect,
          description: ast.annotations.get('description') ?? null,
          obligation: ast.annotations.get('obligation') ?? null,
          text: own,
        })),
      };
    },
  }),
  defineOperation({
    name: 'policies.validate',
    action: 'policy.validate',
    kind: 'read',
    method: 'POST',
    path: '/v1/policies/validate',
    summary: 'Check a text of policies without keeping it',
    description:
      'Parses the text, checks every name against what Reeve knows, and suggests the nearest one for a misspelt name.',
    input: z.object({ text: policyText }),
    output: z.object({ ok: z.boolean(), problems: z.array(problemOut), warnings: z.array(problemOut) }),
    cli: { command: 'policies validate', positional: ['text'] },
    handler: async (_ctx, _permit, input) => {
      const { problems, warnings } = checkCustomText(decide, input.text);
      return await Promise.resolve({ ok: problems.length === 0, problems: [...problems], warnings: [...warnings] });
    },
  }),
  defineOperation({
    name: 'policies.draft',
    action: 'policy.draft',
    kind: 'write',
    method: 'POST',
    path: '/v1/policies/versions',
    summary: 'Keep a text of policies as a draft',
    input: z.object({ text: policyText, note: text(500) }),
    output: versionOut,
    cli: { command: 'policies draft', positional: ['text'] },
    handler: async (ctx, permit, input) => {
      const { text: _text, ...drafted } = await draftPolicies(ctx, permit, decide, input);
      return named(drafted);
    },
  }),
  defineOperation({
    name: 'policies.dryRun',
    action: 'policy.dry_run',
    kind: 'write',
    method: 'POST',
    path: '/v1/policies/versions/{version}/dry-run',
    summary: 'Try a draft on the last questions asked, and list each changed outcome',
    input: z.object({ version, last: z.int().min(1).max(20_000).default(2_000) }),
    output: z.object({
      id: z.uuid(),
      replayed: z.int(),
      gone: z.int(),
      drifted: z.int(),
      gained: z.int(),
      lost: z.int(),
      failing: z.record(z.string(), z.int()),
      changed: z.array(changedOut),
    }),
    cli: { command: 'policies dry-run', positional: ['version'] },
    resource,
    handler: async (ctx, permit, { last }) => {
      const run = await dryRunPolicies(ctx, permit, decide, { versionId: permit.resource.id, last });
      return { ...run, changed: run.changed.map((c) => ({ ...c, before: [...c.before], after: [...c.after] })) };
    },
  }),
  defineOperation({
    name: 'policies.compare',
    action: 'policy.compare',
    kind: 'read',
    method: 'POST',
    path: '/v1/policies/versions/{version}/compare',
    summary: 'Who would gain and who would lose one action on one resource, by live data',
    input: z.object({
      version,
      action: z.string().regex(/^[a-z][a-z_]*\.[a-z][a-z_]*$/, 'is written noun.verb'),
      resourceType: z.string().max(100).default('Platform'),
      resourceId: z.string().max(200).default('reeve'),
    }),
    output: z.object({
      asked: z.int(),
      allowedBefore: z.int(),
      allowedAfter: z.int(),
      gains: z.array(reachOut),
      loses: z.array(reachOut),
    }),
    cli: { command: 'policies compare', positional: ['version', 'action'] },
    resource,
    handler: async (ctx, permit, { action, resourceType, resourceId }) => {
      const answer = await whoWould(ctx.tx, decide, {
        versionId: permit.resource.id,
        action,
        resource: { type: resourceType, id: resourceId },
      });
      return { ...answer, gains: [...answer.gains], loses: [...answer.loses] };
    },
  }),
  defineOperation({
    name: 'policies.publish',
    action: 'policy.publish',
    kind: 'write',
    method: 'POST',
    path: '/v1/policies/versions/{version}/publish',
    summary: 'Put a draft of policies in force',
    description:
      'Needs a dry run made since the policies in force came into force, and a second administrator where there is one.',
    input: z.object({ version }),
    output: versionOut,
    cli: { command: 'policies publish', positional: ['version'] },
    resource,
    handler: async (ctx, permit) => {
      const { text: _text, ...published } = await publishPolicies(ctx, permit, decide, permit.resource.id);
      return named(published);
    },
  }),
];

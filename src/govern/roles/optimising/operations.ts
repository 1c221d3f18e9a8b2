import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { instantOut } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { getEntitlements, getRole, requireRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { improvementsAsked, improvementsCancelled } from '../events.ts';
import { draftImprovement } from './draft-improvement.ts';
import {
  lockImprovementRun,
  newestFound,
  newestRun,
  type ImprovementRun,
  type KeptImprovement,
} from './kept-improvements.ts';
import { IMPROVE, MOST } from './run-improvements.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const kind = z.enum(['retire', 'merge', 'nest', 'split']);
const days = z.coerce.number().int().min(1).max(730).default(90).describe('how far back use is looked at');
const improvementOut = z.object({
  kind,
  because: z.enum([
    'gives_nothing',
    'held_by_nobody',
    'redundant',
    'unused',
    'unseen',
    'same_access',
    'same_people',
    'overlap',
    'contained',
    'seldom_used',
  ]),
  role: ref,
  other: ref.nullable().describe('merge: the one that stays; nest: the one that would contain it'),
  people: z.int().describe('whose roles would change'),
  coverage: z.int().describe('assignments that stay'),
  extra: z.int().describe('assignments that would be added'),
  lost: z.int().describe('assignments that would go'),
  stability: z.number().describe('how often it is found with a tenth of the people left out'),
  sessions: z.int().describe('through Reeve, that rested on the role in the window'),
  used: z.int().describe('assignments seen used'),
  unused: z.int().describe('assignments known to be unused'),
  unknown: z.int().describe('assignments of which use is not known'),
  onDemand: z.array(ref).describe('split: what would be asked for when it is needed'),
});

const runOut = z.object({
  id: z.uuid(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  progress: z.int(),
  days: z.int().describe('how far back use is looked at'),
  askedAt: instantOut,
  settledAt: instantOut.nullable(),
  problem: z.string().nullable(),
});
const runShown = ({ id, state, progress, days, askedAt, settledAt, problem }: ImprovementRun) => ({
  id,
  state,
  progress,
  days,
  askedAt,
  settledAt,
  problem,
});

/** Improving the roles there are: what could be retired, merged, nested or split, with why, and a draft of it. */
export const improvementOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'roleImprovements.start',
    action: 'role_improvement.start',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-improvements',
    summary: 'Look through the roles there are for what could be simpler or give less',
    description: 'It is done in the background. While one is under way, that one is answered.',
    input: z.object({ days }),
    output: runOut,
    cli: { command: 'roles look-for-improvements' },
    handler: async (ctx, permit, input) => {
      await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtext('reeve.role_improvement'))`);
      const newest = await newestRun(ctx.tx);
      const id = newId(ctx.now.getTime());
      const isUnderWay = newest?.state === 'waiting' || newest?.state === 'running';
      if (!isUnderWay)
        await ctx.tx.run(sql`
          insert into improvement_run (id, days, asked_by, asked_at) values (${id}, ${input.days}, ${ctx.principal.id}, ${ctx.now})`);
      const run = await lockImprovementRun(ctx.tx, isUnderWay ? newest.id : id);
      await ctx.record(permit, { event: improvementsAsked, data: { runId: run.id, days: run.days } });
      if (!isUnderWay) await enqueue(ctx.tx, IMPROVE, { runId: id }, { key: `${IMPROVE}:${id}` });
      return runShown(run);
    },
  }),
  defineOperation({
    name: 'roleImprovements.cancel',
    action: 'role_improvement.cancel',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-improvements/{id}/cancel',
    summary: 'Stop a look for improvements; what the one before found stays',
    input: z.object({ id: z.uuid() }),
    output: runOut,
    cli: { command: 'roles cancel-improvements', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      const run = await lockImprovementRun(ctx.tx, id);
      if (run.state !== 'waiting' && run.state !== 'running')
        throw conflict('role_improvement.settled', `this is ${run.state} already`, 'start another');
      await ctx.tx.run(sql`update improvement_run set state = 'cancelled', settled_at = ${ctx.now} where id = ${id}`);
      await ctx.record(permit, { event: improvementsCancelled, data: { runId: id } });
      return runShown(await lockImprovementRun(ctx.tx, id));
    },
  }),
  defineOperation({
    name: 'roleImprovements.list',
    action: 'role_improvement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-improvements',
    summary: 'List how the roles there are could be simpler or give less, what changes nobody’s access first',
    description:
      'As the newest look that was done found it; run is the newest look, done or not. Use that cannot be known is unknown, never unused. The same roles, people and use give the same list.',
    input: z.object({ kind: kind.optional() }),
    output: z.object({
      run: runOut.nullable(),
      roles: z.int().describe('looked through'),
      found: z.int(),
      items: z.array(improvementOut).describe(`the first ${MOST}`),
    }),
    cli: {
      command: 'roles improve',
      columns: ['kind', 'because', 'role', 'other', 'people', 'coverage', 'extra', 'lost', 'stability'],
    },
    handler: async (ctx, _permit, input) => {
      const run = await newestRun(ctx.tx);
      const found = await newestFound(ctx.tx);
      const wanted = (found?.items ?? []).filter((one) => input.kind === undefined || one.kind === input.kind);
      return {
        run: run === undefined ? null : runShown(run),
        roles: found?.roles ?? 0,
        found: input.kind === undefined ? (found?.found ?? 0) : wanted.length,
        items: await shown(ctx.tx, wanted),
      };
    },
  }),
  defineOperation({
    name: 'roleImprovements.draft',
    action: 'role_version.draft',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/improve',
    summary: 'Draft the versions of roles that an improvement asks for; nothing changes until they are published',
    input: z.object({
      role: z.string().min(1).max(200).describe('its id, or its name'),
      kind,
      other: z.uuid().optional().describe('for merge and nest: the other role'),
    }),
    output: z.object({ versions: z.array(z.object({ id: z.uuid(), roleId: z.uuid(), number: z.int() })) }),
    cli: { command: 'roles draft-improvement', positional: ['role'] },
    resource: async ({ role }, tx) => ({ type: 'Role', id: (await getRole(tx, role))?.id ?? role }),
    handler: async (ctx, _permit, input) => {
      const role = await requireRole(ctx.tx, input.role);
      const found = (await newestFound(ctx.tx))?.items ?? [];
      const one = found.find(
        (i) => i.kind === input.kind && i.roleId === role.id && (i.otherId === null || i.otherId === input.other),
      );
      if (one === undefined)
        throw conflict(
          'role_improvement.gone',
          `nothing of that kind is found for ${role.name} now`,
          'look again: reeve roles look-for-improvements',
        );
      const versions = await draftImprovement(ctx, edges.decide, one);
      return { versions: versions.map(({ id, roleId, number }) => ({ id, roleId, number })) };
    },
  }),
];

async function shown(tx: Tx, found: readonly KeptImprovement[]): Promise<z.input<typeof improvementOut>[]> {
  const moved = [...new Set(found.flatMap((one) => one.onDemand))];
  const names = new Map((await getEntitlements(tx, moved)).map((e) => [e.id, e.name]));
  const roles = new Map(
    (
      await tx.many<{ id: string; name: string }>(
        sql`select id, name from role where id = any(${sql.array(found.flatMap((one) => [one.roleId, ...(one.otherId === null ? [] : [one.otherId])]))}::uuid[])`,
      )
    ).map(({ id, name }) => [id, name]),
  );
  const roleOf = (id: string) => ({ id, name: roles.get(id) ?? 'a role no longer known' });
  return found.map(({ roleId, otherId, onDemand, ...one }) => ({
    ...one,
    role: roleOf(roleId),
    other: otherId === null ? null : roleOf(otherId),
    onDemand: onDemand.map((id) => ({ id, name: names.get(id) ?? 'an entitlement no longer known' })),
  }));
}

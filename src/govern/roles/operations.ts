import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied } from '#kit/errors/index.ts';
import { cursorAfter, instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { getEntitlements, getIdentities, requireSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { candidateOperations } from './candidate-operations.ts';
import { miningAsked, miningCancelled } from './events.ts';
import type { MiningParameters } from './model.ts';
import { listCandidates, listOutliers, listRuns, lockRun, ORDERS, requireRun } from './store.ts';

export const MINE = 'roles.mine';

const ref = z.object({ id: z.uuid(), name: z.string() });
const parametersIn = {
  systemIds: z.array(z.uuid()).max(100).default([]).describe('whose entitlements are looked at; none: all'),
  kind: z.enum(['person', 'service', 'workload', 'vendor', 'agent']).optional(),
  department: text(200).optional(),
  attributes: z
    .array(text(60))
    .max(6)
    .default(['department', 'location', 'jobTitle'])
    .describe('what names and rules are made of, in this order'),
  tolerance: z
    .number()
    .min(0)
    .max(0.4)
    .default(0)
    .describe('0: exactly what is held; else how much of a role may be off'),
  mostUsers: z.int().min(1).max(1_000_000).optional(),
  mostEntitlements: z.int().min(1).max(100_000).optional(),
  fewestUsers: z.int().min(1).max(100_000).default(2),
  share: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.9)
    .describe('how many in a role share a value for it to be named by that'),
  seed: z.int().min(0).max(2_147_483_647).default(1),
};
const runOut = z.object({
  id: z.uuid(),
  state: z.string(),
  progress: z.int(),
  doing: z.string().nullable(),
  askedBy: z.uuid(),
  askedAt: instantOut,
  settledAt: instantOut.nullable(),
  problem: z.string().nullable(),
  people: z.int().nullable(),
  entitlements: z.int().nullable(),
  assignments: z.int().nullable(),
  covered: z.int().nullable(),
  atLeast: z.int().nullable(),
  tolerance: z.number(),
  fewestUsers: z.int(),
  department: z.string().nullable(),
  seed: z.int(),
});
const ruleOut = z.object({
  terms: z.array(z.object({ attribute: z.string(), value: z.string() })),
  finds: z.int(),
  findsOfRole: z.int(),
  same: z.boolean(),
});
const candidateOut = z.object({
  id: z.uuid(),
  name: z.string(),
  basis: z.enum(['access', 'attributes']),
  people: z.int(),
  entitlements: z.int(),
  coverage: z.int(),
  extra: z.int(),
  stability: z.number(),
  rule: ruleOut.nullable(),
  roleId: z.uuid().nullable(),
});
const peers = z.object({ held: z.int(), of: z.int() });

const shown = (run: Awaited<ReturnType<typeof requireRun>>): z.input<typeof runOut> => {
  const { tolerance, fewestUsers, department, seed } = run.parameters;
  return { ...run, tolerance, fewestUsers, department, seed };
};

const runs = [
  defineOperation({
    name: 'roleMining.start',
    action: 'role_mining.start',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-mining',
    summary: 'Look for roles, and for who stands out, in what people hold directly',
    description:
      'Grants that are live, have no end and were given one by one are looked at; Reeve’s own admin roles are not. The same population, parameters and seed find the same.',
    input: z.object(parametersIn),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'role-mining start' },
    handler: async (ctx, permit, input) => {
      if (ctx.principal.kind !== 'identity')
        throw denied('role_mining.by_person', 'this is asked for by a person', 'sign in and ask for it');
      await refuseTooMany(ctx.tx);
      for (const systemId of input.systemIds) await requireSystem(ctx.tx, systemId);
      const parameters: MiningParameters = {
        ...input,
        kind: input.kind ?? null,
        department: input.department ?? null,
        mostUsers: input.mostUsers ?? null,
        mostEntitlements: input.mostEntitlements ?? null,
      };
      const id = newId(ctx.now.getTime());
      await ctx.tx.run(sql`
        insert into mining_run (id, asked_by, asked_at, parameters)
        values (${id}, ${ctx.principal.id}, ${ctx.now}, ${sql.json(parameters)}::jsonb)`);
      const { systemIds, tolerance, seed } = parameters;
      await ctx.record(permit, {
        event: miningAsked,
        subject: ctx.principal.id,
        data: { runId: id, systemIds: [...systemIds], tolerance, seed },
      });
      await enqueue(ctx.tx, MINE, { runId: id }, { key: `${MINE}:${id}` });
      return { id };
    },
  }),
  defineOperation({
    name: 'roleMining.list',
    action: 'role_mining.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-mining',
    summary: 'List looks for roles, newest first',
    input: z.object(pageInput),
    output: pageOf(runOut),
    cli: { command: 'role-mining ls', columns: ['id', 'state', 'progress', 'people', 'entitlements', 'askedAt'] },
    handler: async (ctx, _permit, input) => {
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      return page((await listRuns(ctx.tx, before, input.limit + 1)).map(shown), input.limit, (run) => [run.id]);
    },
  }),
  defineOperation({
    name: 'roleMining.show',
    action: 'role_mining.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-mining/{id}',
    summary: 'Show a look for roles: how far it is, and what it found altogether',
    input: z.object({ id: z.uuid() }),
    output: runOut,
    cli: { command: 'role-mining show', positional: ['id'] },
    handler: async (ctx, _permit, { id }) => shown(await requireRun(ctx.tx, id)),
  }),
  defineOperation({
    name: 'roleMining.cancel',
    action: 'role_mining.cancel',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-mining/{id}/cancel',
    summary: 'Stop a look for roles; it finds nothing',
    input: z.object({ id: z.uuid() }),
    output: runOut,
    cli: { command: 'role-mining cancel', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      const run = await lockRun(ctx.tx, id);
      if (run.state !== 'waiting' && run.state !== 'running')
        throw conflict('role_mining.settled', `this is ${run.state} already`, 'start another');
      await ctx.tx.run(
        sql`update mining_run set state = 'cancelled', doing = null, settled_at = ${ctx.now} where id = ${id}`,
      );
      await ctx.record(permit, { event: miningCancelled, data: { runId: id } });
      return shown(await requireRun(ctx.tx, id));
    },
  }),
  defineOperation({
    name: 'roleMining.candidates',
    action: 'role_mining.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-mining/{id}/candidates',
    summary: 'List the roles a look proposes: what each covers, what it would add, and how surely it is found',
    input: z.object({ id: z.uuid(), order: z.enum(ORDERS).default('coverage'), ...pageInput }),
    output: pageOf(candidateOut),
    cli: {
      command: 'role-mining candidates',
      positional: ['id'],
      columns: ['id', 'name', 'people', 'entitlements', 'coverage', 'extra', 'stability', 'roleId'],
    },
    handler: async (ctx, _permit, input) => {
      await requireRun(ctx.tx, input.id);
      const skip = readCursor(input.cursor, ['n'])?.[0] ?? 0;
      const { order, limit } = input;
      const rows = await listCandidates(ctx.tx, { runId: input.id, order, skip, limit: limit + 1 });
      return {
        items: rows.slice(0, limit).map((row) => ({
          ...row,
          people: row.identityIds.length,
          entitlements: row.entitlementIds.length,
        })),
        nextCursor: rows.length > limit ? cursorAfter([skip + limit]) : null,
      };
    },
  }),
  defineOperation({
    name: 'roleMining.outliers',
    action: 'role_mining.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-mining/{id}/outliers',
    summary: 'List who held what others like them do not, the most unusual first, with what it is',
    input: z.object({ id: z.uuid(), ...pageInput }),
    output: pageOf(
      z.object({
        rank: z.int(),
        person: z.string(),
        identity: ref,
        score: z.number(),
        because: z.array(z.object({ entitlement: ref, weight: z.number(), likeThem: peers, nearest: peers })),
      }),
    ),
    cli: { command: 'role-mining outliers', positional: ['id'], columns: ['rank', 'person', 'score'] },
    handler: async (ctx, _permit, input) => {
      await requireRun(ctx.tx, input.id);
      const after = readCursor(input.cursor, ['n'])?.[0] ?? 0;
      const rows = await listOutliers(ctx.tx, input.id, after, input.limit + 1);
      const people = new Map(
        (
          await getIdentities(
            ctx.tx,
            rows.map((row) => row.identityId),
          )
        ).map((i) => [i.id, i.displayName]),
      );
      const names = new Map(
        (await getEntitlements(ctx.tx, [...new Set(rows.flatMap((r) => r.because.map((b) => b.entitlementId)))])).map(
          (e) => [e.id, e.name],
        ),
      );
      const items = rows.map((row) => {
        const person = people.get(row.identityId) ?? 'somebody no longer known';
        return {
          rank: row.rank,
          person,
          identity: { id: row.identityId, name: person },
          score: row.score,
          because: row.because.map((b) => ({
            entitlement: { id: b.entitlementId, name: names.get(b.entitlementId) ?? 'an entitlement no longer known' },
            weight: b.weight,
            likeThem: { held: b.likeThem[0], of: b.likeThem[1] },
            nearest: { held: b.nearest[0], of: b.nearest[1] },
          })),
        };
      });
      return page(items, input.limit, (row) => [row.rank]);
    },
  }),
];

/** Looks for roles that may wait or be under way at a time: each has a thread and a matrix of its own. */
const MOST_AT_ONCE = 5;

async function refuseTooMany(tx: Tx): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('reeve.role_mining'))`);
  const { n } = await tx.one<{ n: number }>(sql`
    select count(*)::int as n from mining_run where state in ('waiting', 'running')`);
  if (n >= MOST_AT_ONCE)
    throw conflict(
      'role_mining.too_many',
      `${MOST_AT_ONCE} looks for roles are waiting or under way`,
      'wait for one of them, or cancel it: reeve role-mining ls',
    );
}

export const operations = [...runs, ...candidateOperations];

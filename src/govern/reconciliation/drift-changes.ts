import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { describeConflict, recordVerdicts, sodVerdict } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrant, startGrant } from '#spine/graph/index.ts';
import type { MassItem, MassKind, Outcome } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { driftReacting, driftSettled } from './events.ts';
import type { DriftCase, Reaction } from './model.ts';
import { lockCase, lockCases, moveCase } from './store.ts';

export const CARRY_OUT = 'reconciliation.carry_out';

/** Cases with the reaction each is to have (`id, reaction`), as items of a mass change: what gives most comes last. */
export const itemsOf = (chosen: Sql): Sql => sql`
  select case x.reaction when 'adopt' then 'create' when 'restore' then 'update' else 'delete' end as effect,
         c.system_id, c.identity_id,
         case x.reaction when 'adopt' then 'adopt ' || e.name || ' of ' || a.name when 'remove' then 'remove ' || e.name || ' from ' || a.name
              when 'restore' then 'put ' || e.name || ' back' else 'lock ' || a.name end || ' on ' || s.name as what,
         jsonb_build_object('caseId', c.id, 'reaction', x.reaction) as data
    from (${chosen}) x join drift_case c on c.id = x.id join system s on s.id = c.system_id
    left join account a on a.id = c.account_id left join entitlement e on e.id = c.entitlement_id
   order by effect desc, c.id`;

const caseOf = (item: MassItem): string => String(item.data['caseId']);
const skipped = (item: MassItem, problem: string): Outcome => ({ position: item.position, state: 'skipped', problem });
const done = (item: MassItem): Outcome => ({ position: item.position, state: 'done' });

/**
 * What follows from drift, as one kind of mass change. Adopting is a grant and done at once; what a target has to do
 * is queued, and the case says how it went.
 */
export const driftChanges: MassKind = {
  kind: 'drift',
  population: async (tx) => {
    const rows = await tx.many<{ systemId: string; n: number }>(sql`
      select a.system_id, count(*)::int as n from account a where a.valid_to is null group by a.system_id`);
    return new Map<string | null, number>(rows.map((r) => [r.systemId, r.n]));
  },
  apply: async (ctx, permit, items) => {
    const cases = new Map((await lockCases(ctx.tx, items.map(caseOf))).map((c) => [c.id, c]));
    const outcomes: Outcome[] = [];
    const reacting: string[] = [];
    for (const item of items) {
      const found = cases.get(caseOf(item));
      const reaction = item.data['reaction'] as Reaction;
      if (found?.state !== 'open') outcomes.push(skipped(item, `it is ${found?.state ?? 'unknown'} already`));
      else if (reaction === 'adopt') outcomes.push(await adopt(ctx, permit, item, found));
      else {
        await moveCase(ctx.tx, found.id, { state: 'reacting', reaction });
        await enqueue(ctx.tx, CARRY_OUT, { caseId: found.id }, { key: `${CARRY_OUT}:${found.id}` });
        reacting.push(found.id);
        outcomes.push(done(item));
      }
    }
    if (reacting.length > 0) await ctx.record(permit, { event: driftReacting, data: { caseIds: reacting } });
    return outcomes;
  },
  undo: async (ctx, permit, items) => {
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(await putBack(ctx, permit, item));
    return outcomes;
  },
};

/** Makes a grant of what is held; separation of duties says the same to it as to a request. */
async function adopt(ctx: Ctx, permit: Permit, item: MassItem, found: DriftCase): Promise<Outcome> {
  const { identityId, entitlementId } = found;
  if (identityId === null || entitlementId === null)
    return skipped(item, 'the account belongs to nobody; link it first');
  await ctx.tx.run(sql`select id from identity where id = ${identityId} for no key update`);
  // The target has it already; what is judged is that Reeve would say it should.
  const holdings = found.accountId === null ? [] : [{ accountId: found.accountId, entitlementId }];
  const proposed = [{ entitlementId, validFrom: ctx.now, validTo: null }];
  const verdict = await sodVerdict(ctx.tx, identityId, proposed, { apart: { holdings } });
  await recordVerdicts(ctx, permit, [{ identityId, way: 'reconciliation', verdict }]);
  const conflict = verdict.outcome === 'blocked' ? verdict.conflicts.find((c) => c.rule.mode === 'enforce') : undefined;
  if (conflict !== undefined) {
    const problem = describeConflict(conflict);
    await moveCase(ctx.tx, found.id, { state: 'open', problem });
    return skipped(item, problem);
  }
  await startGrant(ctx, permit, {
    identityId,
    entitlementId,
    origin: 'import',
    originId: found.id,
    reason: 'adopted: it was found on the system',
  });
  await moveCase(ctx.tx, found.id, { state: 'adopted', reaction: 'adopt' });
  await ctx.record(permit, {
    event: driftSettled,
    subject: identityId,
    data: { caseId: found.id, systemId: found.systemId, state: 'adopted' },
  });
  return done(item);
}

async function putBack(ctx: Ctx, permit: Permit, item: MassItem): Promise<Outcome> {
  const found = await lockCase(ctx.tx, caseOf(item));
  if (found === undefined) return skipped(item, 'the case is unknown');
  switch (found.state) {
    case 'adopted': {
      const grant = await openGrantOf(ctx.tx, found.id);
      if (grant === undefined) return skipped(item, 'the grant made of it has ended already');
      await endGrant(ctx, permit, { grantId: grant.id, because: 'the change that adopted it was undone' });
      return done(item);
    }
    case 'removed':
    case 'disabled':
      await enqueue(ctx.tx, CARRY_OUT, { caseId: found.id, undo: true }, { key: `${CARRY_OUT}:undo:${found.id}` });
      return done(item);
    case 'reacting':
      await moveCase(ctx.tx, found.id, { state: 'open', problem: 'put back before it was carried out' });
      return done(item);
    default:
      return skipped(item, `it is ${found.state}, so there is nothing to put back`);
  }
}

const openGrantOf = (tx: Tx, caseId: string): Promise<{ id: string } | undefined> =>
  tx.maybe(
    sql`select id from access_grant where origin = 'import' and origin_id = ${caseId} and ended_because is null`,
  );

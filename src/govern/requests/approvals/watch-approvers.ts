import { sql, type Sql } from '#kit/db/index.ts';
import {
  entitlementPut,
  grantEnded,
  identityChanged,
  identityImported,
  REEVE_SYSTEM_ID,
  roleChanged,
  systemChanged,
} from '#spine/graph/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { followUp } from './keep-moving.ts';

/** Looks again at every request that waits and to which this applies. */
const lookAgain = async (job: JobCtx, where: Sql): Promise<void> => {
  const waiting = await job.db.many<{ id: string }>(sql`
    select distinct r.id from request r join approval_step s on s.request_id = r.id and s.state = 'open'
     where r.state = 'pending' and ${where} order by r.id`);
  for (const { id } of waiting) {
    await job.act({ action: 'request.follow_up', resource: { type: 'Request', id } }, (ctx, permit) =>
      followUp(ctx, permit, id),
    );
  }
};

/** Facts about people on which it depends who may decide. */
const TELLING = new Set(['state', 'managerId', 'ownerId']);
const concerns = (ids: readonly string[]): Sql =>
  sql`(s.candidates && ${ids}::uuid[] or r.beneficiary_id = any(${ids}::uuid[]))`;
const linesAbout = (column: Sql, ids: readonly string[]): Sql =>
  sql`exists (select from request_line l where l.request_id = r.id and ${column} = any(${ids}::uuid[]))`;
const touches = (changed: readonly string[], fields: ReadonlySet<string>): boolean =>
  changed.some((f) => fields.has(f));
const OWNER = new Set(['ownerId']);

/** When somebody leaves, changes manager, or stops to own or administer something, what waited for them goes on to others. */
export const approverReactions = [
  defineReaction({
    on: identityChanged,
    name: 'requests.approverChanged',
    run: async (job, { data }) => {
      if (touches(data.changed, TELLING)) await lookAgain(job, concerns([data.identityId]));
    },
  }),
  defineReaction({
    on: identityImported,
    name: 'requests.approversImported',
    run: async (job, { data }) => {
      const ids = data.changed.filter((c) => touches(c.changed, TELLING)).map((c) => c.identityId);
      if (ids.length > 0) await lookAgain(job, concerns(ids));
    },
  }),
  defineReaction({
    on: grantEnded,
    name: 'requests.approverLostRole',
    run: async (job, { data }) => {
      if (data.systemId === REEVE_SYSTEM_ID || data.roleId !== undefined)
        await lookAgain(job, concerns([data.identityId]));
    },
  }),
  defineReaction({
    on: entitlementPut,
    name: 'requests.entitlementOwnerChanged',
    run: async (job, { data }) => {
      if (touches(data.changed, OWNER)) await lookAgain(job, linesAbout(sql`l.entitlement_id`, [data.entitlementId]));
    },
  }),
  defineReaction({
    on: roleChanged,
    name: 'requests.roleOwnerChanged',
    run: async (job, { data }) => {
      if (touches(data.changed, OWNER)) await lookAgain(job, linesAbout(sql`l.role_id`, [data.roleId]));
    },
  }),
  defineReaction({
    on: systemChanged,
    name: 'requests.systemOwnerChanged',
    run: async (job, { data }) => {
      if (touches(data.changed, OWNER))
        await lookAgain(
          job,
          sql`exists (select from request_line l join entitlement e on e.id = l.entitlement_id
                       where l.request_id = r.id and e.system_id = ${data.systemId})`,
        );
    },
  }),
];

import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';

/** What a grant wants of one target, for one entitlement. */
export interface ProvisionTask {
  readonly id: string;
  readonly grantId: string;
  readonly entitlementId: string;
  readonly identityId: string;
  readonly systemId: string;
  readonly accountId: string | null;
  readonly wanted: 'present' | 'absent';
  readonly state: 'waiting' | 'done' | 'manual' | 'stuck';
  readonly tries: number;
  readonly problem: string | null;
  readonly decidedAt: Date;
  readonly settledAt: Date | null;
}

/** The columns of a task, of a table that is called so. */
export const taskColumns = (table: string): Sql => {
  const t = sql.id(table);
  return sql`${t}.id, ${t}.grant_id, ${t}.entitlement_id, ${t}.identity_id, ${t}.system_id, ${t}.account_id, ${t}.wanted, ${t}.state,
    ${t}.tries, ${t}.problem, ${t}.decided_at, ${t}.settled_at`;
};
const COLUMNS = taskColumns('provision_task');

/** Says what is wanted from now on; returns the task when that is news, else undefined. */
export const wantOf = (
  tx: Queryable,
  task: Pick<ProvisionTask, 'id' | 'grantId' | 'entitlementId' | 'identityId' | 'systemId' | 'wanted' | 'decidedAt'>,
): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`
    insert into provision_task (id, grant_id, entitlement_id, identity_id, system_id, wanted, decided_at)
    values (${task.id}, ${task.grantId}, ${task.entitlementId}, ${task.identityId}, ${task.systemId}, ${task.wanted}, ${task.decidedAt})
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update
      set wanted = excluded.wanted, decided_at = excluded.decided_at, state = 'waiting', settled_at = null, tries = 0, problem = null,
          not_before = null
      where provision_task.wanted <> excluded.wanted
    returning ${COLUMNS}`);

/** A settled task is to be carried out once more; undefined where there is none that wants presence. */
export const wantAgain = (
  tx: Queryable,
  task: { readonly grantId: string; readonly entitlementId: string; readonly decidedAt: Date },
): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`
    update provision_task set state = 'waiting', settled_at = null, tries = 0, problem = null, not_before = null, decided_at = ${task.decidedAt}
     where grant_id = ${task.grantId} and entitlement_id = ${task.entitlementId} and wanted = 'present'
    returning ${COLUMNS}`);

/** `wantOf` for several grants of one person, all wanted present; returns those that are news. */
export const wantAllPresent = (
  tx: Queryable,
  wanted: {
    readonly identityId: string;
    readonly decidedAt: Date;
    readonly tasks: readonly Pick<ProvisionTask, 'id' | 'grantId' | 'entitlementId' | 'systemId'>[];
  },
): Promise<Pick<ProvisionTask, 'id' | 'grantId' | 'systemId'>[]> =>
  tx.many(sql`
    insert into provision_task as t (id, grant_id, entitlement_id, identity_id, system_id, wanted, decided_at)
    select w.id, w.grant_id, w.entitlement_id, ${wanted.identityId}::uuid, w.system_id, 'present', ${wanted.decidedAt}::timestamptz
      from unnest(${sql.array(wanted.tasks.map((t) => t.id))}::uuid[], ${sql.array(wanted.tasks.map((t) => t.grantId))}::uuid[],
                  ${sql.array(wanted.tasks.map((t) => t.entitlementId))}::uuid[],
                  ${sql.array(wanted.tasks.map((t) => t.systemId))}::uuid[]) as w(id, grant_id, entitlement_id, system_id)
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update
      set wanted = excluded.wanted, decided_at = excluded.decided_at, state = 'waiting', settled_at = null, tries = 0, problem = null,
          not_before = null
      where t.wanted <> excluded.wanted
    returning id, grant_id, system_id`);

/** A task that waits for a person is tried again; what it is, undefined where it waits for nobody. */
export const tryOnceMore = (tx: Queryable, id: string): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`
    update provision_task set state = 'waiting', settled_at = null, problem = null, not_before = null
     where id = ${id} and state in ('stuck', 'manual') returning ${COLUMNS}`);

/** What waits for a system is due at once. */
export const dueNow = (tx: Queryable, systemId: string): Promise<number> =>
  tx.run(sql`
    update provision_task set not_before = null
     where system_id = ${systemId} and state = 'waiting' and not_before is not null`);

export const getTask = (tx: Queryable, id: string): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`select ${COLUMNS} from provision_task where id = ${id}`);

export const tasksOfGrant = (tx: Queryable, grantId: string): Promise<ProvisionTask[]> =>
  tx.many<ProvisionTask>(sql`select ${COLUMNS} from provision_task where grant_id = ${grantId}`);

/** Those of these tasks that still want what they wanted. */
export async function stillWanted(tx: Queryable, tasks: readonly ProvisionTask[]): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from provision_task
     where id = any(${sql.array(tasks.map((task) => task.id))}::uuid[]) and state = 'waiting' and wanted = ${tasks[0]?.wanted ?? 'present'}`);
  return new Set(rows.map((r) => r.id));
}

/** Notes how often tasks were tried, why that failed, and when they are due again; not of those that changed their mind meanwhile. */
export const countTries = async (
  tx: Queryable,
  tried: readonly (Pick<ProvisionTask, 'id' | 'wanted' | 'tries'> & {
    readonly problem: string;
    readonly afterMs: number;
  })[],
): Promise<void> => {
  if (tried.length === 0) return;
  await tx.run(sql`
    update provision_task t set tries = n.tries, problem = n.problem, not_before = clock_timestamp() + make_interval(secs => n.after_ms / 1000)
      from unnest(${sql.array(tried.map((t) => t.id))}::uuid[], ${sql.array(tried.map((t) => t.tries))}::int[],
                  ${sql.array(tried.map((t) => t.problem))}::text[], ${sql.array(tried.map((t) => t.afterMs))}::double precision[])
           as n(id, tries, problem, after_ms)
     where t.id = n.id and t.state = 'waiting' and t.wanted = ${tried[0]?.wanted ?? 'present'}`);
};

/** Gives a task to a person; false when it changed its mind meanwhile. */
export async function giveUp(
  tx: Queryable,
  task: ProvisionTask,
  outcome: { readonly state: 'manual' | 'stuck'; readonly problem: string; readonly at: Date },
): Promise<boolean> {
  const settled = await tx.run(sql`
    update provision_task set state = ${outcome.state}, problem = ${outcome.problem}, settled_at = ${outcome.at}
    where id = ${task.id} and wanted = ${task.wanted} and state = 'waiting'`);
  return settled === 1;
}

/** Settles a task that waits for a person; false when it waits for nobody, or changed its mind meanwhile. */
export async function completeTask(tx: Queryable, task: ProvisionTask, at: Date): Promise<boolean> {
  const settled = await tx.run(sql`
    update provision_task set state = 'done', problem = null, settled_at = ${at}
    where id = ${task.id} and wanted = ${task.wanted} and state in ('manual', 'stuck')`);
  return settled === 1;
}

/** Settles tasks as done that still want what was carried out, on the accounts it was seen on; returns those. */
export async function settleDone(
  tx: Queryable,
  done: readonly { readonly id: string; readonly accountId: string | undefined }[],
  what: { readonly wanted: ProvisionTask['wanted']; readonly at: Date },
): Promise<ReadonlySet<string>> {
  // Each is looked up by its key, whatever the planner thinks of a table that has just grown.
  const rows = await tx.many<{ id: string }>(sql`
    update provision_task t set state = 'done', problem = null, settled_at = ${what.at},
           account_id = coalesce(d.account_id, t.account_id)
      from (select n.account_id, k.ctid
              from unnest(${sql.array(done.map((d) => d.id))}::uuid[], ${sql.array(done.map((d) => d.accountId ?? null))}::uuid[])
                   as n(id, account_id)
             cross join lateral (select ctid from provision_task k where k.id = n.id offset 0) k) d
     where t.ctid = d.ctid and t.wanted = ${what.wanted} and t.state = 'waiting' returning t.id`);
  return new Set(rows.map((r) => r.id));
}

/** Those of these tasks whose entitlement another live grant of the same identity gives, directly or through a role. */
export async function wantedByAnother(tx: Queryable, taskIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    select t.id from provision_task t where t.id = any(${sql.array(taskIds)}::uuid[]) and exists (
      select from provision_task o where o.identity_id = t.identity_id and o.entitlement_id = t.entitlement_id
         and o.wanted = 'present' and o.grant_id <> t.grant_id)`);
  return new Set(rows.map((r) => r.id));
}

/** Who the account of a task is now, by task, where that is somebody else than the task is for: who it was turned out to be them. */
export async function otherOwners(tx: Queryable, taskIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.many<{ id: string; identityId: string }>(sql`
    select t.id, a.identity_id from provision_task t join account a on a.id = t.account_id
     where t.id = any(${sql.array(taskIds)}::uuid[]) and a.identity_id <> t.identity_id`);
  return new Map(rows.map((r) => [r.id, r.identityId]));
}

/** Those of these identities who are to have anything on the system. */
export async function whoNeedAccounts(
  tx: Queryable,
  systemId: string,
  identityIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ identityId: string }>(sql`
    select distinct identity_id from provision_task
     where system_id = ${systemId} and identity_id = any(${sql.array(identityIds)}::uuid[]) and wanted = 'present'`);
  return new Set(rows.map((r) => r.identityId));
}

export async function listTasks(
  tx: Queryable,
  input: {
    readonly state?: string | undefined;
    readonly grantId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: ProvisionTask[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<ProvisionTask>(sql`
    select ${COLUMNS} from provision_task
    where (${input.state ?? null}::text is null or state = ${input.state ?? ''})
      and (${input.grantId ?? null}::uuid is null or grant_id = ${input.grantId ?? null})
      and (${input.systemId ?? null}::uuid is null or system_id = ${input.systemId ?? null})
      and (${after}::uuid is null or id < ${after}) order by id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

/** Grants and entitlements whose target does not agree yet, as a query: `grant_id, entitlement_id`. */
export const BEING_CARRIED_OUT: Sql = sql`select grant_id, entitlement_id from provision_task where state <> 'done'`;

/** How much of what a grant wanted, or wants gone, is not settled on its targets yet. */
export async function openTasksOfGrant(tx: Queryable, grantId: string): Promise<number> {
  const row = await tx.one<{ open: number }>(sql`
    select count(*)::int as open from provision_task where grant_id = ${grantId} and state in ('waiting', 'stuck')`);
  return row.open;
}

/** How much of what grants that ended gave is not settled as gone, also where nothing was said to a target yet. */
export async function unsettledTasksOf(tx: Queryable, grantIds: readonly string[]): Promise<number> {
  const row = await tx.one<{ open: number }>(sql`
    select count(*)::int as open from provision_task
     where grant_id = any(${sql.array(grantIds)}::uuid[]) and (wanted = 'present' or state in ('waiting', 'stuck'))`);
  return row.open;
}

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
  /** The account name this task was about to create. */
  readonly creating: string | null;
  readonly wanted: 'present' | 'absent';
  readonly state: 'waiting' | 'done' | 'manual' | 'stuck';
  readonly tries: number;
  readonly problem: string | null;
  readonly decidedAt: Date;
  readonly settledAt: Date | null;
}

const columns = sql`id, grant_id, entitlement_id, identity_id, system_id, account_id, creating, wanted, state, tries, problem, decided_at, settled_at`;

/** Says what is wanted from now on; returns the task when that is news, else undefined. */
export const wantOf = (
  tx: Queryable,
  task: Pick<ProvisionTask, 'id' | 'grantId' | 'entitlementId' | 'identityId' | 'systemId' | 'wanted' | 'decidedAt'>,
): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`
    insert into provision_task as t (id, grant_id, entitlement_id, identity_id, system_id, wanted, decided_at)
    values (${task.id}, ${task.grantId}, ${task.entitlementId}, ${task.identityId}, ${task.systemId}, ${task.wanted}, ${task.decidedAt})
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update
      set wanted = excluded.wanted, decided_at = excluded.decided_at, state = 'waiting', settled_at = null, tries = 0, problem = null
      where t.wanted <> excluded.wanted
    returning ${columns}`);

/** A settled task is to be carried out once more; undefined where there is none that wants presence. */
export const wantAgain = (
  tx: Queryable,
  task: { readonly grantId: string; readonly entitlementId: string; readonly decidedAt: Date },
): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`
    update provision_task set state = 'waiting', settled_at = null, tries = 0, problem = null, decided_at = ${task.decidedAt}
     where grant_id = ${task.grantId} and entitlement_id = ${task.entitlementId} and wanted = 'present'
    returning ${columns}`);

/** `wantOf` for several grants of one person, all wanted present; returns those that are news. */
export const wantAllPresent = (
  tx: Queryable,
  wanted: {
    readonly identityId: string;
    readonly decidedAt: Date;
    readonly tasks: readonly Pick<ProvisionTask, 'id' | 'grantId' | 'entitlementId' | 'systemId'>[];
  },
): Promise<Pick<ProvisionTask, 'id' | 'grantId'>[]> =>
  tx.many(sql`
    insert into provision_task as t (id, grant_id, entitlement_id, identity_id, system_id, wanted, decided_at)
    select w.id, w.grant_id, w.entitlement_id, ${wanted.identityId}::uuid, w.system_id, 'present', ${wanted.decidedAt}::timestamptz
      from unnest(${sql.array(wanted.tasks.map((t) => t.id))}::uuid[], ${sql.array(wanted.tasks.map((t) => t.grantId))}::uuid[],
                  ${sql.array(wanted.tasks.map((t) => t.entitlementId))}::uuid[],
                  ${sql.array(wanted.tasks.map((t) => t.systemId))}::uuid[]) as w(id, grant_id, entitlement_id, system_id)
    on conflict on constraint provision_task_is_one_for_grant_and_entitlement do update
      set wanted = excluded.wanted, decided_at = excluded.decided_at, state = 'waiting', settled_at = null, tries = 0, problem = null
      where t.wanted <> excluded.wanted
    returning id, grant_id`);

export const getTask = (tx: Queryable, id: string): Promise<ProvisionTask | undefined> =>
  tx.maybe<ProvisionTask>(sql`select ${columns} from provision_task where id = ${id}`);

/** These tasks, in the order they were decided. */
export const getTasks = (tx: Queryable, ids: readonly string[]): Promise<ProvisionTask[]> =>
  tx.many<ProvisionTask>(sql`
    select ${columns} from provision_task where id = any(${sql.array(ids)}::uuid[]) order by decided_at, id`);

export const tasksOfGrant = (tx: Queryable, grantId: string): Promise<ProvisionTask[]> =>
  tx.many<ProvisionTask>(sql`select ${columns} from provision_task where grant_id = ${grantId}`);

/** How long a claim holds that nobody keeps up: a dead worker's task is free again this soon. */
const CLAIM_SECONDS = 12;
export const KEEP_CLAIM_EVERY_MS = 4_000;

/** Takes a task for this worker; false when another worker has it. To be kept up with `keepClaim` while at it. */
export async function claimTask(tx: Queryable, id: string, now: Date): Promise<boolean> {
  const claimed = await tx.run(sql`
    update provision_task set claimed_until = ${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})
    where id = ${id} and (claimed_until is null or claimed_until < ${now})`);
  return claimed === 1;
}

/** Tasks carried out together at most. */
const TOGETHER = 200;

/** Takes what else waits to be given to the same person on the same system and nobody is at; returns the tasks. */
export async function claimOthers(tx: Queryable, task: ProvisionTask, now: Date): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    update provision_task set claimed_until = ${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})
     where id in (select id from provision_task
                   where identity_id = ${task.identityId} and system_id = ${task.systemId} and id <> ${task.id}
                     and state = 'waiting' and wanted = 'present' and (claimed_until is null or claimed_until < ${now})
                   order by id limit ${TOGETHER} for no key update skip locked)
    returning id`);
  return rows.map((r) => r.id);
}

export const keepClaims = (tx: Queryable, ids: readonly string[], now: Date): Promise<number> =>
  tx.run(sql`
    update provision_task set claimed_until = ${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})
    where id = any(${sql.array(ids)}::uuid[]) and claimed_until is not null`);

export const releaseTasks = (tx: Queryable, ids: readonly string[]): Promise<number> =>
  tx.run(sql`update provision_task set claimed_until = null where id = any(${sql.array(ids)}::uuid[])`);

export const noteAccount = (tx: Queryable, ids: readonly string[], accountId: string): Promise<number> =>
  tx.run(sql`update provision_task set account_id = ${accountId} where id = any(${sql.array(ids)}::uuid[])`);

export const noteCreating = (tx: Queryable, ids: readonly string[], name: string): Promise<number> =>
  tx.run(sql`update provision_task set creating = ${name} where id = any(${sql.array(ids)}::uuid[])`);

/** Counts a try that failed; returns how many there were. */
export const countTry = async (tx: Queryable, id: string, problem: string): Promise<number> =>
  (
    await tx.maybe<{ tries: number }>(sql`
      update provision_task set tries = tries + 1, problem = ${problem} where id = ${id} and state = 'waiting' returning tries`)
  )?.tries ?? 0;

/** Why tasks are not done yet, without counting a try. */
export const noteProblem = (tx: Queryable, ids: readonly string[], problem: string): Promise<number> =>
  tx.run(sql`
    update provision_task set problem = ${problem} where id = any(${sql.array(ids)}::uuid[]) and state = 'waiting'`);

/** Tasks of a system that are to be carried out. */
export const waitingOn = (tx: Queryable, systemId: string): Promise<{ id: string }[]> =>
  tx.many(sql`select id from provision_task where system_id = ${systemId} and state = 'waiting' limit 100000`);

/** Settles a task if it still wants what was carried out; false when it changed its mind meanwhile. */
export async function settleTask(
  tx: Queryable,
  task: ProvisionTask,
  outcome: { readonly state: 'done' | 'manual' | 'stuck'; readonly problem?: string; readonly at: Date },
): Promise<boolean> {
  const settled = await tx.run(sql`
    update provision_task set state = ${outcome.state}, problem = ${outcome.problem ?? null}, settled_at = ${outcome.at}
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

/** Settles tasks that still want presence as done; returns those. */
export async function settlePresent(tx: Queryable, ids: readonly string[], at: Date): Promise<ReadonlySet<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    update provision_task set state = 'done', problem = null, settled_at = ${at}
    where id = any(${sql.array(ids)}::uuid[]) and wanted = 'present' and state = 'waiting' returning id`);
  return new Set(rows.map((r) => r.id));
}

/** True while another live grant of the same identity gives the same entitlement, directly or through a role. */
export async function wantedByAnother(tx: Queryable, task: ProvisionTask): Promise<boolean> {
  const row = await tx.one<{ wanted: boolean }>(sql`
    select exists (select 1 from provision_task where identity_id = ${task.identityId}
      and entitlement_id = ${task.entitlementId} and wanted = 'present' and grant_id <> ${task.grantId}) as wanted`);
  return row.wanted;
}

/** Who the account a task is about is now, where that is somebody else than the task is for: who it was turned out to be them. */
export const otherOwnerOf = async (
  tx: Queryable,
  task: Pick<ProvisionTask, 'accountId' | 'identityId'>,
): Promise<string | undefined> =>
  (
    await tx.maybe<{ identityId: string }>(sql`
      select identity_id from account
       where id = ${task.accountId}::uuid and identity_id is not null and identity_id <> ${task.identityId}`)
  )?.identityId;

/** True while the identity is to have anything on the system. */
export async function needsAccount(tx: Queryable, task: ProvisionTask): Promise<boolean> {
  const row = await tx.one<{ needed: boolean }>(sql`
    select exists (select 1 from provision_task where identity_id = ${task.identityId}
      and system_id = ${task.systemId} and wanted = 'present') as needed`);
  return row.needed;
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
    select ${columns} from provision_task
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

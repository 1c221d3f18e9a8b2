import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Cause, Rotation, RotationState, RotationStep } from './model.ts';

const selected = sql`
  select r.id, r.account_id, a.name as account_name, a.native_id as account_native_id, a.system_id, y.name as system_name,
         r.secret_id, k.kind as secret_kind, r.because, r.cause, r.state, r.version, r.back_version, r.through, r.run_id, r.wave,
         r.tries, r.problem, r.planned_at, r.ended_at
  from rotation r join account a on a.id = r.account_id join system y on y.id = a.system_id join secret k on k.id = r.secret_id`;

export const getRotation = (tx: Queryable, id: string): Promise<Rotation | undefined> =>
  tx.maybe<Rotation>(sql`${selected} where r.id = ${id}`);

/** Locks a rotation against another who would move it. */
export async function lockRotation(tx: Queryable, id: string): Promise<Rotation | undefined> {
  await tx.run(sql`select id from rotation where id = ${id} for update`);
  return await getRotation(tx, id);
}

export const openRotation = (tx: Queryable, accountId: string): Promise<Rotation | undefined> =>
  tx.maybe<Rotation>(sql`${selected} where r.account_id = ${accountId} and r.ended_at is null`);

export interface RotationFilter {
  readonly accountId?: string | undefined;
  readonly runId?: string | undefined;
  readonly state?: 'open' | 'done' | 'failed' | 'cancelled' | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export async function listRotations(
  tx: Queryable,
  input: RotationFilter,
): Promise<{ items: Rotation[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const state =
    input.state === undefined
      ? sql`true`
      : input.state === 'open'
        ? sql`r.ended_at is null`
        : sql`r.state = ${input.state}`;
  const rows = await tx.many<Rotation>(sql`
    ${selected} where (${input.accountId ?? null}::uuid is null or r.account_id = ${input.accountId ?? null})
      and (${input.runId ?? null}::uuid is null or r.run_id = ${input.runId ?? null}) and ${state}
      and (${after}::uuid is null or r.id < ${after}) order by r.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

export const insertRotation = (
  tx: Queryable,
  rotation: {
    readonly id: string;
    readonly accountId: string;
    readonly secretId: string;
    readonly because: string;
    readonly cause: Cause;
    readonly runId?: string | undefined;
    readonly wave?: number | undefined;
  },
): Promise<number> =>
  tx.run(sql`
    insert into rotation (id, account_id, secret_id, because, cause, run_id, wave)
    values (${rotation.id}, ${rotation.accountId}, ${rotation.secretId}, ${rotation.because}, ${rotation.cause},
            ${rotation.runId ?? null}, ${rotation.wave ?? null})
    on conflict (account_id) where ended_at is null do nothing`);

/** What becomes of a rotation. */
export interface Move {
  readonly state: RotationState;
  readonly version?: number;
  readonly backVersion?: number;
  readonly through?: Rotation['through'];
  /** Null: there is none any more. */
  readonly problem?: string | null;
  readonly endedAt?: Date;
}

/** Moves a rotation on from the state it is thought to be in; false when somebody else moved it first. */
export async function moveRotation(tx: Queryable, id: string, from: RotationState, to: Move): Promise<boolean> {
  const changed = await tx.run(sql`
    update rotation set state = ${to.state}, version = coalesce(${to.version ?? null}, version),
      back_version = coalesce(${to.backVersion ?? null}, back_version), through = coalesce(${to.through ?? null}, through),
      problem = ${to.problem === undefined ? sql`problem` : to.problem}, ended_at = ${to.endedAt ?? null}
    where id = ${id} and state = ${from}`);
  return changed === 1;
}

/** Notes a step. The same trouble again only counts. */
export async function noteStep(
  tx: Queryable,
  rotationId: string,
  step: Pick<RotationStep, 'step' | 'outcome'> & { readonly detail?: string | undefined },
): Promise<void> {
  const { step: name, outcome, detail = null } = step;
  const again =
    outcome === 'trouble'
      ? await tx.run(sql`
          update rotation_step set tries = tries + 1, detail = ${detail}, at = reeve_now()
           where rotation_id = ${rotationId} and step = ${name} and outcome = 'trouble'
             and position = (select max(position) from rotation_step where rotation_id = ${rotationId})`)
      : 0;
  if (again > 0) return;
  await tx.run(sql`
    insert into rotation_step (rotation_id, position, step, outcome, detail)
    select ${rotationId}, coalesce(max(position), 0) + 1, ${name}, ${outcome}, ${detail} from rotation_step where rotation_id = ${rotationId}`);
}

export const stepsOf = (tx: Queryable, rotationId: string): Promise<RotationStep[]> =>
  tx.many<RotationStep>(sql`
    select position, step, outcome, detail, tries, at from rotation_step where rotation_id = ${rotationId} order by position`);

export const countTry = (tx: Queryable, id: string, problem: string): Promise<number> =>
  tx.run(sql`update rotation set tries = tries + 1, problem = ${problem} where id = ${id} and ended_at is null`);

import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';

/** planned → sealed → applied → done; failed where the target refused and the old value still works. */
export type RotationState = 'planned' | 'sealed' | 'applied' | 'done' | 'failed';

export interface Rotation {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  /** What the system itself knows the account by: what one logs in with, and what changes name. */
  readonly accountNativeId: string;
  readonly systemId: string;
  readonly secretId: string;
  readonly because: string;
  readonly state: RotationState;
  readonly version: number | null;
  readonly tries: number;
  readonly problem: string | null;
  readonly plannedAt: Date;
  readonly endedAt: Date | null;
}

const selected = sql`
  select r.id, r.account_id, a.name as account_name, a.native_id as account_native_id, a.system_id, r.secret_id, r.because, r.state, r.version, r.tries,
         r.problem, r.planned_at, r.ended_at
  from rotation r join account a on a.id = r.account_id`;

export const getRotation = (tx: Queryable, id: string): Promise<Rotation | undefined> =>
  tx.maybe<Rotation>(sql`${selected} where r.id = ${id}`);

export const openRotation = (tx: Queryable, accountId: string): Promise<Rotation | undefined> =>
  tx.maybe<Rotation>(sql`${selected} where r.account_id = ${accountId} and r.ended_at is null`);

export async function listRotations(
  tx: Queryable,
  input: { readonly accountId?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: Rotation[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Rotation>(sql`
    ${selected} where (${input.accountId ?? null}::uuid is null or r.account_id = ${input.accountId ?? null})
      and (${after}::uuid is null or r.id < ${after}) order by r.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

export const insertRotation = (
  tx: Queryable,
  rotation: { readonly id: string; readonly accountId: string; readonly secretId: string; readonly because: string },
): Promise<number> =>
  tx.run(sql`
    insert into rotation (id, account_id, secret_id, because)
    values (${rotation.id}, ${rotation.accountId}, ${rotation.secretId}, ${rotation.because})
    on conflict (account_id) where ended_at is null do nothing`);

/** Moves a rotation on from the state it is thought to be in; false when somebody else moved it first. */
export async function moveRotation(
  tx: Queryable,
  id: string,
  from: RotationState,
  to: { readonly state: RotationState; readonly version?: number; readonly problem?: string; readonly endedAt?: Date },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update rotation set state = ${to.state}, version = coalesce(${to.version ?? null}, version),
      problem = ${to.problem ?? null}, ended_at = ${to.endedAt ?? null}
    where id = ${id} and state = ${from}`);
  return changed === 1;
}

export const countTry = (tx: Queryable, id: string, problem: string): Promise<number> =>
  tx.run(sql`update rotation set tries = tries + 1, problem = ${problem} where id = ${id} and ended_at is null`);

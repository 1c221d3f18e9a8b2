import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Lock, LockScope } from './model.ts';

const columns = sql`l.id, l.scope, l.identity_id, l.account_id, l.system_id, l.reason, l.placed_by, l.placed_at, l.ends_at,
  l.lifted_at, l.lifted_by, l.lifted_because`;

export const lockById = (tx: Queryable, id: string): Promise<Lock | undefined> =>
  tx.maybe<Lock>(sql`select ${columns} from access_lock l where l.id = ${id}`);

/** A lock with the names a person reads. */
export interface NamedLock extends Lock {
  readonly onName: string;
  readonly placedByName: string | null;
  readonly liftedByName: string | null;
  readonly holds: boolean;
}

const nameOf = (column: ReturnType<typeof sql>) => sql`(
  select f.display_name from identity_facts f where f.identity_id = ${column} order by f.valid_from desc limit 1)`;

export async function listLocks(
  tx: Queryable,
  input: {
    readonly now: Date;
    readonly holds?: boolean | undefined;
    readonly scope?: LockScope | undefined;
    readonly identityId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: NamedLock[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<NamedLock>(sql`
    select * from (
      select ${columns}, l.lifted_at is null and (l.ends_at is null or l.ends_at > ${input.now}) as holds,
             ${nameOf(sql`l.placed_by`)} as placed_by_name, ${nameOf(sql`l.lifted_by`)} as lifted_by_name,
             case l.scope
               when 'identity' then ${nameOf(sql`l.identity_id`)}
               when 'account' then (select a.name || '@' || y.name from account a join system y on y.id = a.system_id where a.id = l.account_id)
               when 'system' then (select y.name from system y where y.id = l.system_id)
               else 'everything' end as on_name
        from access_lock l
       where (${input.scope ?? null}::text is null or l.scope = ${input.scope ?? null})
         and (${input.identityId ?? null}::uuid is null or l.identity_id = ${input.identityId ?? null})
         and (${input.systemId ?? null}::uuid is null or l.system_id = ${input.systemId ?? null}
              or l.account_id in (select a.id from account a where a.system_id = ${input.systemId ?? null}))
         and (${after}::uuid is null or l.id < ${after})) l
     where ${input.holds ?? null}::boolean is null or l.holds = ${input.holds ?? null}
     order by l.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (row) => [row.id]);
}

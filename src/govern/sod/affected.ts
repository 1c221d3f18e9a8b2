import { sql, type Queryable } from '#kit/db/index.ts';

/** Whose accounts, or what they hold, were written since an instant: of one account or of a system. */
export const ownersReadSince = async (
  db: Queryable,
  of: {
    readonly accountId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly since: Date;
    readonly limit?: number | undefined;
  },
): Promise<string[]> => {
  const which = of.accountId === undefined ? sql`a.system_id = ${of.systemId}` : sql`a.id = ${of.accountId}`;
  const rows = await db.many<{ id: string }>(sql`
    select distinct o.identity_id as id from account a join account_owner o on o.account_id = a.id
     where ${which} and (a.recorded_from >= ${of.since} or o.recorded_from >= ${of.since}
        or exists (select from holding h where h.account_id = a.id and h.recorded_from >= ${of.since}))
     limit ${of.limit ?? 1000}`);
  return rows.map(({ id }) => id);
};

/** Who has a role now, by itself or through a role that contains it. */
export const holdersOfRole = async (db: Queryable, roleId: string, limit: number): Promise<string[]> => {
  const rows = await db.many<{ id: string }>(sql`
    with recursive within(id) as (
      select ${roleId}::uuid
      union
      select c.role_id from within w join role_content c on c.child_role_id = w.id where c.valid_to is null or c.valid_to > reeve_now()
    )
    select distinct g.identity_id as id from within w join access_grant g on g.role_id = w.id
     where g.valid_to is null or g.valid_to > reeve_now() limit ${limit}`);
  return rows.map(({ id }) => id);
};

import { sql, type Queryable } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { HOUSE_POLICY, type KeptPolicy, type Policy } from './model.ts';

const columns = sql`p.id, p.system_id, p.account_id, p.max_age_days, p.max_uses, p.after_checkout, p.after_leaver,
  p.check_every_hours, p.on_drift, p.generator, p.time_window as "window", p.set_at`;

/** The policy an account is under: its own, else its system's, else the house's. */
export const policyOf = async (
  db: Queryable,
  of: { readonly accountId: string | null; readonly systemId: string },
): Promise<Policy> =>
  (await db.maybe<KeptPolicy>(sql`
    select ${columns} from rotation_policy p
     where p.account_id = ${of.accountId} or p.system_id = ${of.systemId} or (p.account_id is null and p.system_id is null)
     order by p.account_id nulls last, p.system_id nulls last limit 1`)) ?? HOUSE_POLICY;

export const findPolicy = (db: Queryable, id: string): Promise<KeptPolicy | undefined> =>
  db.maybe<KeptPolicy>(sql`select ${columns} from rotation_policy p where p.id = ${id}`);

/** All that were set: of the house first, then of systems, then of accounts. */
export const listPolicies = (
  db: Queryable,
): Promise<(KeptPolicy & { readonly systemName: string | null; readonly accountName: string | null })[]> =>
  db.many(sql`
    select ${columns}, coalesce(y.name, z.name) as system_name, a.name as account_name
      from rotation_policy p left join account a on a.id = p.account_id
      left join system y on y.id = p.system_id left join system z on z.id = a.system_id
     order by p.account_id nulls first, p.system_id nulls first, system_name, account_name limit 500`);

/** Keeps the policy of a system, an account or (neither) the house. Returns its id. */
export async function keepPolicy(
  db: Queryable,
  of: { readonly systemId: string | null; readonly accountId: string | null },
  policy: Policy,
  now: Date,
): Promise<string> {
  const { id } = await db.one<{ id: string }>(sql`
    insert into rotation_policy (id, system_id, account_id, max_age_days, max_uses, after_checkout, after_leaver,
                                 check_every_hours, on_drift, generator, time_window, set_at)
    values (${newId(now.getTime())}, ${of.systemId}, ${of.accountId}, ${policy.maxAgeDays}, ${policy.maxUses}, ${policy.afterCheckout},
            ${policy.afterLeaver}, ${policy.checkEveryHours}, ${policy.onDrift}, ${sql.json(policy.generator)}::jsonb,
            ${policy.window === null ? null : sql.json(policy.window)}::jsonb, ${now})
    on conflict ((coalesce(account_id, system_id, '00000000-0000-0000-0000-000000000000'::uuid))) do update
      set max_age_days = excluded.max_age_days, max_uses = excluded.max_uses, after_checkout = excluded.after_checkout,
          after_leaver = excluded.after_leaver, check_every_hours = excluded.check_every_hours, on_drift = excluded.on_drift,
          generator = excluded.generator, time_window = excluded.time_window, set_at = excluded.set_at
    returning id`);
  return id;
}

export const dropPolicy = (db: Queryable, id: string): Promise<number> =>
  db.run(sql`delete from rotation_policy where id = ${id}`);

import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';

/** A kit as it is told: never its key, and its shares to nobody but their holders. */
export interface Kit {
  readonly id: string;
  readonly name: string;
  readonly threshold: number;
  readonly holders: { readonly id: string; readonly taken: boolean }[];
  readonly secrets: number;
  /** Names of secrets that were changed or removed since it was sealed: what lies in it for them no longer works. */
  readonly stale: string[];
  readonly drillEveryDays: number;
  readonly drills: number;
  readonly lastOpenedAt: Date | null;
  readonly drillDueAt: Date;
  readonly drillOverdue: boolean;
  readonly madeBy: string;
  readonly madeAt: Date;
}

/** Kits in use, those first whose drill is due first. */
export async function listKits(tx: Tx, id?: string): Promise<Kit[]> {
  const rows = await tx.many<Omit<Kit, 'drillOverdue'>>(sql`
    select k.id, k.name, k.threshold, k.drill_every_days, k.made_by, k.made_at,
           (select coalesce(jsonb_agg(jsonb_build_object('id', h.holder_id, 'taken', h.taken_at is not null) order by h.number), '[]')
              from break_glass_share h where h.kit_id = k.id) as holders,
           (select count(*)::int from break_glass_kit_secret c where c.kit_id = k.id) as secrets,
           array(select s.name from break_glass_kit_secret c join secret s on s.id = c.secret_id
              where c.kit_id = k.id and (s.current_version is distinct from c.version or s.removed_at is not null)
              order by s.name) as stale,
           (select count(*)::int from break_glass_drill d where d.kit_id = k.id) as drills,
           o.at as last_opened_at,
           coalesce(o.at, k.made_at) + make_interval(days => k.drill_every_days) as drill_due_at
      from break_glass_kit k
      cross join lateral (select max(d.done_at) as at from break_glass_drill d where d.kit_id = k.id and d.opened) o
     where k.retired_at is null and (${id ?? null}::uuid is null or k.id = ${id ?? null})
     order by drill_due_at, k.id limit 500`);
  return rows.map((row) => ({ ...row, drillOverdue: row.drillDueAt <= tx.now }));
}

/** Throws `break_glass_kit.not_found`. Holds it against another change. */
export async function requireKit(tx: Tx, id: string): Promise<Kit> {
  await tx.run(sql`select id from break_glass_kit where id = ${id} for update`);
  const [kit] = await listKits(tx, id);
  if (kit === undefined) throw notFound('break_glass_kit', id);
  return kit;
}

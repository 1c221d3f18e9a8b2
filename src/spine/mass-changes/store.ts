import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { ChangeLimits, EffectCount, MassChange, MassItem, Outcome } from './model.ts';

const columns = sql`id, kind, key, title, state, held_because, items, applied_to, released_to, planned_at, planned_by,
  settled_at, accepted_by, accepted_at, accepted_because`;

export const findMassChange = async (tx: Tx, id: string): Promise<MassChange | undefined> =>
  await tx.maybe<MassChange>(sql`select ${columns} from mass_change where id = ${id}`);

/** Throws `mass_change.not_found`. */
export async function requireMassChange(tx: Tx, id: string): Promise<MassChange> {
  const found = await findMassChange(tx, id);
  if (found === undefined) throw notFound('mass_change', id);
  return found;
}

/** The plan, held against other writers until the transaction ends. */
export async function lockMassChange(tx: Tx, id: string): Promise<MassChange> {
  const found = await tx.maybe<MassChange>(sql`select ${columns} from mass_change where id = ${id} for no key update`);
  if (found === undefined) throw notFound('mass_change', id);
  return found;
}

/** The open plan of a kind and key, held until the transaction ends. */
export const lockOpenOf = async (tx: Tx, kind: string, key: string): Promise<MassChange | undefined> =>
  await tx.maybe<MassChange>(sql`
    select ${columns} from mass_change where kind = ${kind} and key = ${key} and state in ('held', 'applying', 'canary')
       for no key update`);

export const listMassChanges = async (
  tx: Tx,
  input: {
    readonly kind?: string | undefined;
    readonly state?: string | undefined;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<MassChange[]> =>
  await tx.many<MassChange>(sql`
    select ${columns} from mass_change
     where (${input.kind ?? null}::text is null or kind = ${input.kind ?? null})
       and (${input.state ?? null}::text is null or state = ${input.state ?? null})
       and (${input.before}::uuid is null or id < ${input.before}) order by id desc limit ${input.limit + 1}`);

/** The newest plan of a kind and key. */
export const latestMassChange = async (tx: Tx, kind: string, key: string): Promise<MassChange | undefined> =>
  await tx.maybe<MassChange>(sql`
    select ${columns} from mass_change where kind = ${kind} and key = ${key} order by id desc limit 1`);

/** How many items have which effect, where. What is skipped has none. */
export const countEffects = async (tx: Tx, id: string): Promise<EffectCount[]> =>
  await tx.many<EffectCount>(sql`
    select effect, system_id, count(*)::int as n from mass_change_item
     where mass_change_id = ${id} and state <> 'skipped' group by effect, system_id order by effect, system_id nulls first`);

/**
 * How an item `i` of a change `c` stands. Items are carried out in their order, so the mark of how far it is says of
 * nearly all that they are done; a row is written only for what came out otherwise.
 */
const itemState = sql`case when i.state = 'waiting' and i.position <= c.applied_to then 'done' else i.state end`;

/** Items `i` of changes `c` that are done and were not put back, as a condition. */
export const IS_DONE: Sql = sql`i.position <= c.applied_to and i.state in ('waiting', 'done')`;

export interface ListedItem extends MassItem {
  readonly state: string;
  readonly problem: string | null;
  /** What the kind says of how it went, beside that it was done. */
  readonly notes: readonly string[];
}

export const itemsAfter = async (
  tx: Tx,
  input: {
    readonly id: string;
    readonly after: number;
    readonly limit: number;
    readonly effect?: string | undefined;
    readonly state?: string | undefined;
  },
): Promise<ListedItem[]> =>
  await tx.many<ListedItem>(sql`
    select i.position, i.effect, i.system_id, i.identity_id, i.what, i.data, ${itemState} as state, i.problem,
           array(select jsonb_array_elements_text(coalesce(i.data->'notes', '[]'))) as notes
      from mass_change_item i join mass_change c on c.id = i.mass_change_id
     where i.mass_change_id = ${input.id} and i.position > ${input.after}
       and (${input.effect ?? null}::text is null or i.effect = ${input.effect ?? null})
       and (${input.state ?? null}::text is null or ${itemState} = ${input.state ?? null})
     order by i.position limit ${input.limit}`);

/** The last items that are done, newest first. */
export const doneItems = async (tx: Tx, id: string, limit: number): Promise<MassItem[]> =>
  await tx.many<MassItem>(sql`
    select i.position, i.effect, i.system_id, i.identity_id, i.what, i.data
      from mass_change_item i join mass_change c on c.id = i.mass_change_id
     where i.mass_change_id = ${id} and ${IS_DONE} order by i.position desc limit ${limit}`);

/** Notes what came of items of a plan; what `data` an outcome brings is kept with the item, for the undo. */
export async function noteOutcomes(tx: Tx, id: string, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.filter((o) => o.state === 'skipped' || o.data !== undefined);
  if (rows.length === 0) return;
  await tx.run(sql`
    update mass_change_item i set state = r.state, problem = r.problem, data = i.data || r.data
      from unnest(${sql.array(rows.map((o) => o.position))}::int[], ${sql.array(rows.map((o) => o.state))}::text[],
                  ${sql.array(rows.map((o) => (o.state === 'skipped' ? o.problem : null)))}::text[],
                  ${sql.array(rows.map((o) => sql.json(o.state === 'done' ? o.data : {})))}::jsonb[])
             as r(position, state, problem, data)
     where i.mass_change_id = ${id} and i.position = r.position`);
}

/** Notes what was put back, and what could not be. */
export async function noteUndone(tx: Tx, id: string, outcomes: readonly Outcome[]): Promise<void> {
  await tx.run(sql`
    update mass_change_item i set state = case when r.problem is null then 'undone' else 'not_undone' end, problem = r.problem
      from unnest(${sql.array(outcomes.map((o) => o.position))}::int[],
                  ${sql.array(outcomes.map((o) => (o.state === 'skipped' ? o.problem : null)))}::text[]) as r(position, problem)
     where i.mass_change_id = ${id} and i.position = r.position`);
}

export const countOutcomes = async (
  tx: Tx,
  id: string,
  states: { readonly done: string; readonly skipped: string },
): Promise<{ readonly done: number; readonly skipped: number }> =>
  await tx.one(sql`
    select (count(*) filter (where ${itemState} = ${states.done}))::int as done,
           (count(*) filter (where ${itemState} = ${states.skipped}))::int as skipped
      from mass_change_item i join mass_change c on c.id = i.mass_change_id where i.mass_change_id = ${id}`);

interface LimitsRow {
  readonly kind: string;
  readonly systemId: string | null;
  readonly limits: ChangeLimits;
}

export const limitsOfKind = async (tx: Tx, kind: string): Promise<LimitsRow[]> =>
  await tx.many<LimitsRow>(sql`select kind, system_id, limits from change_limits where kind = ${kind}`);

export const listLimits = async (tx: Tx): Promise<LimitsRow[]> =>
  await tx.many<LimitsRow>(sql`
    select kind, system_id, limits from change_limits order by kind, system_id nulls first limit 1000`);

export const writeLimits = async (tx: Tx, row: LimitsRow): Promise<void> => {
  await tx.run(sql`
    insert into change_limits (kind, system_id, limits) values (${row.kind}, ${row.systemId}, ${sql.json(row.limits)}::jsonb)
    on conflict on constraint change_limits_are_once_for_kind_and_system
    do update set limits = excluded.limits, recorded_from = reeve_now()`);
};

import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { maintenanceCancelled, maintenancePlanned, systemOrderPut } from './events.ts';

/** A time in which a system is not written to. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly systemId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Again after so many days, always; null: once. */
  readonly repeatDays: number | null;
  readonly because: string;
}

const columns = sql`id, system_id, starts_at, ends_at, repeat_days, because`;

export const listWindows = async (tx: Queryable, systemId: string | undefined): Promise<MaintenanceWindow[]> =>
  await tx.many<MaintenanceWindow>(sql`
    select ${columns} from maintenance_window
     where cancelled_at is null and (${systemId ?? null}::uuid is null or system_id = ${systemId ?? null})
     order by starts_at limit 500`);

/** When the window that is open on a system at an instant ends; undefined when none is. Pure. */
export function openUntil(windows: readonly MaintenanceWindow[], at: Date): Date | undefined {
  const ends = windows.flatMap(({ startsAt, endsAt, repeatDays }) => {
    const since = at.getTime() - startsAt.getTime();
    if (since < 0) return [];
    const every = repeatDays === null ? Infinity : repeatDays * 86_400_000;
    const into = repeatDays === null ? since : since % every;
    const left = endsAt.getTime() - startsAt.getTime() - into;
    return left > 0 ? [at.getTime() + left] : [];
  });
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

/** When a system may be written to again; undefined: now. */
export const closedUntil = async (tx: Queryable, systemId: string, at: Date): Promise<Date | undefined> =>
  openUntil(await listWindows(tx, systemId), at);

/** Plans a time in which nothing is written to a system. What is wanted meanwhile is carried out after it, as last wanted. */
export async function planMaintenance(
  ctx: Ctx,
  permit: Permit<'maintenance.plan'>,
  input: Omit<MaintenanceWindow, 'id' | 'repeatDays'> & { readonly repeatDays?: number | undefined },
): Promise<MaintenanceWindow> {
  const system = await requireSystem(ctx.tx, input.systemId);
  if (input.endsAt <= input.startsAt) throw invalid('/endsAt', 'is not after the start', 'choose a later end');
  const days = (input.endsAt.getTime() - input.startsAt.getTime()) / 86_400_000;
  if (days > 7) throw invalid('/endsAt', 'is more than seven days after the start', 'plan a window for each week');
  if (input.repeatDays !== undefined && days > input.repeatDays)
    throw invalid('/repeatDays', 'begins again before it has ended', 'choose more days, or an earlier end');
  const window = { ...input, id: newId(ctx.now.getTime()), repeatDays: input.repeatDays ?? null };
  await ctx.tx.run(sql`
    insert into maintenance_window (id, system_id, starts_at, ends_at, repeat_days, because)
    values (${window.id}, ${system.id}, ${window.startsAt}, ${window.endsAt}, ${window.repeatDays}, ${window.because})`);
  await ctx.record(permit, { event: maintenancePlanned, data: { windowId: window.id, systemId: system.id } });
  return window;
}

/** Ends a window for good, also one that is open: what waits is carried out from now on. Returns its system. */
export async function cancelMaintenance(
  ctx: Ctx,
  permit: Permit<'maintenance.plan'>,
  input: { readonly id: string },
): Promise<string> {
  const found = await ctx.tx.maybe<{ systemId: string }>(sql`
    update maintenance_window set cancelled_at = ${ctx.now} where id = ${input.id} and cancelled_at is null
    returning system_id`);
  if (found === undefined) throw notFound('maintenance_window', input.id);
  await ctx.record(permit, { event: maintenanceCancelled, data: { windowId: input.id, systemId: found.systemId } });
  return found.systemId;
}

/** Says after which systems somebody gets access on one. Refuses a circle, naming it. */
export async function putOrder(
  ctx: Ctx,
  permit: Permit<'system_order.put'>,
  input: { readonly systemId: string; readonly after: readonly string[] },
): Promise<void> {
  const system = await requireSystem(ctx.tx, input.systemId);
  for (const id of input.after) await requireSystem(ctx.tx, id);
  await ctx.tx.run(sql`lock table system_order in share row exclusive mode`);
  await ctx.tx.run(sql`delete from system_order where system_id = ${system.id}`);
  if (input.after.includes(system.id)) throw circle([system.name, system.name]);
  await ctx.tx.run(sql`
    insert into system_order (system_id, after_system_id)
    select ${system.id}, after from unnest(${[...new Set(input.after)]}::uuid[]) as a(after)`);
  const way = await circleThrough(ctx.tx, system.id);
  if (way !== undefined) throw circle(way);
  await ctx.record(permit, { event: systemOrderPut, data: { systemId: system.id, after: [...input.after] } });
}

const circle = (way: readonly string[]): Error =>
  conflict('system_order.circle', `these would wait for each other: ${way.join(' → ')}`, 'leave one of them out');

async function circleThrough(tx: Tx, systemId: string): Promise<readonly string[] | undefined> {
  const row = await tx.maybe<{ names: string[] }>(sql`
    with recursive way(at, names) as (
      select o.after_system_id, array[s.name, a.name] from system_order o
        join system s on s.id = o.system_id join system a on a.id = o.after_system_id where o.system_id = ${systemId}
      union all
      select o.after_system_id, w.names || a.name from way w join system_order o on o.system_id = w.at
        join system a on a.id = o.after_system_id where w.at <> ${systemId} and cardinality(w.names) < 100
    )
    select names from way where at = ${systemId} limit 1`);
  return row?.names;
}

export const listOrder = async (tx: Queryable): Promise<{ systemId: string; afterSystemId: string }[]> =>
  await tx.many(
    sql`select system_id, after_system_id from system_order order by system_id, after_system_id limit 10000`,
  );

/** Who of these people has to wait on a system for another that comes first, and for which, by its name. */
export const whoWait = async (
  tx: Queryable,
  systemId: string,
  identityIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx.many<{ identityId: string; name: string }>(sql`
    select distinct on (t.identity_id) t.identity_id, s.name
      from system_order o join provision_task t on t.system_id = o.after_system_id join system s on s.id = t.system_id
     where o.system_id = ${systemId} and t.identity_id = any(${sql.array(identityIds)}::uuid[])
       and t.wanted = 'present' and t.state <> 'done'
     order by t.identity_id, s.name`);
  return new Map(rows.map((r) => [r.identityId, r.name]));
};

/** Tasks of these people that may have waited for this system are due; says whose, and where. */
export const waitersOn = async (
  tx: Queryable,
  systemId: string,
  identityIds: readonly string[],
): Promise<{ identityId: string; systemId: string }[]> =>
  await tx.many(sql`
    update provision_task t set not_before = null from system_order o
     where o.after_system_id = ${systemId} and t.system_id = o.system_id
       and t.identity_id = any(${sql.array(identityIds)}::uuid[]) and t.state = 'waiting'
    returning t.identity_id, t.system_id`);

import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { systemScheduled } from '../events.ts';
import { getSchedule, planNext, schedule, type ReadingSchedule } from './store.ts';

/** What can be said of when a system is read; what is left out stays. `readEverySeconds` null: as fits the system. */
export interface ScheduleChange {
  readonly readEverySeconds?: number | null | undefined;
  readonly readChangesEverySeconds?: number | undefined;
  readonly maxLossPercent?: number | undefined;
  readonly maxLossFree?: number | undefined;
}

/** Says when a system is read by itself and how much a reading may take away. The next reading is planned anew. */
export async function setSchedule(
  ctx: Ctx,
  permit: Permit<'system.schedule'>,
  input: { readonly systemId: string } & ScheduleChange,
): Promise<ReadingSchedule> {
  const { tx } = ctx;
  const system = await requireSystem(tx, input.systemId);
  const keepEvery = input.readEverySeconds === undefined;
  await schedule(tx, system.id);
  await tx.run(sql`
    update reading_schedule
       set read_every_seconds = case when ${keepEvery} then read_every_seconds else ${input.readEverySeconds ?? null}::int end,
           read_changes_every_seconds = coalesce(${input.readChangesEverySeconds ?? null}::int, read_changes_every_seconds),
           max_loss_percent = coalesce(${input.maxLossPercent ?? null}::int, max_loss_percent),
           max_loss_free = coalesce(${input.maxLossFree ?? null}::int, max_loss_free),
           next_changes_at = null
     where system_id = ${system.id}`);
  if (!keepEvery) await planNext(tx, { systemId: system.id, now: ctx.now });
  const now = await getSchedule(tx, system.id);
  if (now === undefined) throw new Error('a system that is there has a schedule');
  await ctx.record(permit, {
    event: systemScheduled,
    data: {
      systemId: system.id,
      readEverySeconds: now.readEverySeconds,
      readChangesEverySeconds: now.readChangesEverySeconds,
      maxLossPercent: now.maxLossPercent,
      maxLossFree: now.maxLossFree,
    },
  });
  return now;
}

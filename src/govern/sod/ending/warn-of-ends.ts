import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { defineJob, type Ctx, type JobCtx } from '#spine/operations/index.ts';
import { exceptionEndsSoon } from '../events.ts';
import { askOwners } from '../tell-owners.ts';
import { readWarnDays } from './terms.ts';

const DAY_MS = 86_400_000;

interface Ending {
  readonly exceptionId: string;
  readonly ruleId: string;
  readonly identityId: string;
  readonly ruleOwnerId: string | null;
  readonly controlOwnerId: string | null;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/**
 * Warns those who answer for an exception before it ends: each day of the terms once, whatever restarts in between; of
 * several that were missed only the nearest, and none that is longer than the exception itself. Safe to run twice.
 */
export async function warnOfEnds(job: JobCtx): Promise<void> {
  const { days, ending } = await job.db.tx(async (tx) => {
    const said = await readWarnDays(tx);
    return { days: said, ending: await endingSoon(tx, said) };
  });
  for (const one of ending) {
    const left = (one.validTo.getTime() - job.clock.now().getTime()) / DAY_MS;
    const lasts = (one.validTo.getTime() - one.validFrom.getTime()) / DAY_MS;
    const due = days.filter((some) => left <= some && some < lasts);
    if (due.length > 0)
      await job.act(
        { action: 'sod_exception.tell', resource: { type: 'SodException', id: one.exceptionId } },
        (ctx, permit) => warn(ctx, permit, one, due),
      );
  }
}

/** Notes every day that has come, and tells of the nearest. */
async function warn(
  ctx: Ctx,
  permit: Permit<'sod_exception.tell'>,
  one: Ending,
  days: readonly number[],
): Promise<void> {
  const nearest = Math.min(...days);
  const noted = await ctx.tx.many<{ daysBefore: number }>(sql`
    insert into sod_exception_warning (exception_id, days_before, warned_at)
    select ${one.exceptionId}::uuid, d, ${ctx.now}::timestamptz from unnest(${sql.array(days)}::int[]) as d
    on conflict do nothing returning days_before`);
  if (!noted.some((n) => n.daysBefore === nearest)) return;
  const { exceptionId, ruleId, identityId } = one;
  const until = one.validTo.toISOString();
  await ctx.record(permit, {
    event: exceptionEndsSoon,
    subject: identityId,
    data: { exceptionId, ruleId, identityId, daysBefore: nearest, validTo: until },
  });
  await askOwners(
    ctx,
    permit,
    {
      exceptionId,
      identityId,
      ruleOwnerId: one.ruleOwnerId ?? undefined,
      controlOwnerId: one.controlOwnerId ?? undefined,
    },
    { template: 'sod.exception_ends_soon', path: '/sod/exceptions', facts: { until } },
  );
}

/** Exceptions in force that end within the longest of these days and were not warned of at the nearest of them yet. */
const endingSoon = async (tx: Tx, days: readonly number[]): Promise<Ending[]> =>
  days.length === 0
    ? []
    : await tx.many<Ending>(sql`
        select x.id as exception_id, x.rule_id, x.identity_id, r.owner_id as rule_owner_id, x.control_owner_id, x.valid_from, x.valid_to
          from sod_exception x join sod_rule r on r.id = x.rule_id and r.valid_to is null
         where x.lapse_recorded_at is null and x.valid_to > ${tx.now}
           and exists (select from unnest(${sql.array([...days])}::int[]) as d
                        where x.valid_to <= ${tx.now}::timestamptz + make_interval(days => d)
                          and x.valid_to - x.valid_from > make_interval(days => d)
                          and not exists (select from sod_exception_warning w where w.exception_id = x.id and w.days_before = d))
         order by x.valid_to, x.id limit 5000`);

/** Every ten minutes: an exception of a day is warned of in good time, too. */
export const warnOfEndsJob = defineJob({
  name: 'sod.warnOfEnds',
  input: z.object({}).loose(),
  every: '*/10 * * * *',
  maxAttempts: 5,
  run: (job) => warnOfEnds(job),
});

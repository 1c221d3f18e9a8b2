import { sql } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { newId } from '#kit/ids/index.ts';
import { addressesOf, sweep } from '#kit/sweep/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { swept, sweepAsked } from '../events.ts';

export const SWEEP = 'discovery.sweep';
const PACE = { atOnce: 16, perSecond: 100, connectMs: 1_000, bannerMs: 700 } as const;
const LONGEST_MS = 30 * 60_000;

export async function askSweep(
  ctx: Ctx,
  permit: Permit,
  input: { readonly ranges: readonly string[]; readonly ports: readonly number[] },
): Promise<{ readonly sweepId: string; readonly addresses: number }> {
  const addresses = addressesOf(input.ranges).length;
  const sweepId = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into network_sweep (id, ranges, ports, addresses, asked_at) values (${sweepId}, ${sql.array(input.ranges)}, ${sql.array(input.ports)}, ${addresses}, ${ctx.now})`);
  await ctx.record(permit, { event: sweepAsked, data: { sweepId, ranges: [...input.ranges], addresses } });
  await enqueue(ctx.tx, SWEEP, { sweepId }, { key: `sweep:${sweepId}`, priority: 20, maxAttempts: 2 });
  return { sweepId, addresses };
}

/** Carries out a sweep, and keeps what answered and what no longer does. */
export async function runSweep(job: JobCtx, sweepId: string): Promise<void> {
  const asked = await job.db.maybe<{ ranges: readonly string[]; ports: readonly number[] }>(
    sql`select ranges, ports from network_sweep where id = ${sweepId} and state = 'waiting'`,
  );
  if (asked === undefined) return;
  const addresses = addressesOf(asked.ranges);
  const signal = AbortSignal.timeout(LONGEST_MS);
  const found = await sweep(addresses, asked.ports, PACE, signal);
  const problem = signal.aborted ? 'the time was over before every address was asked' : null;
  await job.act({ action: 'discovery.keep' }, async (ctx, permit) => {
    const rows = sql.json(found.map((one) => ({ ...one })));
    await ctx.tx.run(sql`
      insert into swept_service as w (address, port, service, banner, first_seen_at, last_seen_at)
      select f.address::inet, f.port, f.service, f.banner, ${ctx.now}, ${ctx.now} from jsonb_to_recordset(${rows}::jsonb) as f(address text, port int, service text, banner text)
      on conflict on constraint swept_service_pk do update set service = excluded.service, banner = excluded.banner, last_seen_at = excluded.last_seen_at, gone_at = null`);
    if (problem === null)
      await ctx.tx.run(sql`
        update swept_service set gone_at = ${ctx.now} where gone_at is null and last_seen_at < ${ctx.now}
           and host(address) = any(${sql.array(addresses)}::text[]) and port = any(${sql.array(asked.ports)}::int[])`);
    const { unknown } = await ctx.tx.one<{ unknown: number }>(sql`
      select count(*)::int as unknown from jsonb_to_recordset(${rows}::jsonb) as f(address text, port int)
       where not exists (select from system s where s.valid_to is null and s.host = f.address and s.port = f.port)`);
    await ctx.tx.run(
      sql`update network_sweep set state = 'done', problem = ${problem}, ended_at = ${ctx.now} where id = ${sweepId}`,
    );
    await ctx.record(permit, { event: swept, data: { sweepId, found: found.length, unknown } });
  });
}

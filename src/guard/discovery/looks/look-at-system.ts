import type { Inspection, Targets } from '#connectors/port.ts';
import { mac, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { lookFailed } from '../events.ts';
import { queueLook } from './ask-look.ts';
import { keepLook } from './keep-look.ts';

export interface LookEdges {
  readonly keys: Keys;
  readonly targets: Targets;
  /** Systems looked at in one process at a time. */
  readonly atOnce: number;
}

/** What a look may cost a target. */
const LIMITS = { seconds: 120, files: 4_000, bytes: 131_072 } as const;
const LOGONS_DAYS = 14;
const BUSY_MS = 3_000;
let going = 0;

/**
 * Carries out a look that was asked for: sees what is there, judges it, keeps what came of it. A look that fails changes
 * nothing that was found before. Run again after a crash it looks again. What was remembered of the last look is gone by
 * until everything is due to be looked at again.
 */
export async function lookAtSystem(edges: LookEdges, job: JobCtx, lookId: string): Promise<void> {
  const look = await job.db.maybe<{ systemId: string; memory: string | null }>(sql`
    select l.system_id, p.memory from privilege_look l
      left join privilege_schedule p on p.system_id = l.system_id and not l.whole and p.whole_at > ${job.clock.now()}::timestamptz - make_interval(secs => p.whole_every_seconds)
     where l.id = ${lookId} and l.state = 'waiting'`);
  if (look === undefined) return;
  if (going >= edges.atOnce) return await queueLook(job.db, lookId, new Date(job.clock.now().getTime() + BUSY_MS));
  going += 1;
  try {
    const begun = job.clock.now();
    const key = edges.keys.derive('fingerprints of found secrets');
    const seen = await edges.targets.use(look.systemId, async (connector, target) => ({
      management: target.credential.username,
      inspection: await connector.inspect?.(target, {
        ...LIMITS,
        ...(look.memory === null ? {} : { memory: look.memory }),
        fingerprint: (value) => mac(key, value).toString('hex', 0, 8),
        logonsSince: new Date(begun.getTime() - LOGONS_DAYS * 86_400_000),
        now: begun,
      }),
    }));
    const inspection = whole(seen.inspection);
    await job.act({ action: 'discovery.keep' }, (ctx, permit) =>
      keepLook(ctx, permit, {
        lookId,
        systemId: look.systemId,
        management: seen.management,
        whole: look.memory === null,
        inspection,
      }),
    );
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    await job.act({ action: 'discovery.keep' }, async (ctx, permit) => {
      await ctx.tx.run(sql`
        update privilege_look set state = 'failed', problem = ${problem}, ended_at = ${ctx.now} where id = ${lookId} and state = 'waiting'`);
      await ctx.record(permit, { event: lookFailed, data: { lookId, systemId: look.systemId, problem } });
    });
  } finally {
    going -= 1;
  }
}

function whole(inspection: Inspection | undefined): Inspection {
  if (inspection !== undefined) return inspection;
  throw new AppError({
    code: 'finding.no_closer_look',
    status: 409,
    detail: 'systems of this kind are read and not looked at more closely',
    fix: 'what readings show is under reeve discover findings',
  });
}

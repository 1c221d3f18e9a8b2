import { newId } from '#kit/ids/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';

export type Claimed = 'whole' | 'changes';

/** How long a claim holds that nobody keeps up: a dead worker's system is free again this soon. */
const CLAIM_SECONDS = 8;
const KEEP_EVERY_MS = 2_500;
/** Any constant will do; it has to be the same on every node. */
const LOCK = 0x72656164;

/**
 * Runs `work` as the only reader of a system, on whichever node; false, without running it, while somebody else reads
 * it or enough others are read: reading is never so urgent that everything else has to wait for it.
 */
export async function asOnlyReader(
  job: JobCtx,
  input: { readonly systemId: string; readonly what: Claimed; readonly atOnce: number },
  work: () => Promise<void>,
): Promise<boolean> {
  const token = newId();
  if (!(await claim(job, token, input))) return false;
  const keeping = setInterval(() => {
    keep(job.db, token, job.clock.now()).catch((error: unknown) =>
      job.log.warn('a claim could not be kept up', { systemId: input.systemId, error }),
    );
  }, KEEP_EVERY_MS);
  try {
    await work();
    return true;
  } finally {
    clearInterval(keeping);
    await job.db.run(sql`
      update reading_schedule set claimed_for = null, claimed_by = null, claimed_until = null where claimed_by = ${token}`);
  }
}

const until = (now: Date) => sql`${now}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})`;

const claim = (
  job: JobCtx,
  token: string,
  { systemId, what, atOnce }: { readonly systemId: string; readonly what: Claimed; readonly atOnce: number },
): Promise<boolean> =>
  job.db.tx(async (tx) => {
    await tx.one(sql`select pg_advisory_xact_lock(${LOCK})`);
    const { n } = await tx.one<{ n: number }>(sql`
      select count(*) as n from reading_schedule where claimed_until > ${tx.now} and claimed_for = ${what}`);
    if (n >= atOnce) return false;
    const claimed = await tx.run(sql`
      insert into reading_schedule as r (system_id, claimed_for, claimed_by, claimed_until)
      values (${systemId}, ${what}, ${token}, ${until(tx.now)})
      on conflict on constraint reading_schedule_pk do update
        set claimed_for = excluded.claimed_for, claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
        where r.claimed_until is null or r.claimed_until <= ${tx.now}`);
    return claimed === 1;
  });

const keep = (db: Queryable, token: string, now: Date): Promise<number> =>
  db.run(sql`update reading_schedule set claimed_until = ${until(now)} where claimed_by = ${token}`);

import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';

/** How long a claim holds that nobody keeps up. */
const CLAIM_SECONDS = 30;
const KEEP_EVERY_MS = 8_000;

/** Runs `work` as the only reader of a source, on whichever node; false, without running it, while somebody else reads it. */
export async function asOnlyReader(job: JobCtx, sourceId: string, work: () => Promise<void>): Promise<boolean> {
  const token = newId();
  const until = () => sql`${job.clock.now()}::timestamptz + make_interval(secs => ${CLAIM_SECONDS})`;
  const claimed = await job.db.run(sql`
    insert into source_reading as r (source_id, claimed_by, claimed_until) values (${sourceId}, ${token}, ${until()})
    on conflict on constraint source_reading_pk do update
       set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
     where r.claimed_until is null or r.claimed_until <= ${job.clock.now()}`);
  if (claimed !== 1) return false;
  const keeping = setInterval(() => {
    job.db
      .run(sql`update source_reading set claimed_until = ${until()} where claimed_by = ${token}`)
      .catch((error: unknown) => job.log.warn('a claim could not be kept up', { sourceId, error }));
  }, KEEP_EVERY_MS);
  try {
    await work();
    return true;
  } finally {
    clearInterval(keeping);
    await job.db.run(
      sql`update source_reading set claimed_by = null, claimed_until = null where claimed_by = ${token}`,
    );
  }
}

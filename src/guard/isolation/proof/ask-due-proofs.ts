import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { queueProof } from './ask-proof.ts';

/** How old a proof may be before it is looked again. */
const EVERY = '1 hour';

/** What was proved once is looked at every hour, so that a regression is found by itself. Queued twice it is looked at once. */
export async function askDueProofs(job: JobCtx): Promise<void> {
  const due = await job.db.many<{ systemId: string }>(sql`
    select i.system_id from isolation i join system s on s.id = i.system_id
     where s.valid_to is null and i.proved_at is not null and i.proof_at < ${job.clock.now()}::timestamptz - ${EVERY}::interval
     order by i.proof_at limit 20`);
  for (const { systemId } of due) await queueProof(job.db, systemId);
}

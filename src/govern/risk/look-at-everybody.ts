import { sql, type Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { riskLookDone } from './events.ts';
import { keepScores, type Kept } from './keep-scores.ts';
import type { Subjects } from './score-sql.ts';

export const LOOK = 'risk.look';

/** Looked at with one statement: what leads where is walked once for all of them. */
const BLOCK = 50_000;
/** A look at many may take so long. */
export const STATEMENT_MS = 600_000;

/** Asks for a look at everybody; asked for again while it waits it is one. */
export const askForLook = async (tx: Queryable): Promise<void> =>
  await enqueue(tx, LOOK, {}, { key: LOOK, maxAttempts: 5 });

const lookAtSubjects = (job: JobCtx, subjects: Subjects): Promise<Kept> =>
  job.act({ action: 'identity_risk.keep', statementTimeoutMs: STATEMENT_MS }, (ctx, permit) =>
    keepScores(ctx, permit, subjects),
  );

/**
 * Judges everybody anew and every account of nobody, a block in one transaction. One that was cut off has kept what it
 * came to; run again it changes only what is another.
 */
export async function lookAtEverybody(job: JobCtx, block: number = BLOCK): Promise<Kept> {
  const nobody = sql`select null::uuid where false`;
  let all: Kept = { looked: 0, changed: 0, jumped: 0 };
  for (const table of ['identity', 'account'] as const) {
    // An account that has got an owner since is looked at once more: it is no risk of its own now.
    const rows = (after: string | null, upto?: string) => sql`
      select t.id from ${sql.id(table)} t
       where (${after}::uuid is null or t.id > ${after}) and (${upto ?? null}::uuid is null or t.id <= ${upto ?? null})
         and ${
           table === 'identity'
             ? sql`true`
             : sql`((t.valid_to is null and t.identity_id is null) or exists (select from identity_risk r where r.subject_id = t.id and r.score > 0))`
         }`;
    for (let after: string | null = null; ;) {
      const found: { upto: string | null } = await job.db.one(
        sql`select max(id::text) as upto from (${rows(after)} order by t.id limit ${block}) b`,
      );
      if (found.upto === null) break;
      const some = rows(after, found.upto);
      const kept = await lookAtSubjects(
        job,
        table === 'identity' ? { people: some, accounts: nobody } : { people: nobody, accounts: some },
      );
      all = {
        looked: all.looked + kept.looked,
        changed: all.changed + kept.changed,
        jumped: all.jumped + kept.jumped,
      };
      after = found.upto;
    }
  }
  await job.act({ action: 'identity_risk.keep' }, (ctx, permit) =>
    ctx.record(permit, { event: riskLookDone, data: all }),
  );
  return all;
}

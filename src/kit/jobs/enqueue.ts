import { AppError } from '#kit/errors/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';

export interface EnqueueOptions {
  /** A job waiting under the same key is replaced; one that is running already is followed by this one. */
  readonly key?: string;
  /** Not before; default at once. */
  readonly runAt?: Date;
  /** Not before so many milliseconds from now, by the database's clock; instead of `runAt`. */
  readonly afterMs?: number;
  /** Attempts before it counts as failed for good; default 25, with growing pauses from 3 s. */
  readonly maxAttempts?: number;
  /** Jobs with a higher number let those with a lower one ahead; default 0. */
  readonly priority?: number;
}

const SECRET_KEY = /(password|passphrase|secret|private_?key|credential|token)$/i;

/** Job rows are readable by every administrator of the database and in every backup. */
function refuseSecrets(name: string, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (SECRET_KEY.test(key) && typeof inner === 'string')
      throw new AppError({
        code: 'job.secret_in_payload',
        status: 500,
        detail: `the payload of job ${name} has a field ${path}${key}, and payloads are stored in clear`,
        fix: 'hand over the id of the secret and read the vault inside the job',
      });
    refuseSecrets(name, inner, `${path}${key}.`);
  }
}

/**
 * Adds a job inside the caller's transaction: it exists if and only if the change it follows from was committed.
 * A worker picks it up within milliseconds. The payload holds ids, never secrets; a field named like one is refused.
 */
export async function enqueue(
  tx: Queryable,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  options: EnqueueOptions = {},
): Promise<void> {
  refuseSecrets(name, payload, '');
  await tx.one(
    sql.named(
      'jobs.add',
      sql`select id from graphile_worker.add_job(${name}::text, payload => ${sql.json(payload)}::json,
        run_at => coalesce(${options.runAt ?? null}::timestamptz, clock_timestamp() + make_interval(secs => ${
          options.afterMs === undefined ? null : options.afterMs / 1000
        }::double precision)), max_attempts => ${options.maxAttempts ?? null}::int,
        job_key => ${options.key ?? null}::text, priority => ${options.priority ?? null}::int)`,
    ),
  );
}

export interface QueuedJob extends EnqueueOptions {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Adds many jobs with one statement. See `enqueue`; of jobs under the same key the last one counts. */
export async function enqueueMany(tx: Queryable, jobs: readonly QueuedJob[]): Promise<void> {
  for (const { name, payload } of jobs) refuseSecrets(name, payload, '');
  const replaced = new Map(jobs.map((job, place) => [job.key ?? place, job]));
  const [first, ...rest] = replaced.values();
  if (first === undefined) return;
  if (rest.length === 0) return await enqueue(tx, first.name, first.payload, first);
  const specs = [first, ...rest];
  await tx.many(
    sql.named(
      'jobs.add_many',
      sql`select count(*) from graphile_worker.add_jobs((
        select array_agg((name, payload, null, coalesce(run_at, clock_timestamp() + make_interval(secs => after)), max_attempts, key, priority, null)::graphile_worker.job_spec order by place)
          from unnest(${sql.array(specs.map((s) => s.name))}::text[], ${sql.array(specs.map((s) => sql.json(s.payload)))}::json[],
                      ${sql.array(specs.map((s) => s.runAt ?? null))}::timestamptz[],
                      ${sql.array(specs.map((s) => s.maxAttempts ?? null))}::smallint[],
                      ${sql.array(specs.map((s) => s.key ?? null))}::text[],
                      ${sql.array(specs.map((s) => (s.afterMs === undefined ? null : s.afterMs / 1000)))}::double precision[],
                      ${sql.array(specs.map((s) => s.priority ?? null))}::smallint[])
            with ordinality as spec(name, payload, run_at, max_attempts, key, after, priority, place)))`,
    ),
  );
}

import { sql, type Queryable } from '#kit/db/index.ts';

/** One reading of a system, as it was asked for and how it went. */
export interface DiscoveryRun {
  readonly id: string;
  readonly systemId: string;
  readonly kind: 'whole' | 'changes';
  /** `held`: what it would take away waits for a named person. `applying`: somebody accepted it. */
  readonly state: 'waiting' | 'held' | 'applying' | 'done' | 'failed' | 'superseded';
  /** How far it is: pieces and rows kept so far. */
  readonly pieces: number;
  readonly rows: number;
  /** Times it was begun since the last piece that was kept. */
  readonly tries: number;
  readonly trusted: boolean | null;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly problem: string | null;
  readonly askedAt: Date;
  readonly endedAt: Date | null;
  readonly acceptedBy: string | null;
  readonly acceptedBecause: string | null;
}

export const runColumns = sql`id, system_id, kind, state, pieces, rows, tries, trusted, counts, problem, asked_at, ended_at, accepted_by, accepted_because`;

export const getRun = (tx: Queryable, id: string): Promise<DiscoveryRun | undefined> =>
  tx.maybe<DiscoveryRun>(sql`select ${runColumns} from discovery_run where id = ${id}`);

/** For whoever settles it. */
export const lockRun = (tx: Queryable, id: string): Promise<DiscoveryRun | undefined> =>
  tx.maybe<DiscoveryRun>(sql`select ${runColumns} from discovery_run where id = ${id} for update`);

export const countTry = (tx: Queryable, id: string): Promise<{ tries: number }> =>
  tx.one<{ tries: number }>(sql`update discovery_run set tries = tries + 1 where id = ${id} returning tries`);

export const noteProgress = (
  tx: Queryable,
  id: string,
  progress: { readonly pieces: number; readonly rows: number },
): Promise<number> =>
  tx.run(sql`
    update discovery_run set pieces = ${progress.pieces}, rows = ${progress.rows}, tries = 0, problem = null
     where id = ${id} and state = 'waiting'`);

export const noteProblem = (tx: Queryable, id: string, problem: string): Promise<number> =>
  tx.run(sql`update discovery_run set problem = ${problem} where id = ${id} and state = 'waiting'`);

export const settleRun = (
  tx: Queryable,
  id: string,
  outcome: {
    readonly state: 'held' | 'done' | 'failed';
    readonly at: Date;
    readonly counts?: Readonly<Record<string, number>>;
    readonly trusted?: boolean;
    readonly problem?: string | undefined;
  },
): Promise<number> =>
  tx.run(sql`
    update discovery_run
       set state = ${outcome.state}, ended_at = ${outcome.state === 'held' ? null : outcome.at}::timestamptz,
           counts = ${outcome.counts === undefined ? null : sql.json(outcome.counts)}::jsonb,
           trusted = ${outcome.trusted ?? null}, problem = ${outcome.problem ?? null}
     where id = ${id}`);

/** A later whole reading says all that a held one could. */
export const supersedeHeld = (
  tx: Queryable,
  input: { readonly systemId: string; readonly by: string; readonly at: Date },
) =>
  tx.run(sql`
    update discovery_run set state = 'superseded', ended_at = ${input.at}
     where system_id = ${input.systemId} and state = 'held' and id <> ${input.by}`);

/** Readings that are kept in pieces though nothing more will come of them. */
export const forgottenReadings = (tx: Queryable): Promise<{ id: string }[]> =>
  tx.many(sql`
    select g.id from staged_reading g left join discovery_run r on r.id = g.id
     where r.id is null or r.ended_at is not null limit 100`);

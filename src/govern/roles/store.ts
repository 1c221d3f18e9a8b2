import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import type { CandidateRole, MiningRun, UnusualGrant } from './model.ts';

const runColumns = sql`id, asked_by, asked_at, parameters, state, progress, doing, started_at, settled_at, problem, people,
  entitlements, assignments, covered, at_least`;
const candidateColumns = sql`id, run_id, position, name, basis, identity_ids, entitlement_ids, coverage, extra, stability,
  rule, uses, role_id`;

/** Throws `mining_run.not_found`. */
export async function requireRun(tx: Tx, id: string): Promise<MiningRun> {
  const run = await tx.maybe<MiningRun>(sql`select ${runColumns} from mining_run where id = ${id}`);
  if (run === undefined) throw notFound('mining_run', id);
  return run;
}

/** The run, held until the transaction ends. */
export async function lockRun(tx: Tx, id: string): Promise<MiningRun> {
  const run = await tx.maybe<MiningRun>(sql`select ${runColumns} from mining_run where id = ${id} for no key update`);
  if (run === undefined) throw notFound('mining_run', id);
  return run;
}

export const listRuns = async (tx: Tx, before: string | null, limit: number): Promise<MiningRun[]> =>
  await tx.many<MiningRun>(sql`
    select ${runColumns} from mining_run where (${before}::uuid is null or id < ${before})
     order by id desc limit ${limit}`);

/** Throws `candidate_role.not_found`. */
export async function requireCandidate(tx: Tx, id: string): Promise<CandidateRole> {
  const found = await tx.maybe<CandidateRole>(sql`select ${candidateColumns} from candidate_role where id = ${id}`);
  if (found === undefined) throw notFound('candidate_role', id);
  return found;
}

/** The candidate, held until the transaction ends. */
export async function lockCandidate(tx: Tx, id: string): Promise<CandidateRole> {
  const found = await tx.maybe<CandidateRole>(
    sql`select ${candidateColumns} from candidate_role where id = ${id} for no key update`,
  );
  if (found === undefined) throw notFound('candidate_role', id);
  return found;
}

/** The role a person made of a candidate; throws where nobody did. */
export async function requireDrafted(tx: Tx, id: string): Promise<CandidateRole & { readonly roleId: string }> {
  const found = await requireCandidate(tx, id);
  if (found.roleId === null)
    throw conflict('candidate_role.not_drafted', 'no role was made of this candidate yet', 'draft it first');
  return { ...found, roleId: found.roleId };
}

/** How candidates may be ordered. */
export const ORDERS = ['coverage', 'people', 'entitlements', 'extra', 'stability'] as const;
export type Order = (typeof ORDERS)[number];

const orderOf: Readonly<Record<Order, Sql>> = {
  coverage: sql`position`,
  people: sql`cardinality(identity_ids) desc, position`,
  entitlements: sql`cardinality(entitlement_ids) desc, position`,
  extra: sql`extra, position`,
  stability: sql`stability desc, position`,
};

export const listCandidates = async (
  tx: Tx,
  input: { readonly runId: string; readonly order: Order; readonly skip: number; readonly limit: number },
): Promise<CandidateRole[]> =>
  await tx.many<CandidateRole>(sql`
    select ${candidateColumns} from candidate_role where run_id = ${input.runId}
     order by ${orderOf[input.order]} offset ${input.skip} limit ${input.limit}`);

export const writeCandidates = async (tx: Tx, rows: readonly Omit<CandidateRole, 'roleId'>[]): Promise<void> => {
  for (const row of rows)
    await tx.run(sql`
      insert into candidate_role (id, run_id, position, name, basis, identity_ids, entitlement_ids, coverage, extra, stability, rule, uses)
      values (${row.id}, ${row.runId}, ${row.position}, ${row.name}, ${row.basis}, ${sql.array(row.identityIds)}::uuid[],
              ${sql.array(row.entitlementIds)}::uuid[], ${row.coverage}, ${row.extra}, ${row.stability},
              ${row.rule === null ? null : sql.json(row.rule)}::jsonb, ${row.uses === null ? null : sql.json(row.uses)}::jsonb)`);
};

export interface OutlierRow {
  readonly rank: number;
  readonly identityId: string;
  readonly score: number;
  readonly because: readonly UnusualGrant[];
}

export const writeOutliers = async (tx: Tx, runId: string, rows: readonly OutlierRow[]): Promise<void> => {
  await tx.run(sql`
    insert into mining_outlier (run_id, rank, identity_id, score, because)
    select ${runId}::uuid, r.rank, r."identityId", r.score, r.because
      from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(rank integer, "identityId" uuid, score double precision, because jsonb)`);
};

export const listOutliers = async (tx: Tx, runId: string, after: number, limit: number): Promise<OutlierRow[]> =>
  await tx.many<OutlierRow>(sql`
    select rank, identity_id, score, because from mining_outlier where run_id = ${runId} and rank > ${after}
     order by rank limit ${limit}`);

import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Improvement } from './find-improvements.ts';
import type { RolesNow } from './read-roles.ts';
import type { Use } from './split-by-use.ts';

/** An improvement as a run keeps it: by ids, with what was known of use. */
export interface KeptImprovement extends Pick<
  Improvement,
  'kind' | 'because' | 'coverage' | 'extra' | 'lost' | 'stability'
> {
  readonly roleId: string;
  readonly otherId: string | null;
  readonly people: number;
  readonly sessions: number;
  readonly used: number;
  readonly unused: number;
  readonly unknown: number;
  readonly onDemand: readonly string[];
}

/** One look through the roles there are. */
export interface ImprovementRun {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly days: number;
  readonly progress: number;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly settledAt: Date | null;
  readonly problem: string | null;
  readonly roles: number | null;
  readonly found: number | null;
}

const columns = sql`id, state, days, progress, asked_by, asked_at, settled_at, problem, roles, found`;

/** Throws `improvement_run.not_found`. The run is held until the transaction ends. */
export async function lockImprovementRun(tx: Tx, id: string): Promise<ImprovementRun> {
  const run = await tx.maybe<ImprovementRun>(
    sql`select ${columns} from improvement_run where id = ${id} for no key update`,
  );
  if (run === undefined) throw notFound('improvement_run', id);
  return run;
}

export const newestRun = async (tx: Tx): Promise<ImprovementRun | undefined> =>
  await tx.maybe<ImprovementRun>(sql`select ${columns} from improvement_run order by id desc limit 1`);

/** What the newest look that was done found; undefined: there was none. */
export const newestFound = async (
  tx: Tx,
): Promise<
  { readonly roles: number; readonly found: number; readonly items: readonly KeptImprovement[] } | undefined
> => await tx.maybe(sql`select roles, found, items from improvement_run where state = 'done' order by id desc limit 1`);

/** What was found, by ids. */
export const kept = (now: RolesNow, found: readonly Improvement[]): KeptImprovement[] => {
  const idAt = (n: number): string => now.roles[n]?.id ?? '';
  return found.map(({ users, role, other, onDemand, ...one }) => ({
    ...one,
    roleId: idAt(role),
    otherId: other === null ? null : idAt(other),
    people: users,
    sessions: now.sessions[role] ?? 0,
    ...useOf(now, role),
    onDemand: onDemand.map((e) => now.entitlementIds[e] ?? ''),
  }));
};

/** Use of all a role gives, added up. */
function useOf(now: RolesNow, role: number): { used: number; unused: number; unknown: number } {
  const uses: readonly Use[] = [...(now.kept[role]?.use.values() ?? [])];
  const sum = { used: 0, unused: 0, unknown: 0 };
  for (const { used, unused, holders } of uses) {
    sum.used += used;
    sum.unused += unused;
    sum.unknown += holders - used - unused;
  }
  return sum;
}

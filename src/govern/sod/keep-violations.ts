import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { liveRules, standingConflictsOf, type Permit, type SodConflict } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { violationsCleared, violationsOpened } from './events.ts';
import { exerciseOf, type Exercise } from './exercise.ts';

/** Violations an event names at most, so that no event outgrows a page of the log. */
const NAMED = 300;

export interface KeptChange {
  readonly opened: number;
  readonly cleared: number;
}

interface OpenRow {
  readonly id: string;
  readonly ruleId: string;
  readonly identityId: string;
}

/**
 * Makes what is kept of these identities what the verdict says of them now: opens what is new, clears what is none any
 * more, notes afresh what was exercised. Done twice it changes nothing; of two at once for one identity the later waits,
 * and whoever looked at an earlier instant undoes nothing of a later one.
 */
export async function keepViolations(
  ctx: Ctx,
  permit: Permit<'sod_violation.keep'>,
  identityIds: readonly string[],
): Promise<KeptChange> {
  const ids = sql.array([...new Set(identityIds)].sort());
  await ctx.tx.run(sql`
    select pg_advisory_xact_lock(hashtextextended('sod_violation ' || id, 0))
      from (select id from unnest(${ids}::uuid[]) with ordinality as u(id, n) order by n) o`);
  const standing = await standingConflictsOf(ctx.tx, identityIds);
  const now = new Map<string, readonly SodConflict[]>();
  for (const [identityId, { conflicts }] of standing) {
    const begun = conflicts.filter(({ validFrom }) => validFrom <= ctx.now);
    if (begun.length > 0) now.set(identityId, begun);
  }
  const exercise = await exerciseOf(ctx.tx, now);
  const found = [...now].flatMap(([identityId, conflicts]) =>
    conflicts.map(({ rule }, i) => ({ identityId, ruleId: rule.id, exercise: exercise.get(identityId)?.[i] })),
  );
  const open = await ctx.tx.many<OpenRow>(sql`
    select id, rule_id, identity_id from sod_violation where cleared_at is null and identity_id = any(${ids}::uuid[])`);
  const known = new Map(open.map((row) => [`${row.identityId} ${row.ruleId}`, row]));
  const fresh = found.filter(({ identityId, ruleId }) => !known.has(`${identityId} ${ruleId}`));
  const still = found.flatMap((f) => {
    const row = known.get(`${f.identityId} ${f.ruleId}`);
    return row === undefined ? [] : [{ ...f, id: row.id }];
  });
  const isStill = new Set(still.map(({ id }) => id));
  const gone = open.filter(({ id }) => !isStill.has(id));
  const excepted = new Set(
    [...standing].flatMap(([identityId, { all }]) =>
      all.flatMap(({ rule, validFrom }) => (validFrom <= ctx.now ? [`${identityId} ${rule.id}`] : [])),
    ),
  );
  await refresh(ctx.tx, still);
  const opened = await openNew(ctx.tx, fresh);
  const cleared = await clear(ctx.tx, gone, excepted);
  await ctx.recordAll(permit, told(opened, violationsOpened));
  await ctx.recordAll(permit, told(cleared, violationsCleared));
  return { opened: opened.length, cleared: cleared.length };
}

interface Found {
  readonly identityId: string;
  readonly ruleId: string;
  readonly exercise: Exercise | undefined;
}

const exerciseColumns = (rows: readonly Found[]): Sql => sql`
  ${sql.array(rows.map((r) => r.exercise?.exercised ?? 'unknown'))}::text[],
  ${sql.array(rows.map((r) => r.exercise?.lastExercisedAt ?? null))}::timestamptz[],
  ${sql.array(rows.map((r) => sql.json(r.exercise?.sides ?? [])))}::jsonb[]`;

async function refresh(tx: Tx, rows: readonly (Found & { readonly id: string })[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.run(sql`
    update sod_violation v set exercised = f.exercised, last_exercised_at = f.last, sides = f.sides, looked_at = ${tx.now}
      from unnest(${sql.array(rows.map((r) => r.id))}::uuid[], ${exerciseColumns(rows)}) as f(id, exercised, last, sides)
     where v.id = f.id`);
}

async function openNew(
  tx: Tx,
  rows: readonly Found[],
): Promise<{ violationId: string; ruleId: string; identityId: string }[]> {
  if (rows.length === 0) return [];
  const made = rows.map((row) => ({ ...row, id: newId() }));
  const ids = await tx.many<{ id: string }>(sql`
    insert into sod_violation (id, rule_id, identity_id, opened_at, exercised, last_exercised_at, sides, looked_at)
    select f.id, f.rule_id, f.identity_id, ${tx.now}, f.exercised, f.last, f.sides, ${tx.now}
      from unnest(${sql.array(made.map((r) => r.id))}::uuid[], ${sql.array(made.map((r) => r.ruleId))}::uuid[],
                  ${sql.array(made.map((r) => r.identityId))}::uuid[], ${exerciseColumns(made)})
        as f(id, rule_id, identity_id, exercised, last, sides)
     where not exists (select from sod_violation v
                        where v.rule_id = f.rule_id and v.identity_id = f.identity_id and v.cleared_at > ${tx.now})
    on conflict (rule_id, identity_id) where cleared_at is null do nothing returning id`);
  const inserted = new Set(ids.map(({ id }) => id));
  return made.flatMap(({ id, ruleId, identityId }) =>
    inserted.has(id) ? [{ violationId: id, ruleId, identityId }] : [],
  );
}

async function clear(
  tx: Tx,
  gone: readonly OpenRow[],
  excepted: ReadonlySet<string>,
): Promise<{ violationId: string; ruleId: string; identityId: string; because: string }[]> {
  if (gone.length === 0) return [];
  const live = new Set((await liveRules(tx)).map(({ id }) => id));
  const why = gone.map(({ ruleId, identityId }) =>
    !live.has(ruleId) ? 'rule_retired' : excepted.has(`${identityId} ${ruleId}`) ? 'excepted' : 'resolved',
  );
  return await tx.many(sql`
    update sod_violation v set cleared_at = ${tx.now}, cleared_because = g.why, looked_at = ${tx.now}
      from unnest(${sql.array(gone.map(({ id }) => id))}::uuid[], ${sql.array(why)}::text[]) as g(id, why)
     where v.id = g.id and v.cleared_at is null and v.opened_at <= ${tx.now}
    returning v.id as violation_id, v.rule_id, v.identity_id, v.cleared_because as because`);
}

/** Events that name so many each; of one person where all it names are one person's. */
function told<V extends { readonly identityId: string }, E>(
  violations: readonly V[],
  event: E,
): { event: E; subject?: string; data: { violations: V[] } }[] {
  return Array.from({ length: Math.ceil(violations.length / NAMED) }, (_, i) => {
    const named = violations.slice(i * NAMED, (i + 1) * NAMED);
    const subject = named[0]?.identityId;
    const isOnes = named.every(({ identityId }) => identityId === subject);
    return { event, ...(isOnes && subject !== undefined ? { subject } : {}), data: { violations: named } };
  });
}

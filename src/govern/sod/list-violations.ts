import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { cursorAfter, instantOut, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { describeConflict, liveRules } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { BY_ATTENTION, exerciseOf, type Exercise, type Exercised } from './exercise.ts';
import { peopleInConflict, violationsOf, type Violation } from './find-violations.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const exercised = z.enum(['both', 'one', 'none', 'unknown']);
const violationOut = z.object({
  ruleId: z.uuid(),
  rule: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  mode: z.enum(['record', 'warn', 'enforce']),
  summary: z.string(),
  since: instantOut.nullable(),
  validFrom: instantOut,
  validTo: instantOut.nullable(),
  exercised,
  lastExercisedAt: instantOut.nullable(),
  sides: z.array(
    z.object({
      function: z.string(),
      lastUsedAt: instantOut.nullable(),
      paths: z.array(z.array(z.object({ kind: z.string(), id: z.uuid(), name: z.string() }))),
    }),
  ),
});

export const violationsIn = z.object({
  ruleId: z.uuid().optional(),
  identityId: z.uuid().optional(),
  sort: z.enum(['exercised', 'person']).default('exercised'),
  ...pageInput,
});
export const violationsOut = pageOf(
  z.object({
    person: z.string(),
    rules: z.array(z.string()),
    exercised,
    lastExercisedAt: instantOut.nullable(),
    identity: ref,
    violations: z.array(violationOut),
  }),
);

/** Where somebody stands in the list. */
interface Place {
  readonly id: string;
  readonly rank: number;
  readonly last: number;
}

/** Of whom nothing is kept yet, so many are looked at to place them; more stand where it is unknown. */
const PLACED = 500;

/** Who is in conflict now, a page at a time: by default those first whose conflicts are exercised on both sides. */
export const listViolations = async (
  ctx: Ctx,
  input: z.output<typeof violationsIn>,
): Promise<z.input<typeof violationsOut>> => {
  const rules = (await liveRules(ctx.tx)).filter((rule) => input.ruleId === undefined || rule.id === input.ruleId);
  const ruleIds = rules.map((rule) => rule.id);
  const people = input.identityId === undefined ? await peopleInConflict(ctx.tx, rules) : [input.identityId];
  const places =
    input.sort === 'person' ? people.map((id) => ({ id, rank: 0, last: 0 })) : await placed(ctx.tx, people, ruleIds);
  const after = readCursor(input.cursor, ['n', 'at', 'id']);
  const left =
    after === undefined
      ? places
      : places.filter((p) => inOrder({ id: after[2], rank: after[0], last: Date.parse(after[1]) }, p) < 0);
  const asked = left.slice(0, input.limit);
  const ids = asked.map(({ id }) => id);
  const names = new Map((await getIdentities(ctx.tx, ids)).map((i) => [i.id, i.displayName]));
  const found = new Map<string, readonly Violation[]>();
  for (const id of ids) {
    const own = await violationsOf(ctx.tx, id, ruleIds);
    if (own.length > 0) found.set(id, own);
  }
  const exercise = await exerciseOf(ctx.tx, conflictsIn(found));
  const last = asked.at(-1);
  return {
    items: [...found].map(([id, violations]) =>
      shown({ id, name: names.get(id) ?? 'somebody no longer known' }, violations, exercise.get(id) ?? []),
    ),
    nextCursor:
      left.length > asked.length && last !== undefined
        ? cursorAfter([last.rank, new Date(last.last).toISOString(), last.id])
        : null,
  };
};

const conflictsIn = (found: ReadonlyMap<string, readonly Violation[]>) =>
  new Map([...found].map(([id, violations]) => [id, violations.map(({ conflict }) => conflict)]));

const inOrder = (a: Place, b: Place): number =>
  a.rank - b.rank || b.last - a.last || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

async function placed(tx: Tx, people: readonly string[], ruleIds: readonly string[]): Promise<Place[]> {
  const kept = await tx.many<{ identityId: string; exercised: Exercised; last: Date | null }>(sql`
    select identity_id, exercised, max(last_exercised_at) as last from sod_violation
     where cleared_at is null and rule_id = any(${sql.array(ruleIds)}::uuid[]) group by identity_id, exercised`);
  const best = new Map<string, Place>();
  const note = (id: string, how: Exercised, last: Date | null): void => {
    const place = { id, rank: BY_ATTENTION.indexOf(how), last: last?.getTime() ?? 0 };
    const known = best.get(id);
    if (known === undefined || inOrder(place, known) < 0) best.set(id, place);
  };
  for (const row of kept) note(row.identityId, row.exercised, row.last);
  const fresh = new Map<string, readonly Violation[]>();
  for (const id of people.filter((one) => !best.has(one)).slice(0, PLACED))
    fresh.set(id, await violationsOf(tx, id, ruleIds));
  for (const [id, all] of await exerciseOf(tx, conflictsIn(fresh)))
    for (const { exercised: how, lastExercisedAt } of all) note(id, how, lastExercisedAt);
  const unknown = BY_ATTENTION.indexOf('unknown');
  return people.map((id) => best.get(id) ?? { id, rank: unknown, last: 0 }).sort(inOrder);
}

function shown(
  identity: { readonly id: string; readonly name: string },
  violations: readonly Violation[],
  exercise: readonly Exercise[],
): z.input<typeof violationsOut>['items'][number] {
  const both = violations.map(({ conflict, since }, i) => ({ conflict, since, exercise: exercise[i] ?? NOT_KNOWN }));
  both.sort(
    (a, b) =>
      BY_ATTENTION.indexOf(a.exercise.exercised) - BY_ATTENTION.indexOf(b.exercise.exercised) ||
      (b.exercise.lastExercisedAt?.getTime() ?? 0) - (a.exercise.lastExercisedAt?.getTime() ?? 0),
  );
  const first = both[0]?.exercise ?? NOT_KNOWN;
  return {
    person: identity.name,
    rules: both.map(({ conflict }) => conflict.rule.name),
    exercised: first.exercised,
    lastExercisedAt: first.lastExercisedAt,
    identity,
    violations: both.map(({ conflict, since, exercise: own }) => ({
      ruleId: conflict.rule.id,
      rule: conflict.rule.name,
      severity: conflict.rule.severity,
      mode: conflict.rule.mode,
      summary: describeConflict(conflict),
      since,
      validFrom: conflict.validFrom,
      validTo: conflict.validTo,
      exercised: own.exercised,
      lastExercisedAt: own.lastExercisedAt,
      sides: conflict.sides.map((side, i) => ({
        function: side.function,
        lastUsedAt: own.sides[i]?.lastUsedAt ?? null,
        paths: side.access.map((held) => [...held.path]),
      })),
    })),
  };
}

const NOT_KNOWN: Exercise = { exercised: 'unknown', lastExercisedAt: null, sides: [] };

import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { cursorAfter, instantOut, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { BY_ATTENTION } from './exercise.ts';

const exercised = z.enum(['both', 'one', 'none', 'unknown']);
export const keptIn = z.object({
  state: z.enum(['open', 'cleared']).default('open'),
  ruleId: z.uuid().optional(),
  identityId: z.uuid().optional(),
  exercised: exercised.optional(),
  ...pageInput,
});
export const keptOut = pageOf(
  z.object({
    id: z.uuid(),
    ruleId: z.uuid(),
    rule: z.string(),
    severity: z.enum(['low', 'medium', 'high', 'critical']),
    identityId: z.uuid(),
    person: z.string(),
    openedAt: instantOut,
    clearedAt: instantOut.nullable(),
    clearedBecause: z.enum(['resolved', 'excepted', 'rule_retired']).nullable(),
    exercised,
    lastExercisedAt: instantOut.nullable(),
    sides: z.array(z.object({ function: z.string(), lastUsedAt: z.iso.datetime().nullable() })),
    lookedAt: instantOut,
  }),
);

/** What is kept of conflicts: the open ones, those exercised on both sides first, or those cleared, the latest first. */
export const listKept = async (ctx: Ctx, input: z.output<typeof keptIn>): Promise<z.input<typeof keptOut>> => {
  const after = readCursor(input.cursor, ['n', 'at', 'id']);
  const isOpen = input.state === 'open';
  const rank = sql`array_position(array['both', 'one', 'unknown', 'none'], v.exercised)`;
  // What was never seen used comes last of its kind.
  const at = isOpen ? sql`coalesce(v.last_exercised_at, 'epoch')` : sql`v.cleared_at`;
  const place = isOpen ? rank : sql`0::int`;
  const rows = await ctx.tx.many<z.input<typeof keptOut>['items'][number] & { at: Date }>(sql`
    select v.id, v.rule_id, r.name as rule, r.severity, v.identity_id, coalesce(f.display_name, 'somebody no longer known') as person,
           v.opened_at, v.cleared_at, v.cleared_because, v.exercised, v.last_exercised_at, v.sides, v.looked_at, ${at} as at
      from sod_violation v join sod_rule r on r.id = v.rule_id
      left join identity_facts f on f.identity_id = v.identity_id and f.valid_from <= ${ctx.now} and (f.valid_to is null or f.valid_to > ${ctx.now})
     where (v.cleared_at is null) = ${isOpen}
       and (${input.ruleId ?? null}::uuid is null or v.rule_id = ${input.ruleId ?? null})
       and (${input.identityId ?? null}::uuid is null or v.identity_id = ${input.identityId ?? null})
       and (${input.exercised ?? null}::text is null or v.exercised = ${input.exercised ?? null})
       and (${after === undefined} or (${place}, -extract(epoch from ${at}), v.id)
            > (${after?.[0] ?? 0}::int, -extract(epoch from ${after?.[1] ?? null}::timestamptz), ${after?.[2] ?? null}::uuid))
     order by ${place}, ${at} desc, v.id limit ${input.limit + 1}`);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ at: _at, ...row }) => row),
    nextCursor:
      rows.length > shown.length && last !== undefined
        ? cursorAfter([isOpen ? BY_ATTENTION.indexOf(last.exercised) + 1 : 0, last.at.toISOString(), last.id])
        : null,
  };
};

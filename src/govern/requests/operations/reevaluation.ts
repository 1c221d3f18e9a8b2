import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { planAnew } from '../approvals/reevaluation/plan-anew.ts';
import { reevaluateRequest } from '../approvals/reevaluation/reevaluate-request.ts';
import { STEP_KINDS, type Request } from '../model.ts';
import { namesOf, showRequests } from '../show-request.ts';
import { readPolicy, requestColumns, requestIdOf, underThePolicy } from '../store.ts';
import { ref, requestRef } from './shapes.ts';

const ids = z.array(requestRef).min(1).max(100);
const anewOut = z.object({
  id: z.uuid(),
  number: z.string(),
  beneficiary: ref,
  summary: z.string(),
  /** The version it is under now. */
  from: z.int(),
  steps: z.array(
    z.object({
      stage: z.int(),
      kind: z.enum(STEP_KINDS),
      approvers: z.array(ref),
      /** Who decided it already, where that is kept; null: it is asked for. */
      kept: ref.nullable(),
    }),
  ),
  /** Decisions taken that fill no step any more. */
  dropped: z.array(z.object({ kind: z.enum(STEP_KINDS), by: ref })),
  refused: z.array(z.object({ lineId: z.uuid(), because: z.string() })),
  /** Why it cannot be done; null where it can. */
  stuck: z.string().nullable(),
});

const openOnes = async (ctx: Ctx, number: number, wanted: readonly string[] | undefined): Promise<Request[]> => {
  const meant = wanted === undefined ? undefined : await Promise.all(wanted.map((id) => requestIdOf(ctx.tx, id)));
  return await ctx.tx.many<Request>(sql`
    select ${requestColumns} from request r
     where r.state = 'pending' and r.policy_number < ${number} and ${underThePolicy}
       and (${meant === undefined} or r.id::text = any (${meant ?? []}::text[])) order by r.number limit 100`);
};

const preview = async (ctx: Ctx, wanted: readonly string[] | undefined) => {
  const { number, rules } = await readPolicy(ctx.tx);
  const requests = await openOnes(ctx, number, wanted);
  const shown = await showRequests(ctx.tx, requests);
  const items = [];
  for (const [i, request] of requests.entries()) {
    const as = shown[i];
    if (as === undefined) continue;
    const { steps, dropped, refused, stuck } = await planAnew(ctx.tx, request, rules);
    const name = await namesOf(ctx.tx, [
      ...steps.flatMap((s) => [...s.candidates, ...(s.keeps?.decidedBy == null ? [] : [s.keeps.decidedBy])]),
      ...dropped.flatMap((s) => s.decidedBy ?? []),
    ]);
    items.push({
      id: as.id,
      number: as.number,
      beneficiary: as.beneficiary,
      summary: as.summary,
      from: request.policyNumber,
      steps: steps.map((s) => ({
        stage: s.stage,
        kind: s.kind,
        approvers: s.candidates.map(name),
        kept: s.keeps?.decidedBy == null ? null : name(s.keeps.decidedBy),
      })),
      dropped: dropped.map((s) => ({ kind: s.kind, by: name(s.decidedBy ?? '') })),
      refused: [...refused],
      stuck,
    });
  }
  return { to: number, items };
};

/** Putting open requests under the policy in force, on the record. */
export const reevaluationOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'requests.previewReevaluation',
    action: 'request.preview_reevaluation',
    kind: 'read',
    method: 'POST',
    path: '/v1/requests/reevaluation/preview',
    summary: 'What would become of open requests under the approval policy in force',
    description: 'All that are under an older version, or those named; the first hundred. Nothing is changed.',
    input: z.object({ ids: ids.optional() }),
    output: z.object({ to: z.int(), items: z.array(anewOut) }),
    cli: {
      command: 'request reevaluation-preview',
      columns: ['number', 'beneficiary.name', 'summary', 'from', 'stuck'],
    },
    handler: (ctx, _permit, input) => preview(ctx, input.ids),
  }),
  defineOperation({
    name: 'requests.reevaluate',
    action: 'request.reevaluate',
    kind: 'write',
    method: 'POST',
    path: '/v1/requests/reevaluation',
    summary: 'Put open requests under the approval policy in force: all of those named, or none',
    description:
      'Decisions taken are kept where the new plan has the same step, otherwise asked for again. Never for a request one made or benefits from.',
    input: z.object({ ids, reason: text(2000) }),
    output: z.object({ to: z.int(), ids: z.array(z.uuid()) }),
    cli: { command: 'request reevaluate', positional: ['ids'] },
    handler: async (ctx, permit, input) => {
      const done: string[] = [];
      // In one order for everybody, so that two at once wait for each other instead of meeting crosswise.
      const wanted = [...new Set(await Promise.all(input.ids.map((id) => requestIdOf(ctx.tx, id))))].toSorted();
      for (const id of wanted) done.push(await reevaluateRequest(ctx, permit, { id, reason: input.reason }));
      return { to: (await readPolicy(ctx.tx)).number, ids: done };
    },
  }),
];

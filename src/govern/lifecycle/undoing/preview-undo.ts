import { sql, type Tx } from '#kit/db/index.ts';
import type { AppError } from '#kit/errors/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { FeedRun } from '../runs/model.ts';
import { requireRun } from '../runs/store.ts';
import { requireSource } from '../sources/store.ts';
import { itemsDue, itemsLeftAlone } from './find-changed.ts';
import { grantsAgain, type GrantAgain } from './grants-again.ts';
import { judgeUndo, refusalsOf } from './undo-run.ts';

interface Line {
  readonly identityId: string;
  readonly effect: string;
  readonly what: string;
  readonly displayName: string | null;
  /** Why they are left alone. */
  readonly problem: string | null;
  readonly grants: readonly Pick<GrantAgain, 'name' | 'validTo' | 'problem'>[];
}

/** What taking a run back would do, by the same plan. */
export interface UndoPreview {
  readonly run: FeedRun;
  readonly refusals: readonly AppError[];
  readonly effects: readonly { readonly effect: string; readonly n: number }[];
  readonly heldBecause: Awaited<ReturnType<typeof judgeUndo>>['heldBecause'];
  readonly people: readonly Line[];
  readonly leftAlone: readonly Line[];
  readonly leftAloneCount: number;
  readonly notTakenBack: readonly { readonly what: string; readonly n: number | null; readonly detail: string }[];
}

/** Shows the plan without making it: the first so many people of it, and of those who are left alone. */
export async function previewUndo(
  ctx: Pick<Ctx, 'tx' | 'now' | 'principal'>,
  input: { readonly id: string; readonly limit: number },
): Promise<UndoPreview> {
  const { tx } = ctx;
  const run = await requireRun(tx, input.id);
  const refusals = await refusalsOf(tx, run, await requireSource(tx, run.sourceId), ctx.principal.id);
  const due = await tx.many<Omit<Line, 'grants' | 'displayName'>>(
    sql`select identity_id, effect, what, null as problem from (${itemsDue(run, ctx.now)}) i limit ${input.limit}`,
  );
  const alone = await tx.many<Omit<Line, 'grants' | 'displayName'>>(
    sql`select identity_id, effect, what, problem from (${itemsLeftAlone(run, ctx.now)}) i limit ${input.limit}`,
  );
  const { n } = await tx.one<{ n: number }>(sql`select count(*)::int as n from (${itemsLeftAlone(run, ctx.now)}) i`);
  const back = due.flatMap((line) => (line.effect === 'create' ? [line.identityId] : []));
  const grants = await grantsAgain(tx, run.id, back);
  const names = new Map(
    (
      await getIdentities(
        tx,
        [...due, ...alone].map((line) => line.identityId),
      )
    ).map((i) => [i.id, i.displayName]),
  );
  const shown = (line: Omit<Line, 'grants' | 'displayName'>): Line => ({
    ...line,
    displayName: names.get(line.identityId) ?? null,
    grants: line.problem === null ? grants.filter((g) => g.identityId === line.identityId) : [],
  });
  return {
    run,
    refusals,
    ...(await judgeUndo(tx, run)),
    people: due.map(shown),
    leftAlone: alone.map(shown),
    leftAloneCount: n,
    notTakenBack: await notTakenBack(tx, run),
  };
}

/** What a run did that no undo gives back, with how often where that is known. */
async function notTakenBack(tx: Tx, run: FeedRun): Promise<UndoPreview['notTakenBack']> {
  const rows = await tx.many<{ what: string; n: number }>(sql`
    select i.what, count(*)::int as n from lifecycle_receipt r join receipt_item i on i.receipt_id = r.id
     where r.run_id = ${run.id} and i.what in ('session_ended', 'sign_ins_ended') group by i.what`);
  const counted = new Map(rows.map((r) => [r.what, r.n]));
  if (counted.size === 0) return [];
  return [
    {
      what: 'sessions_ended',
      n: counted.get('session_ended') ?? 0,
      detail: 'sessions were cut off; they are opened again by whoever needs them',
    },
    {
      what: 'sign_ins_ended',
      n: counted.get('sign_ins_ended') ?? 0,
      detail: 'people whose sign-ins, tokens and passkeys ended; they enrol again',
    },
    {
      what: 'secrets_changed',
      n: null,
      detail: 'what they had checked out was taken back, and changed where Reeve can; it is checked out again',
    },
    {
      what: 'requests_closed',
      n: null,
      detail: 'what they had asked for or were to decide, and mails that went out, stay as they are',
    },
  ];
}

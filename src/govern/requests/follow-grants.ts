import { sql, type Tx } from '#kit/db/index.ts';
import { accessRealised, accessWithdrawn, grantEnded } from '#spine/graph/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { requestNoted } from './events.ts';
import type { Effect } from './model.ts';
import { addNote } from './store.ts';

interface Followed {
  readonly lineId: string;
  readonly requestId: string;
  readonly beneficiaryId: string;
  readonly effect: Effect;
}

const lineOfGrant = (db: Pick<Tx, 'maybe'>, grantId: string): Promise<Followed | undefined> =>
  db.maybe<Followed>(sql`
    select id as line_id, request_id, beneficiary_id, effect from request_line where grant_id = ${grantId}`);

/** Later effects never fall back: a late proof of the beginning does not undo a proven end. */
const ORDER: readonly Effect[] = ['none', 'pending', 'effective', 'withdrawing', 'withdrawn'];

/** Notes on the timeline of the request what followed from its grant; once, however often it is told. */
const follow = async (
  job: JobCtx,
  cause: { readonly id: string; readonly grantId: string },
  note: { readonly kind: string; readonly effect: Effect; readonly detail: Readonly<Record<string, unknown>> },
): Promise<void> => {
  const known = await lineOfGrant(job.db, cause.grantId);
  if (known === undefined) return;
  await job.act({ action: 'request.note', resource: { type: 'Request', id: known.requestId } }, async (ctx, permit) => {
    await ctx.tx.run(sql`select from request where id = ${known.requestId} for no key update`);
    const line = await lineOfGrant(ctx.tx, cause.grantId);
    if (line === undefined) return;
    const { requestId, lineId, beneficiaryId } = line;
    const fresh = await addNote(ctx.tx, ctx.principal, {
      id: cause.id,
      requestId,
      lineId,
      kind: note.kind,
      detail: { grantId: cause.grantId, ...note.detail },
    });
    if (!fresh) return;
    if (ORDER.indexOf(note.effect) > ORDER.indexOf(line.effect))
      await ctx.tx.run(sql`update request_line set effect = ${note.effect} where id = ${lineId}`);
    await ctx.record(permit, {
      event: requestNoted,
      subject: beneficiaryId,
      data: { requestId, beneficiaryId, lineId, effect: note.effect, causeId: cause.id },
    });
  });
};

/** What of targets and grants shows on the timeline of the request they came from. */
export const reactions = [
  defineReaction({
    on: accessRealised,
    name: 'requests.noteRealised',
    run: (job, event) =>
      follow(
        job,
        { id: event.id, grantId: event.data.grantId },
        {
          kind: 'realised',
          effect: 'effective',
          detail: { systemId: event.data.systemId, elapsedMs: event.data.elapsedMs, proven: event.data.proven },
        },
      ),
  }),
  defineReaction({
    on: grantEnded,
    name: 'requests.noteEnded',
    run: async (job, event) => {
      const { grantId, entitlementId, reason } = event.data;
      const kept = await job.db.maybe<{ kind: string }>(
        sql`select kind from entitlement where id = ${entitlementId ?? null} and kind in ('account', 'admin_role')`,
      );
      const effect = kept === undefined ? 'withdrawing' : 'withdrawn';
      await follow(job, { id: event.id, grantId }, { kind: 'ended', effect, detail: { because: reason } });
    },
  }),
  defineReaction({
    on: accessWithdrawn,
    name: 'requests.noteWithdrawn',
    run: (job, event) =>
      follow(
        job,
        { id: event.id, grantId: event.data.grantId },
        {
          kind: 'access_withdrawn',
          effect: 'withdrawn',
          detail: { systemId: event.data.systemId, elapsedMs: event.data.elapsedMs, proven: event.data.proven },
        },
      ),
  }),
];

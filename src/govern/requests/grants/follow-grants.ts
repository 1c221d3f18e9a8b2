import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { accessRealised, accessWithdrawn, grantEnded } from '#spine/graph/index.ts';
import { defineReaction, type JobCtx } from '#spine/operations/index.ts';
import { requestNoted } from '../events.ts';
import { effectOf, type Follow } from '../model.ts';
import { addNote } from '../store.ts';

interface Followed {
  readonly lineId: string;
  readonly requestId: string;
  readonly beneficiaryId: string;
}

const lineOfGrant = (db: Queryable, grantId: string): Promise<Followed | undefined> =>
  db.maybe<Followed>(
    sql`select id as line_id, request_id, beneficiary_id from request_line where grant_id = ${grantId}`,
  );

/** What has been told of a line so far. */
const toldOf = (tx: Tx, lineId: string): Promise<Follow> =>
  tx.one<Follow>(sql`
    select coalesce(max((detail ->> 'targets')::int) filter (where kind = 'granted'), 1) as targets,
           count(*) filter (where kind = 'realised') as realised,
           count(*) filter (where kind = 'access_withdrawn') as withdrawn,
           count(*) filter (where kind = 'ended') > 0 as ended
      from request_note where line_id = ${lineId}`);

/** Notes on the timeline of the request what followed from its grant; once, however often and in whatever order it is told. */
const follow = async (
  job: JobCtx,
  cause: { readonly id: string; readonly grantId: string },
  kind: 'realised' | 'ended' | 'access_withdrawn',
  detail: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const known = await lineOfGrant(job.db, cause.grantId);
  if (known === undefined) return;
  const { requestId, lineId, beneficiaryId } = known;
  await job.act({ action: 'request.note', resource: { type: 'Request', id: requestId } }, async (ctx, permit) => {
    await ctx.tx.run(sql`select from request where id = ${requestId} for no key update`);
    const fresh = await addNote(ctx.tx, ctx.principal, {
      id: cause.id,
      requestId,
      lineId,
      kind,
      detail: { grantId: cause.grantId, ...detail },
    });
    if (!fresh) return;
    const effect = effectOf(await toldOf(ctx.tx, lineId));
    await ctx.tx.run(sql`update request_line set effect = ${effect} where id = ${lineId}`);
    await ctx.record(permit, {
      event: requestNoted,
      subject: beneficiaryId,
      data: { requestId, beneficiaryId, lineId, effect, causeId: cause.id },
    });
  });
};

/** What of targets and grants shows on the timeline of the request they came from. */
export const reactions = [
  defineReaction({
    on: accessRealised,
    name: 'requests.noteRealised',
    run: (job, { id, data: { grantId, systemId, elapsedMs, proven } }) =>
      follow(job, { id, grantId }, 'realised', { systemId, elapsedMs, proven }),
  }),
  defineReaction({
    on: grantEnded,
    name: 'requests.noteEnded',
    run: (job, { id, data: { grantId, reason, words } }) =>
      follow(job, { id, grantId }, 'ended', { because: words ?? reason }),
  }),
  defineReaction({
    on: accessWithdrawn,
    name: 'requests.noteWithdrawn',
    run: (job, { id, data: { grantId, systemId, elapsedMs, proven } }) =>
      follow(job, { id, grantId }, 'access_withdrawn', { systemId, elapsedMs, proven }),
  }),
];

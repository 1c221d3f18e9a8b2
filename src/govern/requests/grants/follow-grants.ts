import { sha256 } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { accessRealised, accessWithdrawn, grantEnded } from '#spine/graph/index.ts';
import { defineReaction, type HappenedEvent, type JobCtx } from '#spine/operations/index.ts';
import { requestNoted } from '../events.ts';
import { effectOf, type Follow } from '../model.ts';
import { addNote } from '../store.ts';

interface Followed {
  readonly grantId: string;
  readonly lineId: string;
  readonly requestId: string;
  readonly beneficiaryId: string;
  /** It is the line that took the grant away, not the one that gave it. */
  readonly takes: boolean;
}

const linesOfGrants = (db: Queryable, grantIds: readonly string[]): Promise<Followed[]> =>
  db.many<Followed>(sql`
    select grant_id, id as line_id, request_id, beneficiary_id, false as takes from request_line
     where grant_id = any(${sql.array(grantIds)}::uuid[])
    union all
    select takes_grant_id, id, request_id, beneficiary_id, true from request_line
     where takes_grant_id = any(${sql.array(grantIds)}::uuid[]) and state = 'removed'`);

/** A note's id is that of its cause; of a cause that tells of several grants, one for each that is always the same. */
const noteId = (causeId: string, grantId: string, several: boolean): string => {
  if (!several) return causeId;
  const hex = sha256(`${causeId} ${grantId}`).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** What has been told of a line so far. */
const toldOf = (tx: Tx, lineId: string): Promise<Follow> =>
  tx.one<Follow>(sql`
    select coalesce(max((detail ->> 'targets')::int) filter (where kind in ('granted', 'removed')), 1) as targets,
           count(*) filter (where kind = 'realised') as realised,
           count(*) filter (where kind = 'access_withdrawn') as withdrawn,
           count(*) filter (where kind = 'ended') > 0 as ended
      from request_note where line_id = ${lineId}`);

interface Told {
  readonly grantId: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Notes on the timeline of the request what followed from its grant; once, however often and in whatever order it is told. */
const follow = async (
  job: JobCtx,
  causeId: string,
  kind: 'realised' | 'ended' | 'access_withdrawn',
  told: readonly Told[],
): Promise<void> => {
  const details = new Map(told.map(({ grantId, detail }) => [grantId, detail]));
  for (const { grantId, requestId, lineId, beneficiaryId, takes } of await linesOfGrants(job.db, [...details.keys()])) {
    await job.act({ action: 'request.note', resource: { type: 'Request', id: requestId } }, async (ctx, permit) => {
      await ctx.tx.run(sql`select from request where id = ${requestId} for no key update`);
      const fresh = await addNote(ctx.tx, ctx.principal, {
        id: noteId(causeId, takes ? lineId : grantId, takes || told.length > 1),
        requestId,
        lineId,
        kind,
        detail: { grantId, ...details.get(grantId) },
      });
      if (!fresh) return;
      const effect = effectOf(await toldOf(ctx.tx, lineId));
      await ctx.tx.run(sql`update request_line set effect = ${effect} where id = ${lineId}`);
      await ctx.record(permit, {
        event: requestNoted,
        subject: beneficiaryId,
        data: { requestId, beneficiaryId, lineId, effect, causeId },
      });
    });
  }
};

const onTarget = ({
  systemId,
  proven,
  grants,
}: HappenedEvent<typeof accessRealised | typeof accessWithdrawn>['data']): Told[] =>
  grants.map(({ grantId, elapsedMs }) => ({ grantId, detail: { systemId, elapsedMs, proven } }));

/** What of targets and grants shows on the timeline of the request they came from. */
export const reactions = [
  defineReaction({
    on: accessRealised,
    name: 'requests.noteRealised',
    run: (job, { id, data }) => follow(job, id, 'realised', onTarget(data)),
  }),
  defineReaction({
    on: grantEnded,
    name: 'requests.noteEnded',
    run: (job, { id, data: { grantId, reason, words } }) =>
      follow(job, id, 'ended', [{ grantId, detail: { because: words ?? reason } }]),
  }),
  defineReaction({
    on: accessWithdrawn,
    name: 'requests.noteWithdrawn',
    run: (job, { id, data }) => follow(job, id, 'access_withdrawn', onTarget(data)),
  }),
];

import { sql } from '#kit/db/index.ts';
import { getGrant } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { requestNoted } from '../events.ts';
import { addNote, findRequest, linesOf } from '../store.ts';
import { tell, whatOf } from '../tell.ts';

const HOUR = 3_600_000;

/** Tells holders, once, that what they asked for ends within the hour; not where it lasted less than two. */
export const warnOfEnds = async (job: JobCtx): Promise<void> => {
  const now = job.clock.now();
  const ending = await job.db.many<{ lineId: string; requestId: string }>(sql`
    select l.id as line_id, l.request_id from access_grant g join request_line l on l.grant_id = g.id
     where g.ended_because is null and g.valid_to > ${now} and g.valid_to <= ${new Date(now.getTime() + HOUR)}
       and g.valid_to - g.valid_from >= interval '2 hours'
       and not exists (select from request_note n where n.line_id = l.id and n.kind = 'ends_soon')
     order by g.valid_to limit 500`);
  for (const { lineId, requestId } of ending) {
    await job.act({ action: 'request.note', resource: { type: 'Request', id: requestId } }, async (ctx, permit) => {
      await ctx.tx.run(sql`select from request where id = ${requestId} for no key update`);
      const told = await ctx.tx.maybe(
        sql`select 1 as told from request_note where line_id = ${lineId} and kind = 'ends_soon'`,
      );
      const request = await findRequest(ctx.tx, requestId);
      const line = (await linesOf(ctx.tx, [requestId])).find((l) => l.id === lineId);
      const grant = line?.grantId === null || line === undefined ? undefined : await getGrant(ctx.tx, line.grantId);
      if (
        told !== undefined ||
        request === undefined ||
        line === undefined ||
        grant?.validTo === null ||
        grant === undefined
      )
        return;
      await addNote(ctx.tx, ctx.principal, {
        requestId,
        lineId,
        kind: 'ends_soon',
        detail: { until: grant.validTo.toISOString() },
      });
      await ctx.record(permit, {
        event: requestNoted,
        subject: request.beneficiaryId,
        data: { requestId, beneficiaryId: request.beneficiaryId, lineId, effect: line.effect, causeId: grant.id },
      });
      await tell(ctx, permit, request, {
        to: [request.beneficiaryId],
        template: 'access.ends_soon',
        facts: { what: await whatOf(ctx, [line]), until: grant.validTo.toISOString() },
      });
    });
  }
};

import { lockSource, requireSource, type feedApplied, type sourceCaseResolved } from '#govern/lifecycle/index.ts';
import { sql } from '#kit/db/index.ts';
import type { HappenedEvent, JobCtx } from '#spine/operations/index.ts';
import { findClientOfSource } from '../clients/store.ts';
import { pushAgain } from './write-user.ts';

/** Users looked at by one event; the rest is met by the next. */
const MOST = 1000;

/** Users who are nobody yet are looked at again: people have come, or a person said who one of them is. */
export const matchAgain = async (
  job: JobCtx,
  _event: HappenedEvent<typeof feedApplied> | HappenedEvent<typeof sourceCaseResolved>,
): Promise<void> => {
  const waiting = await job.db.many<{ sourceId: string; ids: string[] }>(sql`
    select source_id, array_agg(id order by id) as ids from (
      select r.source_id, r.id from scim_resource r
       where r.type = 'User' and r.deleted_at is null and r.identity_id is null order by r.id limit ${MOST}) w
     group by source_id`);
  for (const { sourceId, ids } of waiting) {
    await job.act({ action: 'scim.apply' }, async (ctx, permit) => {
      await lockSource(ctx.tx, sourceId);
      const client = await findClientOfSource(ctx.tx, sourceId);
      if (client === undefined) return;
      const source = await requireSource(ctx.tx, sourceId);
      await pushAgain(ctx, permit, { client, source, pushers: [] }, ids, {});
    });
  }
};

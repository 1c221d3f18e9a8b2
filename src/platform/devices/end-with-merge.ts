import { sql } from '#kit/db/index.ts';
import { identityMerged, sshKeyRemoved } from '#spine/graph/index.ts';
import { defineReaction } from '#spine/operations/index.ts';

/** Whoever turned out to be another adds their keys as that one: a key proves one identity. */
export const endWithMerge = defineReaction({
  on: identityMerged,
  name: 'devices.end_merged',
  turn: 'first',
  run: async (job, event) => {
    const { duplicateId } = event.data;
    await job.act({ action: 'ssh_key.end_all' }, async (ctx, permit) => {
      const removed = await ctx.tx.many<{ id: string; fingerprint: string }>(sql`
        update ssh_key set removed_at = ${ctx.now} where identity_id = ${duplicateId} and removed_at is null
        returning id, fingerprint`);
      await ctx.recordAll(
        permit,
        removed.map(({ id, fingerprint }) => ({
          event: sshKeyRemoved,
          subject: duplicateId,
          data: { keyId: id, fingerprint },
        })),
      );
    });
  },
});

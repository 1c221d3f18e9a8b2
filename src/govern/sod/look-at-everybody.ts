import { sql } from '#kit/db/index.ts';
import { liveRules, PASS_STATEMENT_MS, passOverEverybody } from '#spine/decide/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { passDone } from './events.ts';
import { keepViolations } from './keep-violations.ts';

export const PASS = 'sod.pass';

/** Identities kept in one transaction. */
const TOGETHER = 200;
/** What was exercised is looked at again after so long, whether or not anything else changed. */
const REFRESH_MS = 20 * 3_600_000;

/**
 * Looks at everybody, and makes what is kept so: of whoever's conflicts are others than those kept, and of whoever was
 * not looked at for most of a day. Each of these is judged again on its own before anything is written, so a pass that
 * was cut off, or that somebody changed something during, leaves nothing wrong; run again it finds what is left.
 */
export async function lookAtEverybody(job: JobCtx): Promise<void> {
  const { rules, found, open } = await job.db.tx(
    async (tx) => {
      const live = await liveRules(tx);
      return {
        rules: live.length,
        found: await passOverEverybody(
          tx,
          live.map((rule) => ({ rule })),
        ),
        open: await tx.many<{ identityId: string; ruleIds: string[]; stale: boolean }>(sql`
          select identity_id, array_agg(rule_id::text) as rule_ids, min(looked_at) < ${new Date(tx.now.getTime() - REFRESH_MS)} as stale
            from sod_violation where cleared_at is null group by identity_id`),
      };
    },
    { readOnly: true, isolation: 'repeatable read', statementTimeoutMs: PASS_STATEMENT_MS },
  );
  const kept = new Map(open.map((row) => [row.identityId, row]));
  const due = open.filter(({ stale, identityId }) => stale || !found.has(identityId)).map((row) => row.identityId);
  for (const [identityId, ruleIds] of found) {
    const before = kept.get(identityId);
    if (before?.stale !== true && !isSame(ruleIds, before?.ruleIds ?? [])) due.push(identityId);
  }
  const done = await keepInTurn(job, due);
  await job.act({ action: 'sod_violation.keep' }, (ctx, permit) =>
    ctx.record(permit, { event: passDone, data: { rules, inConflict: found.size, ...done } }),
  );
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

/** Judges many again, some at a time. */
export async function keepInTurn(
  job: JobCtx,
  identityIds: readonly string[],
): Promise<{ opened: number; cleared: number }> {
  const ids = [...new Set(identityIds)].sort();
  let [opened, cleared] = [0, 0];
  for (let at = 0; at < ids.length; at += TOGETHER) {
    const some = ids.slice(at, at + TOGETHER);
    const change = await job.act({ action: 'sod_violation.keep' }, (ctx, permit) => keepViolations(ctx, permit, some));
    opened += change.opened;
    cleared += change.cleared;
  }
  return { opened, cleared };
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Lookout } from '#connectors/port.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { lookoutBlind, lookoutSees } from '../events.ts';
import { exemptionsOf, gatewaysOf, ownAccounts } from '../store.ts';
import { unexplained } from './explain-logons.ts';
import { notTold, tellLogons } from './tell-logons.ts';
import { keepLook, keepProblem, type DueLookout } from './store.ts';

/** What a log-on is explained by may be written a moment after it: only what is still unexplained then is told. */
const GRACE_MS = 2_000;

/** Looks once, tells what did not come through Reeve, and then keeps how far it read: a look cut off is taken again. */
export async function lookOnce(job: JobCtx, due: DueLookout, lookout: Lookout): Promise<void> {
  const { systemId } = due;
  const seen = await lookout.look(due.mark ?? undefined);
  const judge = () =>
    job.db.tx(
      async (tx) =>
        await notTold(
          tx,
          systemId,
          await unexplained(
            tx,
            {
              systemId,
              gateways: await gatewaysOf(tx, due.gateways),
              exemptions: exemptionsOf(due.exemptions),
              own: await ownAccounts(tx, systemId),
            },
            seen.logons,
          ),
        ),
      { readOnly: true },
    );
  let past = seen.logons.length === 0 ? [] : await judge();
  if (past.length > 0) {
    await pause(GRACE_MS);
    past = await judge();
  }
  if (past.length === 0 && due.blindSince === null) {
    await keepLook(job.db, { systemId, mark: seen.mark, leftOut: seen.leftOut, now: job.clock.now() });
    return;
  }
  await job.act({ action: 'isolation.keep' }, async (ctx, permit) => {
    await keepLook(ctx.tx, { systemId, mark: seen.mark, leftOut: seen.leftOut, now: ctx.now });
    if (past.length > 0) await tellLogons(ctx, permit, { systemId, logons: past });
    if (due.blindSince !== null) await ctx.record(permit, { event: lookoutSees, data: { systemId } });
  });
}

/** Says once that nothing can be read there, and since when. */
export async function noteBlind(job: JobCtx, due: DueLookout, problem: string): Promise<void> {
  const { systemId } = due;
  if (due.blindSince !== null) {
    await keepProblem(job.db, { systemId, problem, now: job.clock.now() });
    return;
  }
  await job.act({ action: 'isolation.keep' }, async (ctx, permit) => {
    await keepProblem(ctx.tx, { systemId, problem, now: ctx.now });
    await ctx.record(permit, { event: lookoutBlind, data: { systemId, problem } });
  });
}

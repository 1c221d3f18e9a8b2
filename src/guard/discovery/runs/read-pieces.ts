import type { Connector, ReadingPiece, Target, Targets } from '#connectors/port.ts';
import { sha256 } from '#kit/crypto/index.ts';
import { beginReading, keepPiece, type StagedReading } from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { noteProgress, type DiscoveryRun } from './store.ts';

const ACT = { action: 'system.read_target' } as const;

/** Which machine answers: by its pins where it has any, since only these are proved; else by where it is. */
export function readAsOf({ kind, pinned, host, port, settings }: Target): string {
  const known = pinned.length > 0 ? [...pinned].sort() : [host, port, settings];
  return `${kind}:${sha256(JSON.stringify(known)).toString('hex')}`;
}

/** A target that was beyond reach may be read on later; whatever else is wrong after a break is wrong with going on. */
const beyondReach = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'unreachable';

/**
 * Reads a system and keeps what comes, piece by piece, until it is whole. Goes on where an earlier try broke off; where
 * the target cannot go on there any more, begins again. Throws what the connector throws; what was kept stays kept.
 */
export async function readPieces(targets: Targets, job: JobCtx, run: DiscoveryRun): Promise<void> {
  await targets.use(run.systemId, async (connector, target) => {
    let at = await begin(job, run, target, false);
    if (at.whole) return;
    if (at.pieces > 0) {
      try {
        await readOn(job, run, connector, target, at);
        return;
      } catch (error) {
        if (beyondReach(error) || isOvertaken(error)) throw error;
        job.log.info('a reading could not go on where it broke off and begins again', { runId: run.id, error });
      }
      at = await begin(job, run, target, true);
    }
    await readOn(job, run, connector, target, at);
  });
}

/** Another worker is further with this reading. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'reading.goes_on_elsewhere';

const begin = (job: JobCtx, run: DiscoveryRun, target: Target, afresh: boolean): Promise<StagedReading> =>
  job.act(ACT, async (ctx, permit) => {
    const staged = await beginReading(ctx, permit, {
      readingId: run.id,
      systemId: run.systemId,
      readAs: readAsOf(target),
      afresh,
    });
    if (staged.pieces !== run.pieces) await noteProgress(ctx.tx, run.id, staged);
    return staged;
  });

async function readOn(
  job: JobCtx,
  run: DiscoveryRun,
  connector: Connector,
  target: Target,
  from: StagedReading,
): Promise<void> {
  let at = from;
  for await (const piece of piecesOf(connector, target, from.resumeAt ?? undefined)) {
    const after = at;
    at = await job.act(ACT, async (ctx, permit) => {
      const kept = await keepPiece(ctx, permit, { readingId: run.id, after, piece });
      await noteProgress(ctx.tx, run.id, kept);
      return kept;
    });
  }
  if (!at.whole) throw new Error('the connector ended without saying that its reading is whole');
}

/** A connector that reads small systems in one look gives one piece. */
async function* piecesOf(
  connector: Connector,
  target: Target,
  from: string | undefined,
): AsyncGenerator<ReadingPiece, void, void> {
  if (connector.readInPieces !== undefined) {
    yield* connector.readInPieces(target, from);
    return;
  }
  const { mark, ...reading } = await connector.read(target);
  yield { ...reading, whole: mark === undefined ? {} : { mark } };
}

import type { Db } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { nodeLost, nodeStarted, nodeStopped } from './events.ts';
import type { LivingState, ReeveNode } from './model.ts';
import { endNode, forgetOldNodes, insertNode, sayNodeLives, silentNodes } from './store.ts';

const EVERY_MS = 1_000;
const SILENT_MS = 8_000;

/** What a process says of itself, and what it is told. */
export interface NodeParts {
  readonly db: Db;
  readonly log: Log;
  readonly job: () => JobCtx;
  readonly node: Pick<ReeveNode, 'id' | 'name' | 'roles' | 'version'>;
  readonly state: () => LivingState;
  readonly liveSessions: () => number;
  /** Called each time it hears that somebody wants it to take no more sessions. */
  readonly drain: () => void;
}

/**
 * Puts this process on the list of nodes and keeps it there: says every second that it lives, hears whether it is to
 * drain, and says of others that fell silent that they are lost. The stop says that it was stopped in order.
 */
export async function holdNode(parts: NodeParts): Promise<() => Promise<void>> {
  const { db, log, job, node } = parts;
  await job().act({ action: 'node.keep' }, async (ctx, permit) => {
    await forgetOldNodes(ctx.tx);
    await insertNode(ctx.tx, { ...node, startedAt: ctx.now });
    await ctx.record(permit, { event: nodeStarted, data: { ...factsOf(node), version: node.version } });
  });
  const beat = async (): Promise<void> => {
    const heard = await sayNodeLives(db, { id: node.id, state: parts.state(), liveSessions: parts.liveSessions() });
    if (heard?.drain === true) parts.drain();
    for (const { id } of await silentNodes(db, SILENT_MS)) if (id !== node.id) await lose(job(), id);
  };
  let beating: Promise<void> | undefined;
  const timer = setInterval(() => {
    beating ??= beat()
      .catch((error: unknown) => log.warn('this node could not say that it is there', { error }))
      .finally(() => {
        beating = undefined;
      });
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    await beating;
    await job().act({ action: 'node.keep' }, async (ctx, permit) => {
      const ended = await endNode(ctx.tx, { id: node.id, state: 'stopped', at: ctx.now });
      if (ended !== undefined) await ctx.record(permit, { event: nodeStopped, data: factsOf(ended) });
    });
  };
}

const factsOf = ({ id, name, roles }: Pick<ReeveNode, 'id' | 'name' | 'roles'>) => ({
  nodeId: id,
  name,
  roles: [...roles],
});

async function lose(job: JobCtx, id: string): Promise<void> {
  await job.act({ action: 'node.keep' }, async (ctx, permit) => {
    const ended = await endNode(ctx.tx, { id, state: 'lost', at: ctx.now, silentMs: SILENT_MS });
    if (ended !== undefined) await ctx.record(permit, { event: nodeLost, data: factsOf(ended) });
  });
}

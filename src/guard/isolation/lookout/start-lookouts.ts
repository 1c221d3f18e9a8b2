import { TargetError, type Lookout, type Targets } from '#connectors/port.ts';
import type { Log } from '#kit/log/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { askDueProofs } from '../proof/ask-due-proofs.ts';
import { lookOnce, noteBlind } from './look-once.ts';
import { claimDue, stillOurs, type DueLookout } from './store.ts';

/** Systems looked at in one process at a time. */
const MOST = 20;
/** A connection is opened anew after so long, so that a new credential, host or pin is taken up. */
const OPEN_MS = 3_600_000;
/** How often it is asked whether a proof is due. */
const PROOFS_MS = 60_000;

interface OpenLookout {
  readonly lookout: Lookout;
  readonly since: number;
}

/**
 * Looks every second which systems are due, and keeps one connection open to each: one log-on an hour there, and one use
 * of its credential. Returns a stop that waits for the looks in hand and closes the connections.
 */
export function startLookouts(parts: {
  readonly job: () => JobCtx;
  readonly targets: Targets;
  readonly node: string;
  readonly log: Log;
  readonly everyMs?: number;
}): () => Promise<void> {
  const open = new Map<string, OpenLookout>();
  const busy = new Map<string, Promise<void>>();
  let proofsAt = 0;

  const close = async (systemId: string): Promise<void> => {
    const one = open.get(systemId);
    open.delete(systemId);
    await one?.lookout.close().catch(() => undefined);
  };
  const reach = async (systemId: string): Promise<Lookout> => {
    const known = open.get(systemId);
    if (known !== undefined && performance.now() - known.since < OPEN_MS) return known.lookout;
    await close(systemId);
    const lookout = await parts.targets.use(systemId, (connector, target) => {
      if (connector.isolation === undefined)
        throw new TargetError('unsupported', `log-ons of a system of kind ${target.kind} are not told`);
      return connector.isolation.lookOut(target);
    });
    open.set(systemId, { lookout, since: performance.now() });
    return lookout;
  };
  const look = async (job: JobCtx, due: DueLookout): Promise<void> => {
    try {
      await lookOnce(job, due, await reach(due.systemId));
    } catch (error) {
      await close(due.systemId);
      await noteBlind(job, due, error instanceof Error ? error.message : 'it could not be looked at');
    }
  };
  const tick = async (): Promise<void> => {
    const job = parts.job();
    if (performance.now() >= proofsAt) {
      proofsAt = performance.now() + PROOFS_MS;
      await askDueProofs(job);
    }
    const ours = open.size === 0 ? new Set<string>() : await stillOurs(job.db, parts.node, [...open.keys()]);
    for (const systemId of open.keys()) if (!ours.has(systemId) && !busy.has(systemId)) await close(systemId);
    if (busy.size >= MOST) return;
    for (const due of await claimDue(job.db, parts.node, job.clock.now(), MOST - busy.size)) {
      if (busy.has(due.systemId)) continue;
      const work = look(job, due)
        .catch((error: unknown) => parts.log.error('log-ons could not be looked for', { error, system: due.systemId }))
        .finally(() => busy.delete(due.systemId));
      busy.set(due.systemId, work);
    }
  };

  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= tick()
      .catch((error: unknown) => parts.log.error('which log-ons are to be looked for could not be read', { error }))
      .finally(() => {
        running = undefined;
      });
  }, parts.everyMs ?? 1_000);
  return async () => {
    clearInterval(timer);
    await running;
    await Promise.all(busy.values());
    await Promise.all([...open.keys()].map(close));
  };
}

import { isAway } from '#kit/db/index.ts';
import type { AdmissionEdges } from './edges.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;

/**
 * Does what has to be on record sooner or later, again and again while the database is away: how a session ended is not
 * forgotten because nobody answered just then. When the process ends first, whoever notices that this node is silent
 * closes the record. What fails for another reason is reported and given up.
 */
export async function untilKept(
  edges: Pick<AdmissionEdges, 'log'>,
  what: { readonly sessionId: string; readonly doing: string },
  work: () => Promise<void>,
): Promise<void> {
  const { sessionId, doing } = what;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isAway(error)) {
        edges.log.error(`${doing} failed`, { sessionId, error });
        return;
      }
      edges.log.warn(`${doing} waits for the database`, { sessionId, error });
      await new Promise<void>((done) => setTimeout(done, waitMs).unref());
    }
  }
}

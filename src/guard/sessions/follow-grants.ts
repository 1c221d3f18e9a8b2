import type { AdmissionEdges } from './edges.ts';
import { lookAgain } from './keep-or-end.ts';
import { restingOnEnded } from './store.ts';
import { GRANTS_EVERY_MS } from './times.ts';

/** The database tells it when a grant was ended or shortened, whoever did it. */
const CHANNEL = 'reeve_grants';

/**
 * Ends sessions of this node whose last grant is over, as soon as it is: the gateway looks itself, so that access ends
 * while nobody runs jobs. What is read is the state; the news only says when to look. Returns a stop.
 */
export async function followGrants(
  edges: Pick<AdmissionEdges, 'db' | 'live' | 'clock' | 'log' | 'node'>,
): Promise<() => Promise<void>> {
  let looking: Promise<void> | undefined;
  let again = false;
  const look = async (): Promise<void> => {
    const ids = await restingOnEnded(edges.db, edges.node, edges.clock.now());
    await Promise.all(ids.filter((id) => edges.live.isOpen(id)).map((id) => lookAgain(edges, id)));
  };
  const wake = (): void => {
    if (edges.live.size === 0) return;
    if (looking !== undefined) {
      again = true;
      return;
    }
    looking = look()
      .catch((error: unknown) => edges.log.warn('what sessions rest on could not be read', { error }))
      .finally(() => {
        looking = undefined;
        if (!again) return;
        again = false;
        wake();
      });
  };
  const stopListening = await edges.db.listen(CHANNEL, wake, wake);
  const timer = setInterval(wake, GRANTS_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await stopListening();
    await looking;
  };
}

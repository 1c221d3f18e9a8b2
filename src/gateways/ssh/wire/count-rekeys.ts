import type { Client, Connection } from 'ssh2';
import { socketOf } from './ssh2-surface.ts';

/** More key exchanges than this in ten seconds, with less than a megabyte each between them, are somebody burning our processor. */
const REKEYS = 20;
const WITHIN_MS = 10_000;
const MEGABYTE = 1024 * 1024;

/** Calls `tooMany` for a peer that asks for new keys far more often than its traffic needs. */
export function countRekeys(conn: Connection | Client, tooMany: () => void): void {
  const socket = socketOf(conn);
  let first = true;
  let rekeys = 0;
  let since = performance.now();
  let carried = 0;
  (conn as Client).on('handshake', () => {
    if (first) {
      first = false;
      return;
    }
    const total = socket.bytesRead + socket.bytesWritten;
    if (performance.now() - since > WITHIN_MS) [since, carried, rekeys] = [performance.now(), total, 0];
    rekeys += 1;
    if (rekeys > REKEYS + (total - carried) / MEGABYTE) tooMany();
  });
}

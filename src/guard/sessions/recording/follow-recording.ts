import type { Keys } from '#kit/crypto/index.ts';
import type { FollowedRecording } from '../edges.ts';
import { countChunks, readFrom } from './read-chunks.ts';
import { ShownLines, type Shown } from './shown-lines.ts';
import type { RecordingStore } from './store/port.ts';

/** Of files, one answer; what is more comes with the next. */
const MOST_BYTES = 256 * 1024;
/** Where watching begins that need not show it all: so many chunks back, some seconds of much going on. */
const TAIL = 12;
const LOOK_MS = 120;
const MOST_FOLLOWED = 500;

/**
 * Shows recordings as they are written, to whoever fetches on and on. Nothing of it touches the session: it reads whole
 * chunks, which appear at most 0.4 s after what is in them. How a terminal stands between two fetches is remembered for
 * each watch; where that is lost, as on another node, what was cut in two is not shown, and nothing worse.
 */
export function followRecordings(parts: { readonly store: RecordingStore; readonly keys: Keys }): FollowedRecording {
  const { store, keys } = parts;
  const followed = new Map<string, { readonly shown: ShownLines; next: number }>();

  const begin = async (sessionId: string, from: number): Promise<ShownLines> => {
    const shown = new ShownLines();
    // what began at the start says what is a terminal, and how large
    if (from > 0)
      for (const line of (await readFrom({ store, keys, sessionId }, 0, 1)).lines)
        if (line.k === 'start') shown.take(line);
    return shown;
  };
  const remember = (watchId: string, state: { readonly shown: ShownLines; next: number }): void => {
    followed.delete(watchId);
    followed.set(watchId, state);
    const oldest = followed.keys().next().value;
    if (followed.size > MOST_FOLLOWED && oldest !== undefined) followed.delete(oldest);
  };

  return async ({ watchId, sessionId, after, waitMs }) => {
    const from = after === 'tail' ? Math.max(0, (await countChunks(store, sessionId)) - TAIL) : after;
    const until = performance.now() + waitMs;
    const known = followed.get(watchId);
    const shown = known?.next === from ? known.shown : await begin(sessionId, from);
    let { lines, next } = await readFrom({ store, keys, sessionId }, from, MOST_BYTES);
    while (next === from && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      ({ lines, next } = await readFrom({ store, keys, sessionId }, from, MOST_BYTES));
    }
    const events: Shown[] = lines.flatMap((line) => shown.take(line));
    remember(watchId, { shown, next });
    return { events, next, size: shown.size ?? null, finished: lines.some((line) => line.k === 'finish') };
  };
}

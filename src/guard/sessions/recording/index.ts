import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Recordings } from '../edges.ts';
import { exportAsciicast } from './export-asciicast.ts';
import { exportText } from './export-text.ts';
import { followRecordings } from './follow-recording.ts';
import { DamagedChunk, manifestOf, readEnd, readLines } from './read-chunks.ts';
import { listFiles, readFile } from './read-files.ts';
import { readStatements } from './read-statements.ts';
import { recordSession } from './record-session.ts';
import type { Standing } from './keep-up.ts';
import type { RecordingStore } from './store/port.ts';
import { ChunkWriter } from './write-chunks.ts';

export { RECORDING_FILE } from './format.ts';
export type { Standing } from './keep-up.ts';
export { storeInBucket } from './store/in-bucket.ts';
export { storeInFolder } from './store/in-folder.ts';
export type { RecordingStore, WritingFiles } from './store/port.ts';

const BEGIN_WITHIN_MS = 10_000;

/** Opens the recordings in a store. `waitSeconds`: how long a session waits for a store that takes nothing; 0 ends it at once. */
export function openRecordings(parts: {
  readonly store: RecordingStore;
  readonly keys: Keys;
  readonly waitSeconds: number;
  readonly slowMs?: number;
  readonly bulkBytes?: number;
}): Recordings {
  const { store, keys, waitSeconds, slowMs, bulkBytes } = parts;
  const verify: Recordings['verify'] = async (sessionId, head) => {
    let chunks = 0;
    let last = '';
    let finished = false;
    const onChunk = (at: string): void => {
      chunks += 1;
      last = at;
    };
    try {
      const onBegin = (at: string): void => {
        last = at;
      };
      for await (const line of readLines({ store, keys, sessionId, onBegin, onChunk })) finished = line.k === 'finish';
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'recording.not_found';
      if (!isGone && !(error instanceof DamagedChunk)) throw error;
      const problem = isGone ? 'the recording is not in the store of this node' : error.message;
      return { ok: false, chunks, head: last, unfinished: false, cut: false, problem };
    }
    const cut = !finished && head !== undefined && head === last;
    const problem =
      head !== undefined && head !== last
        ? 'the recording does not end in the digest that the audit log holds: chunks are missing at its end, were added, or it was replaced'
        : finished || cut
          ? null
          : 'the recording was never closed; what is there is whole';
    return { ok: problem === null, chunks, head: last, unfinished: !finished, cut, problem };
  };
  return {
    begin: async (sessionId, meta) => {
      let standing: (now: Standing) => void = () => undefined;
      const beginning = ChunkWriter.begin({
        store,
        keys,
        sessionId,
        ...meta,
        waitSeconds,
        slowMs,
        standing: (now) => standing(now),
      });
      let writer: ChunkWriter;
      try {
        writer = await within(beginning, BEGIN_WITHIN_MS);
      } catch (cause) {
        throw new AppError({
          code: 'recording.cannot_begin',
          status: 503,
          detail: 'this session cannot be recorded, so it does not begin',
          fix: 'tell an administrator: the store of recordings takes nothing',
          cause,
        });
      }
      const started = performance.now();
      const recorder = recordSession(writer, started, () => performance.now(), bulkBytes);
      return {
        recorder,
        elapsedMs: () => performance.now() - started,
        onStanding: (tell) => {
          standing = tell;
        },
        finish: async () => {
          writer.add({ k: 'finish', t: Math.round(performance.now() - started) });
          return { head: await writer.finish() };
        },
      };
    },
    remove: (sessionId) => store.remove(sessionId),
    follow: followRecordings({ store, keys }),
    asciicast: async (sessionId) =>
      exportAsciicast(await manifestOf(store, sessionId), readLines({ store, keys, sessionId })),
    text: async (sessionId) => exportText(await manifestOf(store, sessionId), readLines({ store, keys, sessionId })),
    files: (sessionId, page) => listFiles(readLines({ store, keys, sessionId }), page),
    file: (sessionId, n, as) => readFile(readLines({ store, keys, sessionId }), n, as),
    statements: (sessionId, page) => readStatements(readLines({ store, keys, sessionId }), page),
    verify,
    end: async (sessionId) => {
      try {
        return { head: await readEnd({ store, keys, sessionId }), problem: null };
      } catch {
        // what of it is right, and where it stops to be, takes reading all of it
        const { head, problem, unfinished } = await verify(sessionId, undefined);
        return { head: head === '' ? undefined : head, problem: unfinished ? null : problem };
      }
    },
  };
}

/** Throws where something takes longer; it goes on by itself. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('the store of recordings did not answer in time')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

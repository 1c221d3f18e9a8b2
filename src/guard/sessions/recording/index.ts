import { mkdir, access, constants } from 'node:fs/promises';
import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Recordings } from '../edges.ts';
import { exportAsciicast } from './export-asciicast.ts';
import { followRecordings } from './follow-recording.ts';
import { DamagedChunk, manifestOf, readLines } from './read-chunks.ts';
import { readStatements } from './read-statements.ts';
import { recordSession } from './record-session.ts';
import { ChunkWriter } from './write-chunks.ts';

export { RECORDING_FILE } from './format.ts';

/** Opens the store of recordings in a folder. Throws where nothing can be written there. */
export async function openRecordings(parts: {
  readonly dir: string;
  readonly keys: Keys;
  readonly bulkBytes?: number;
}): Promise<Recordings> {
  const { dir, keys, bulkBytes } = parts;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await access(dir, constants.W_OK);
  return {
    begin: async (sessionId, meta) => {
      let writer: ChunkWriter;
      try {
        writer = await ChunkWriter.begin({ dir, keys, sessionId, ...meta });
      } catch (cause) {
        throw new AppError({
          code: 'recording.cannot_begin',
          status: 503,
          detail: 'this session cannot be recorded, so it does not begin',
          fix: 'tell an administrator: the recordings folder cannot be written',
          cause,
        });
      }
      const started = performance.now();
      const recorder = recordSession(writer, started, () => performance.now(), bulkBytes);
      return {
        recorder,
        finish: async () => {
          writer.add({ k: 'finish', t: Math.round(performance.now() - started) });
          return { head: await writer.finish() };
        },
      };
    },
    follow: followRecordings({ dir, keys }),
    asciicast: async (sessionId) =>
      exportAsciicast(await manifestOf(dir, sessionId), readLines({ dir, keys, sessionId })),
    statements: (sessionId, page) => readStatements(readLines({ dir, keys, sessionId }), page),
    verify: async (sessionId, head) => {
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
        for await (const line of readLines({ dir, keys, sessionId, onBegin, onChunk })) finished = line.k === 'finish';
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
    },
  };
}

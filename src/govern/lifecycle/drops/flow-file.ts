import type { FileHandle } from 'node:fs/promises';
import { flowingSha256 } from '#kit/crypto/index.ts';
import { decodeFlowing, UnreadableCsv, type CsvProblem } from '#kit/csv/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { FlowingDelivery } from '../runs/delivery.ts';

const CHUNK = 256 * 1024;

/**
 * Reads an open file through: what it is, and whether it is a CSV file at all. Its rows flow from it afterwards, in
 * bounded memory; a file that somebody writes to meanwhile throws `drop.changed`, and nothing of it counts.
 */
export async function flowFile(handle: FileHandle): Promise<FlowingDelivery> {
  const hash = flowingSha256();
  let last: number | undefined;
  let problem: CsvProblem | undefined;
  try {
    const watched = chunksOf(handle, (chunk) => {
      hash.add(chunk);
      last = chunk.at(-1);
    });
    for await (const _text of decodeFlowing(watched));
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    problem = error.problem;
  }
  const digest = hash.end();
  return { digest, endsWithNewline: last === 0x0a, problem, pieces: () => sameAgain(handle, digest) };
}

async function* sameAgain(handle: FileHandle, digest: Buffer): AsyncGenerator<string, void, void> {
  const hash = flowingSha256();
  yield* decodeFlowing(chunksOf(handle, (chunk) => hash.add(chunk)));
  if (!hash.end().equals(digest))
    throw conflict(
      'drop.changed',
      'the file changed while it was read',
      'put it there under another name and rename it',
    );
}

async function* chunksOf(handle: FileHandle, seen: (chunk: Buffer) => void): AsyncGenerator<Buffer, void, void> {
  const stream = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    seen(chunk);
    yield chunk;
  }
}

import { createHash } from 'node:crypto';
import { conflict, notFound } from '#kit/errors/index.ts';
import type { Line, PieceLine } from './format.ts';
import { DamagedChunk } from './read-chunks.ts';

/** A file that was kept with a recording. */
export interface KeptFile {
  readonly n: number;
  readonly atMs: number;
  readonly act: 'read' | 'write';
  readonly path: string;
  /** What flowed in all; null: the session ended before the file was closed. */
  readonly bytes: number | null;
  readonly kept: number;
  /** Of all that flowed, in the order in which it did. */
  readonly sha256: string | null;
  /** All that flowed is kept. */
  readonly whole: boolean;
  /** Where in the file the kept bytes belong, decimal, in the order in which they flowed. */
  readonly runs: readonly { readonly at: string; readonly bytes: number }[];
}

/** More of a file is not put together: a byte at the far end of nothing would be as large as a disk. */
const MOST_ASSEMBLED = 192 * 1024 * 1024;
const MOST_RUNS = 1000;

interface Found {
  readonly n: number;
  readonly atMs: number;
  readonly act: 'read' | 'write';
  readonly path: string;
  bytes: number | null;
  kept: number;
  sha256: string | null;
  readonly runs: { at: string; bytes: number; end: bigint }[];
}

/** Lists the files of a recording, `limit` from number `from` on; of a damaged one those before the damage. */
export async function listFiles(
  lines: AsyncIterable<Line>,
  page: { readonly from: number; readonly limit: number },
): Promise<{ readonly items: readonly KeptFile[]; readonly more: boolean; readonly problem: string | null }> {
  const found = new Map<number, Found>();
  let problem: string | null = null;
  let more = false;
  try {
    for await (const line of lines) {
      if (line.k === 'file' && line.f >= page.from + page.limit) more = true;
      else if (line.k === 'file' && line.f >= page.from) found.set(line.f, begun(line));
      else if (line.k === 'piece') take(found.get(line.f), line);
      else if (line.k === 'moved') close(found.get(line.f), line);
    }
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    problem = error.message;
  }
  return { items: [...found.values()].map(told), more, problem };
}

/**
 * The bytes of one file: put together at their places, holes filled with zeros, or as they flowed. What was kept whole is
 * held against its digest. Throws `kept_file.not_found`, `kept_file.scattered`, `integrity.kept_file`.
 */
export async function readFile(
  lines: AsyncIterable<Line>,
  n: number,
  as: 'file' | 'flow',
): Promise<{ readonly file: KeptFile; readonly content: Buffer }> {
  let found: Found | undefined;
  const pieces: PieceLine[] = [];
  try {
    for await (const line of lines) {
      if (line.k === 'file' && line.f === n) found = begun(line);
      else if (line.k === 'piece' && line.f === n) {
        take(found, line);
        pieces.push(line);
      } else if (line.k === 'moved' && line.f === n) {
        close(found, line);
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof DamagedChunk) || found === undefined) throw error;
    throw conflict('integrity.kept_file', `the recording is damaged before the end of this file: ${error.message}`);
  }
  if (found === undefined) throw notFound('kept file', String(n));
  const file = told(found);
  const flow = Buffer.concat(pieces.map(({ data }) => data));
  if (file.whole && createHash('sha256').update(flow).digest('hex') !== file.sha256)
    throw conflict('integrity.kept_file', 'what is kept is not what flowed: its digest is another');
  return { file, content: as === 'flow' ? flow : assembled(pieces) };
}

const begun = (line: Line & { readonly k: 'file' }): Found => ({
  n: line.f,
  atMs: line.t,
  act: line.act,
  path: line.path,
  bytes: null,
  kept: 0,
  sha256: null,
  runs: [],
});

function take(file: Found | undefined, { at, data }: PieceLine): void {
  if (file === undefined) return;
  file.kept += data.length;
  const last = file.runs.at(-1);
  const begins = BigInt(at);
  if (last?.end === begins) {
    last.bytes += data.length;
    last.end += BigInt(data.length);
  } else if (file.runs.length < MOST_RUNS)
    file.runs.push({ at, bytes: data.length, end: begins + BigInt(data.length) });
}

function close(file: Found | undefined, { bytes, sha256 }: Line & { readonly k: 'moved' }): void {
  if (file !== undefined) [file.bytes, file.sha256] = [bytes, sha256];
}

const told = ({ runs, ...file }: Found): KeptFile => ({
  ...file,
  whole: file.bytes === file.kept,
  runs: runs.map(({ at, bytes }) => ({ at, bytes })),
});

/** Each piece at its place; what flowed later lies over what flowed before. */
function assembled(pieces: readonly PieceLine[]): Buffer {
  let size = 0n;
  for (const { at, data } of pieces) {
    const end = BigInt(at) + BigInt(data.length);
    if (end > size) size = end;
  }
  if (size > BigInt(MOST_ASSEMBLED))
    throw conflict(
      'kept_file.scattered',
      `its pieces lie so far apart that the file would have ${size} bytes`,
      'fetch its pieces as they flowed (as: flow); where they belong is in the list',
    );
  const file = Buffer.alloc(Number(size));
  for (const { at, data } of pieces) data.copy(file, Number(at));
  return file;
}

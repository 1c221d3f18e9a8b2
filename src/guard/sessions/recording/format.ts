import type { BegunStatement, EndedStatement } from '#gateways/port.ts';
import { sha256 } from '#kit/crypto/index.ts';

/** Version 1 of the recording format: a manifest and numbered chunks, see README.md. */
export interface Manifest {
  readonly format: 'reeve-recording-1';
  readonly sessionId: string;
  readonly title: string;
  readonly startedAt: string;
  /** The key of this recording, wrapped; base64. */
  readonly key: string;
}

/** One line inside a chunk. `t` is milliseconds since the session began, `c` the channel. */
export type Line =
  | {
      readonly k: 'start';
      readonly t: number;
      readonly c: number;
      readonly kind: string;
      readonly command?: string;
      readonly term?: string;
      readonly cols?: number;
      readonly rows?: number;
    }
  | OutputLine
  | { readonly k: 'r'; readonly t: number; readonly c: number; readonly cols: number; readonly rows: number }
  /** From here on a bulk channel is kept as a running digest, not byte by byte. */
  | { readonly k: 'digest'; readonly t: number; readonly c: number; readonly after: number }
  | {
      readonly k: 'end';
      readonly t: number;
      readonly c: number;
      readonly code?: number;
      readonly signal?: string;
      readonly bytesOut: number;
      readonly bytesIn: number;
      readonly sha256: string;
    }
  | StatementLine
  | FileLine
  | { readonly k: 'finish'; readonly t: number };

/** Statements: their texts once each, what was run with which values, and what came of it after `us` microseconds. */
export type StatementLine =
  | { readonly k: 'text'; readonly t: number; readonly c: number; readonly s: number; readonly text: string }
  | ({ readonly k: 'q'; readonly t: number; readonly c: number; readonly n: number; readonly s: number } & Omit<
      BegunStatement,
      'text'
    >)
  | ({
      readonly k: 'd';
      readonly t: number;
      readonly c: number;
      readonly n: number;
      readonly us: number;
    } & EndedStatement);

/** A file that is kept: what it is, its pieces in the order in which they flowed, and what flowed in all. */
export type FileLine =
  | {
      readonly k: 'file';
      readonly t: number;
      readonly c: number;
      readonly f: number;
      readonly act: 'read' | 'write';
      readonly path: string;
    }
  | PieceLine
  | {
      readonly k: 'moved';
      readonly t: number;
      readonly c: number;
      readonly f: number;
      readonly bytes: number;
      readonly kept: number;
      /** Of all that flowed, kept or not. */
      readonly sha256: string;
    };

/** A piece of a file; `at` is its place in it, decimal, since files may be larger than numbers are exact. */
export interface PieceLine {
  readonly k: 'piece';
  readonly t: number;
  readonly c: number;
  readonly f: number;
  readonly at: string;
  readonly data: Buffer;
}

/** What the target sent, byte for byte; `e` when it came as error output. */
export interface OutputLine {
  readonly k: 'o';
  readonly t: number;
  readonly c: number;
  readonly e?: true;
  readonly data: Buffer;
}

/**
 * A line as it is put down: its JSON and a line feed as text, and for output and pieces of files the bytes that follow,
 * whose number the JSON says.
 */
export function encodeLine(line: Line): { readonly text: string; readonly data?: Buffer } {
  if (line.k !== 'o' && line.k !== 'piece') return { text: `${JSON.stringify(line)}\n` };
  const { data, ...rest } = line;
  return { text: `${JSON.stringify({ ...rest, n: data.length })}\n`, data };
}

/** Reads what `encodeLine` wrote, one after the other. Throws for anything else. */
export function* decodeLines(body: Buffer): Generator<Line> {
  for (let at = 0; at < body.length;) {
    const end = body.indexOf(0x0a, at);
    if (end < 0) throw new Error('a line of a recording does not end');
    const read: unknown = JSON.parse(body.toString('utf8', at, end));
    if (typeof read !== 'object' || read === null) throw new Error('a line of a recording is none');
    const line = read as Exclude<Line, OutputLine | PieceLine> | ((OutputLine | PieceLine) & { n: number });
    at = end + 1;
    if (line.k !== 'o' && line.k !== 'piece') yield line;
    else {
      const { n, ...rest } = line;
      if (!Number.isSafeInteger(n) || n < 0 || at + n > body.length)
        throw new Error('bytes of a recording are cut short');
      yield { ...rest, data: body.subarray(at, at + n) };
      at += n;
    }
  }
}

const MAGIC = Buffer.from('RVC1');
const HASH = 32;
export const CODECS = { none: 0, gzip: 1, zstd: 2 } as const;
export type Codec = keyof typeof CODECS;

/** A chunk file: magic 4 · codec 1 · hash of the file before 32 · sealed body. */
export const packChunk = (codec: Codec, previous: Buffer, sealed: Buffer): Buffer =>
  Buffer.concat([MAGIC, Buffer.of(CODECS[codec]), previous, sealed]);

/** Reads a chunk file's parts; undefined when it is none. */
export function unpackChunk(
  file: Buffer,
): { readonly codec: Codec; readonly previous: Buffer; readonly sealed: Buffer } | undefined {
  if (file.length < MAGIC.length + 1 + HASH || !file.subarray(0, 4).equals(MAGIC)) return undefined;
  const codec = (Object.keys(CODECS) as Codec[]).find((name) => CODECS[name] === file[4]);
  if (codec === undefined) return undefined;
  return { codec, previous: file.subarray(5, 5 + HASH), sealed: file.subarray(5 + HASH) };
}

export const MANIFEST = 'manifest.json';
export const chunkName = (n: number): string => `${String(n).padStart(6, '0')}.rvc`;
/** What a recording consists of, below the folder of all of them. */
export const RECORDING_FILE = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/(?:manifest\.json|[0-9]{6}\.rv[cp])$/u;
export const hashOf = (file: Buffer): Buffer => sha256(file);

/** What binds a chunk to its place: session, number, codec and all that came before. */
export const chunkContext = (sessionId: string, n: number, codec: Codec, previous: Buffer): string =>
  `recording/${sessionId}/${n}/${codec}/${previous.toString('hex')}`;

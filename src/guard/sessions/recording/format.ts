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
      readonly cols?: number;
      readonly rows?: number;
    }
  | { readonly k: 'o'; readonly t: number; readonly c: number; readonly d: string }
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
  | { readonly k: 'finish'; readonly t: number };

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

export const chunkName = (n: number): string => `${String(n).padStart(6, '0')}.rvc`;
export const hashOf = (file: Buffer): Buffer => sha256(file);

/** What binds a chunk to its place: session, number, codec and all that came before. */
export const chunkContext = (sessionId: string, n: number, codec: Codec, previous: Buffer): string =>
  `recording/${sessionId}/${n}/${codec}/${previous.toString('hex')}`;

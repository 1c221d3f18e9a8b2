import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Codec } from './format.ts';

type Squeeze = (data: Buffer) => Promise<Buffer>;
/** Node has zstd from 22.15 on; older ones use gzip. Each chunk says which it is. */
const zstd = zlib as unknown as {
  readonly zstdCompress?: (data: Buffer, done: (error: Error | null, out: Buffer) => void) => void;
  readonly zstdDecompress?: (
    data: Buffer,
    options: { maxOutputLength: number },
    done: (error: Error | null, out: Buffer) => void,
  ) => void;
};
const gzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip);

/** The best codec this Node has; it runs on the thread pool, never on the event loop. */
export const codec: Codec = zstd.zstdCompress === undefined ? 'gzip' : 'zstd';

export const squeeze: Squeeze = (data) =>
  zstd.zstdCompress === undefined
    ? gzip(data, { level: 1 })
    : new Promise((done, fail) =>
        zstd.zstdCompress?.(data, (error, out) => (error === null ? done(out) : fail(error))),
      );

/** A chunk holds 64 KiB and what arrived while it was written; more than this was not made by Reeve. */
const MOST = 64 * 1024 * 1024;

/** Expands a chunk's body. Throws for one that is damaged, too large, or made with a codec this Node lacks. */
export async function expand(name: Codec, data: Buffer): Promise<Buffer> {
  if (name === 'none') return data;
  if (name === 'gzip') return await gunzip(data, { maxOutputLength: MOST });
  if (zstd.zstdDecompress === undefined)
    throw new Error('this recording was made with zstd, which needs Node 22.15 or newer');
  return await new Promise((done, fail) =>
    zstd.zstdDecompress?.(data, { maxOutputLength: MOST }, (error, out) => (error === null ? done(out) : fail(error))),
  );
}

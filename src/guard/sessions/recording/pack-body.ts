import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Codec } from './format.ts';

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

const squeeze = (data: Buffer): Promise<Buffer> =>
  zstd.zstdCompress === undefined
    ? gzip(data, { level: 1 })
    : new Promise((done, fail) =>
        zstd.zstdCompress?.(data, (error, out) => (error === null ? done(out) : fail(error))),
      );

/** Less than this is not worth it: setting a compressor up costs more than everything else that is done with a chunk. */
const WORTH_IT = 1024;
const SAMPLE = 4096;
const SHRINKS_BELOW = 7.5;

/**
 * Whether compressing is worth its time: the entropy of a sample, in bits a byte. Text has 4 to 5, programs 6;
 * archives, images and anything encrypted have nearly 8 and only get longer.
 */
function shrinks(body: Buffer): boolean {
  const step = Math.max(1, Math.floor(body.length / SAMPLE));
  const counts = new Uint32Array(256);
  let taken = 0;
  for (let at = 0; at < body.length; at += step) {
    const byte = body[at] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
    taken += 1;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / taken) * Math.log2(count / taken);
  return taken < SAMPLE || bits < SHRINKS_BELOW;
}

/** Compresses a body with the best codec this Node has, on the thread pool, never on the event loop. */
export async function pack(body: Buffer): Promise<{ readonly codec: Codec; readonly bytes: Buffer }> {
  if (body.length < WORTH_IT || !shrinks(body)) return { codec: 'none', bytes: body };
  return { codec: zstd.zstdCompress === undefined ? 'gzip' : 'zstd', bytes: await squeeze(body) };
}

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

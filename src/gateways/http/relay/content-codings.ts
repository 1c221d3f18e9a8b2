import { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { valuesOf, type RawHeaders } from '../rules/check-framing.ts';

/** A stream of what a coded one says; made when its first bytes are there. */
export type Decoder = (first: Buffer) => Transform;

const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH } = zlib.constants;
/** All that is there is given out at once; one that is cut short is none's error but its reader's. */
const ZLIB = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };

const gzip: Decoder = () => zlib.createGunzip(ZLIB);
const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  // what most call deflate has the header of zlib, and some have none
  [
    'deflate',
    (first: Buffer) => (((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate(ZLIB) : zlib.createInflateRaw(ZLIB)),
  ],
  ['br', () => zlib.createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH })],
  ...zstd(),
]);

/** Where this Node has it. */
function zstd(): readonly (readonly [string, Decoder])[] {
  const { createZstdDecompress: make } = zlib as { createZstdDecompress?: () => Transform };
  return make === undefined ? [] : [['zstd', () => make()]];
}

const codings = (raw: RawHeaders): readonly string[] =>
  valuesOf(raw, 'content-encoding')
    .flatMap((list) => list.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');

/** How the body of an answer is read; `unknown` where it cannot be. */
export function decoderOf(raw: RawHeaders): Decoder | 'plain' | 'unknown' {
  const [coding, another] = codings(raw);
  if (coding === undefined) return 'plain';
  return another === undefined ? (DECODERS.get(coding) ?? 'unknown') : 'unknown';
}

/** Of the codings a client takes, those in which answers can be looked into. */
export const readableCodings = (accepted: string): string =>
  accepted
    .split(',')
    .map((one) => one.trim())
    .filter((one) => {
      const name = (one.split(';', 1)[0] ?? '').trim().toLowerCase();
      return name === 'identity' || DECODERS.has(name) || /^\*\s*;\s*q=0(?:\.0*)?$/.test(one);
    })
    .join(', ');

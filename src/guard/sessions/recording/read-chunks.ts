import { open, unwrapKey, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import {
  chunkContext,
  chunkName,
  decodeLines,
  hashOf,
  MANIFEST,
  unpackChunk,
  type Codec,
  type Line,
  type Manifest,
} from './format.ts';
import { expand } from './pack-body.ts';
import type { RecordingStore } from './store/port.ts';

/** A chunk that is not what was written: which, and how it shows. */
export class DamagedChunk extends Error {
  readonly chunk: number;
  constructor(chunk: number, what: string) {
    super(`chunk ${chunk} ${what}`);
    this.chunk = chunk;
  }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a recording is, and what opens it. */
export interface ReadRecording {
  readonly store: RecordingStore;
  readonly keys: Keys;
  readonly sessionId: string;
}

async function readManifest(store: RecordingStore, sessionId: string): Promise<Buffer> {
  // The id comes from a URL: anything but an id could name a path outside the store.
  if (!ID.test(sessionId)) throw notFound('recording', sessionId);
  const text = await store.read(sessionId, MANIFEST);
  if (text === undefined) throw notFound('recording', sessionId);
  return text;
}

/**
 * Reads a recording's lines in order, checking chain and seal of every chunk first. Calls `onBegin` with the digest the
 * chain begins at, and `onChunk` with the one after each. Throws DamagedChunk at the first that was altered, swapped, or taken from another recording.
 */
export async function* readLines(
  parts: ReadRecording & { readonly onBegin?: (head: string) => void; readonly onChunk?: (head: string) => void },
): AsyncGenerator<Line> {
  const { store, keys, sessionId } = parts;
  const text = await readManifest(store, sessionId);
  const key = keyOf(keys, text, sessionId);
  const names = new Set((await store.names(sessionId)).filter((name) => name.endsWith('.rvc')));
  let previous = hashOf(text);
  parts.onBegin?.(previous.toString('hex'));
  for (let n = 0; n < names.size; n += 1) {
    const file = names.has(chunkName(n)) ? await store.read(sessionId, chunkName(n)) : undefined;
    if (file === undefined) throw new DamagedChunk(n, 'is missing');
    const lines = await openChunk(key, { sessionId, n, previous }, file);
    previous = hashOf(file);
    parts.onChunk?.(previous.toString('hex'));
    yield* lines;
  }
}

/** The key of one recording, out of its manifest. */
function keyOf(keys: Keys, manifest: Buffer, sessionId: string): SealingKey {
  const { key } = parseManifest(manifest, sessionId);
  try {
    return unwrapKey(keys.sealing('recordings'), Buffer.from(key, 'base64'), `recording/${sessionId}`);
  } catch {
    throw new DamagedChunk(0, 'cannot be opened: the manifest was altered or belongs to another recording');
  }
}

/**
 * Reads chunks from the n-th on, as many as are there and until `most` bytes of files were read. Each is proved to be of
 * this recording and in its place; that none before it was altered is not looked at. For watching as it is written.
 */
export async function readFrom(
  parts: ReadRecording,
  from: number,
  most: number,
): Promise<{ readonly lines: readonly Line[]; readonly next: number }> {
  const { store, keys, sessionId } = parts;
  const key = keyOf(keys, await readManifest(store, sessionId), sessionId);
  const lines: Line[] = [];
  let [n, read] = [from, 0];
  for (; read < most; n += 1) {
    const file = await store.read(sessionId, chunkName(n)).catch(() => undefined);
    const previous = file === undefined ? undefined : unpackChunk(file)?.previous;
    if (file === undefined) break;
    if (previous === undefined) throw new DamagedChunk(n, 'is not a chunk of a recording');
    lines.push(...(await openChunk(key, { sessionId, n, previous }, file)));
    read += file.length;
  }
  return { lines, next: n };
}

/**
 * The digest a recording ends in, hex: of its last chunk, whose place and seal are proved, or of its manifest. What lies
 * before is not looked at: the last chunk is bound to the one before it, and so on. Throws DamagedChunk, also where one is missing.
 */
export async function readEnd({ store, keys, sessionId }: ReadRecording): Promise<string> {
  const text = await readManifest(store, sessionId);
  const key = keyOf(keys, text, sessionId);
  const names = new Set((await store.names(sessionId)).filter((name) => name.endsWith('.rvc')));
  if (names.size === 0) return hashOf(text).toString('hex');
  for (let n = 0; n < names.size; n += 1) if (!names.has(chunkName(n))) throw new DamagedChunk(n, 'is missing');
  const last = names.size - 1;
  const file = await store.read(sessionId, chunkName(last));
  const previous = file === undefined ? undefined : unpackChunk(file)?.previous;
  if (file === undefined || previous === undefined) throw new DamagedChunk(last, 'is not a chunk of a recording');
  openSeal(key, { sessionId, n: last, previous }, file);
  return hashOf(file).toString('hex');
}

/** How many chunks there are. */
export const countChunks = async (store: RecordingStore, sessionId: string): Promise<number> =>
  ID.test(sessionId)
    ? (await store.names(sessionId).catch(() => [])).filter((name) => name.endsWith('.rvc')).length
    : 0;

function parseManifest(text: Buffer, sessionId: string): Manifest {
  try {
    const manifest = JSON.parse(text.toString('utf8')) as Manifest;
    if (manifest.format === 'reeve-recording-1' && manifest.sessionId === sessionId) return manifest;
  } catch {
    // falls through
  }
  throw new DamagedChunk(0, 'cannot be opened: the manifest is not one of this recording');
}

/** Where a chunk stands. */
interface ChunkPlace {
  readonly sessionId: string;
  readonly n: number;
  readonly previous: Buffer;
}

/** The lines of one chunk, after its place in the chain and its seal are proved. */
async function openChunk(key: SealingKey, place: ChunkPlace, file: Buffer): Promise<Line[]> {
  const { codec, body } = openSeal(key, place, file);
  try {
    return [...decodeLines(await expand(codec, body))];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DamagedChunk(place.n, `opens but does not read: ${why}`);
  }
}

function openSeal(key: SealingKey, place: ChunkPlace, file: Buffer): { readonly codec: Codec; readonly body: Buffer } {
  const { sessionId, n, previous } = place;
  const parts = unpackChunk(file);
  if (parts === undefined) throw new DamagedChunk(n, 'is not a chunk of a recording');
  if (!parts.previous.equals(previous))
    throw new DamagedChunk(n, 'does not follow the chunk before it: one was altered, reordered or swapped');
  try {
    return { codec: parts.codec, body: open(key, parts.sealed, chunkContext(sessionId, n, parts.codec, previous)) };
  } catch {
    throw new DamagedChunk(n, 'does not open: it was altered or cut short');
  }
}

/** The manifest of a recording, for its title and start. */
export const manifestOf = async (store: RecordingStore, sessionId: string): Promise<Manifest> =>
  parseManifest(await readManifest(store, sessionId), sessionId);

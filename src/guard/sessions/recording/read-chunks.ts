import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open, unwrapKey, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { chunkContext, chunkName, decodeLines, hashOf, unpackChunk, type Line, type Manifest } from './format.ts';
import { expand } from './pack-body.ts';

/** A chunk that is not what was written: which, and how it shows. */
export class DamagedChunk extends Error {
  readonly chunk: number;
  constructor(chunk: number, what: string) {
    super(`chunk ${chunk} ${what}`);
    this.chunk = chunk;
  }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function readManifest(folder: string, sessionId: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, 'manifest.json'));
  } catch {
    throw notFound('recording', sessionId);
  }
}

/**
 * Reads a recording's lines in order, checking chain and seal of every chunk first. Calls `onChunk` with the digest
 * after each. Throws DamagedChunk at the first that was altered, swapped, or taken from another recording.
 */
export async function* readLines(parts: {
  readonly dir: string;
  readonly keys: Keys;
  readonly sessionId: string;
  readonly onChunk?: (head: string) => void;
}): AsyncGenerator<Line> {
  const { dir, keys, sessionId } = parts;
  // The id comes from a URL: anything but an id could name a path outside the store.
  if (!ID.test(sessionId)) throw notFound('recording', sessionId);
  const folder = join(dir, sessionId);
  const text = await readManifest(folder, sessionId);
  const manifest = parseManifest(text, sessionId);
  const wrapping = keys.sealing('recordings');
  let key: SealingKey;
  try {
    key = unwrapKey(wrapping, Buffer.from(manifest.key, 'base64'), `recording/${sessionId}`);
  } catch {
    throw new DamagedChunk(0, 'cannot be opened: the manifest was altered or belongs to another recording');
  }
  const names = new Set((await readdir(folder)).filter((name) => name.endsWith('.rvc')));
  let previous = hashOf(text);
  for (let n = 0; n < names.size; n += 1) {
    if (!names.has(chunkName(n))) throw new DamagedChunk(n, 'is missing');
    const file = await readFile(join(folder, chunkName(n)));
    const lines = await openChunk(key, { sessionId, n, previous }, file);
    previous = hashOf(file);
    parts.onChunk?.(previous.toString('hex'));
    yield* lines;
  }
}

function parseManifest(text: Buffer, sessionId: string): Manifest {
  try {
    const manifest = JSON.parse(text.toString('utf8')) as Manifest;
    if (manifest.format === 'reeve-recording-1' && manifest.sessionId === sessionId) return manifest;
  } catch {
    // falls through
  }
  throw new DamagedChunk(0, 'cannot be opened: the manifest is not one of this recording');
}

/** The lines of one chunk, after its place in the chain and its seal are proved. */
async function openChunk(
  key: SealingKey,
  place: { readonly sessionId: string; readonly n: number; readonly previous: Buffer },
  file: Buffer,
): Promise<Line[]> {
  const { sessionId, n, previous } = place;
  const parts = unpackChunk(file);
  if (parts === undefined) throw new DamagedChunk(n, 'is not a chunk of a recording');
  if (!parts.previous.equals(previous))
    throw new DamagedChunk(n, 'does not follow the chunk before it: one was altered, reordered or swapped');
  let body: Buffer;
  try {
    body = open(key, parts.sealed, chunkContext(sessionId, n, parts.codec, previous));
  } catch {
    throw new DamagedChunk(n, 'does not open: it was altered or cut short');
  }
  try {
    return [...decodeLines(await expand(parts.codec, body))];
  } catch (cause) {
    throw new DamagedChunk(n, `opens but does not read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The manifest of a recording, for its title and start. */
export async function manifestOf(dir: string, sessionId: string): Promise<Manifest> {
  if (!ID.test(sessionId)) throw notFound('recording', sessionId);
  return parseManifest(await readManifest(join(dir, sessionId), sessionId), sessionId);
}

import type { OpenFile } from './open-file.ts';

/**
 * A pack holds chunks that follow each other, each with its length before it (4 bytes, big-endian), and is named after the
 * number of its first. A typist makes a small chunk every half second; a file for each costs ten times what it takes to
 * append it.
 */
const HEAD = 4;
/** Larger chunks are files of their own. */
export const PACKED_BELOW = 16 * 1024;
const MOST_BYTES = 1024 * 1024;

const NAME = /^([0-9]{6})\.rvp$/u;
const CHUNK = /^([0-9]{6})\.rvc$/u;
export const numberOf = (chunk: string): number | undefined => {
  const digits = CHUNK.exec(chunk)?.[1];
  return digits === undefined ? undefined : Number(digits);
};
export const isPack = (name: string): boolean => NAME.test(name);
const digits = (n: number): string => String(n).padStart(6, '0');

/**
 * The pack that is being written. A write that fails is made again at the same place, so that nothing is torn in its
 * middle. It is open only until what was written is on disk: a thousand sessions that wait for their people hold no files,
 * and a disk can be taken away.
 */
export class WritingPack {
  readonly path: string;
  #next: number;
  #at = 0;

  constructor(folder: string, first: number) {
    this.path = `${folder}/${digits(first)}.rvp`;
    this.#next = first;
  }

  /** Whether a chunk goes on in this pack. */
  takes(n: number): boolean {
    return n === this.#next && this.#at < MOST_BYTES;
  }

  get empty(): boolean {
    return this.#at === 0;
  }

  /** In one piece: a reader, or whoever finds it after a crash, sees all of it or an end that is cut, which counts as not there. */
  async write(file: OpenFile, data: Buffer): Promise<void> {
    const frame = Buffer.allocUnsafe(HEAD + data.length);
    frame.writeUInt32BE(data.length, 0);
    data.copy(frame, HEAD);
    await file.write(frame, this.#at);
    this.#at += frame.length;
    this.#next += 1;
  }
}

/** Where the packs of one recording are. */
export interface PackPlace {
  /** Different for each recording. */
  readonly key: string;
  /** What its names are. */
  readonly names: readonly string[];
  /** How a pack stands now, in words that change when it does; it is read anew then. */
  state(name: string): Promise<string>;
  read(name: string): Promise<Buffer>;
}

/** Packs that were read last, since they are read chunk by chunk. */
const MOST_KEPT = 8;

/** Reads chunks out of packs. */
export class Packs {
  readonly #kept = new Map<string, { readonly state: string; readonly chunks: readonly Buffer[] }>();

  /** A chunk; undefined where no pack holds it. */
  async read(place: PackPlace, n: number): Promise<Buffer | undefined> {
    const first = firstsOf(place.names).findLast((number) => number <= n);
    return first === undefined ? undefined : (await this.#open(place, first))[n - first];
  }

  /** The names of all chunks in packs. */
  async names(place: PackPlace): Promise<readonly string[]> {
    const found: string[] = [];
    for (const first of firstsOf(place.names))
      for (const i of (await this.#open(place, first)).keys()) found.push(`${digits(first + i)}.rvc`);
    return found;
  }

  async #open(place: PackPlace, first: number): Promise<readonly Buffer[]> {
    const name = `${digits(first)}.rvp`;
    const key = `${place.key}/${name}`;
    const state = await place.state(name);
    const kept = this.#kept.get(key);
    if (kept?.state === state) return kept.chunks;
    const chunks = [...framesOf(await place.read(name))];
    this.#kept.delete(key);
    this.#kept.set(key, { state, chunks });
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return chunks;
  }
}

const firstsOf = (names: readonly string[]): readonly number[] =>
  names
    .map((name) => NAME.exec(name)?.[1])
    .filter((first) => first !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b);

/** Every whole chunk of a pack; what is cut at its end was never there, nor was what a crash left of zeroes. */
export function* framesOf(pack: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEAD <= pack.length;) {
    const end = at + HEAD + pack.readUInt32BE(at);
    if (end > pack.length || end === at + HEAD) return;
    yield pack.subarray(at + HEAD, end);
    at = end;
  }
}

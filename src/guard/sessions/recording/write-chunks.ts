import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newDataKey, seal, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import {
  chunkContext,
  chunkName,
  encodeLine,
  hashOf,
  MANIFEST,
  packChunk,
  type Codec,
  type Line,
  type Manifest,
} from './format.ts';
import { pack } from './pack-body.ts';
import { SyncLater } from './sync-later.ts';

const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 400;
/** While a chunk is being written the next may grow to this: fewer and larger ones when much flows. */
const BEHIND_BYTES = 512 * 1024;
/** Above this the recorder asks to stop reading, below the lower mark to go on. */
const FULL_BYTES = 4 * 1024 * 1024;
const EASED_BYTES = 1024 * 1024;

/** Writes a file under another name first: a reader finds it whole or not at all, wherever Reeve is killed. */
async function writeWhole(path: string, data: Buffer): Promise<void> {
  await writeFile(`${path}.part`, data, { mode: 0o600 });
  await rename(`${path}.part`, path);
}

/**
 * Writes the chunks of one recording in order, each sealed and chained to the one before, at most 0.4 s after its
 * first line, and on disk at most 0.4 s later. Compression and the disk's work run on the thread pool. What waits is
 * bounded: see `full`.
 */
export class ChunkWriter {
  readonly #folder: string;
  readonly #sessionId: string;
  readonly #key: SealingKey;
  readonly #disk: SyncLater;
  #previous: Buffer;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writingBytes = 0;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #drained: { promise: Promise<void>; done: () => void } | undefined;
  #fail: (error: Error) => void = () => {};
  #broken = false;
  /** Rejects when a chunk could not be written; the session must end. */
  readonly failed: Promise<never>;

  private constructor(dir: string, sessionId: string, key: SealingKey, manifest: Buffer) {
    this.#folder = join(dir, sessionId);
    this.#sessionId = sessionId;
    this.#key = key;
    this.#previous = hashOf(manifest);
    this.#disk = new SyncLater({ folder: this.#folder, parent: dir, failed: (error) => this.#breakOff(error) });
    this.#disk.note(join(this.#folder, MANIFEST));
    this.failed = new Promise<never>((_, fail) => {
      this.#fail = fail;
    });
    this.failed.catch(() => undefined);
  }

  /** Begins a recording: its folder and manifest are there when this returns. Throws where they cannot be made. */
  static async begin(parts: {
    readonly dir: string;
    readonly keys: Keys;
    readonly sessionId: string;
    readonly title: string;
    readonly startedAt: Date;
  }): Promise<ChunkWriter> {
    const folder = join(parts.dir, parts.sessionId);
    const { key, wrapped } = newDataKey(parts.keys.sealing('recordings'), `recording/${parts.sessionId}`);
    const manifest: Manifest = {
      format: 'reeve-recording-1',
      sessionId: parts.sessionId,
      title: parts.title,
      startedAt: parts.startedAt.toISOString(),
      key: wrapped.toString('base64'),
    };
    const text = Buffer.from(`${JSON.stringify(manifest)}\n`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(join(folder, MANIFEST), text);
    return new ChunkWriter(parts.dir, parts.sessionId, key, text);
  }

  get full(): boolean {
    return this.#waitingBytes + this.#writingBytes > FULL_BYTES;
  }

  /** Takes a line; the answer is false when the source should stop until `drained`. */
  add(line: Line): boolean {
    if (this.#broken) return false;
    for (const part of encodeLine(line)) {
      this.#waiting.push(part);
      this.#waitingBytes += part.length;
    }
    if (this.#waitingBytes >= (this.#writingBytes === 0 ? FLUSH_BYTES : BEHIND_BYTES)) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    return !this.full;
  }

  drained(): Promise<void> {
    if (!this.full) return Promise.resolve();
    if (this.#drained === undefined) {
      let done = (): void => {};
      const promise = new Promise<void>((resolve) => {
        done = resolve;
      });
      this.#drained = { promise, done };
    }
    return this.#drained.promise;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0 || this.#broken) return;
    const bytes = this.#waitingBytes;
    // compressed side by side, sealed and chained one after the other
    const packed = pack(Buffer.concat(this.#waiting, bytes));
    packed.catch(() => undefined);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writingBytes += bytes;
    this.#writing = this.#writing
      .then(async () => this.#writeChunk(await packed))
      .catch((error: unknown) => this.#breakOff(error))
      .finally(() => {
        this.#writingBytes -= bytes;
        if (this.#waitingBytes >= FLUSH_BYTES) this.#flush();
        if (this.#drained !== undefined && (this.#broken || this.#waitingBytes + this.#writingBytes < EASED_BYTES)) {
          this.#drained.done();
          this.#drained = undefined;
        }
      });
  }

  #breakOff(error: unknown): void {
    this.#broken = true;
    this.#fail(error instanceof Error ? error : new Error(String(error)));
  }

  async #writeChunk({ codec, bytes }: { readonly codec: Codec; readonly bytes: Buffer }): Promise<void> {
    if (this.#broken) return;
    const n = this.#count;
    const sealed = seal(this.#key, bytes, chunkContext(this.#sessionId, n, codec, this.#previous));
    const file = packChunk(codec, this.#previous, sealed);
    const path = join(this.#folder, chunkName(n));
    await writeWhole(path, file);
    this.#count += 1;
    this.#previous = hashOf(file);
    this.#disk.note(path);
    if (this.#disk.behind) await this.#disk.settle();
  }

  /** Writes what is left, to the disk, and returns the digest the chain ends in, hex. Throws when a chunk could not be written. */
  async finish(): Promise<string> {
    this.#flush();
    await this.#writing;
    await this.#disk.settle().catch((error: unknown) => this.#breakOff(error));
    if (this.#broken) await this.failed;
    return this.#previous.toString('hex');
  }
}

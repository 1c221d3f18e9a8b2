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
import { KeepUp, type Standing } from './keep-up.ts';
import { pack } from './pack-body.ts';
import { RecordingLost } from './recording-lost.ts';
import type { RecordingStore, WritingFiles } from './store/port.ts';

const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 400;
/** While a chunk is being written the next may grow to this: fewer and larger ones when much flows. */
const BEHIND_BYTES = 512 * 1024;
/** Above this the recorder asks to stop reading, below the lower mark to go on. */
const FULL_BYTES = 4 * 1024 * 1024;
const EASED_BYTES = 1024 * 1024;
const AGAIN_MS = 500;
/** What a session shows may wait so long to be in the store; longer, and the store is slow. */
const SLOW_MS = 5_000;
/** Once nothing follows, the store has at least so long to take what is left. */
const LEAST_TO_FINISH_MS = 5_000;

/** What a recording is begun with. */
export interface BeginRecording {
  readonly store: RecordingStore;
  readonly keys: Keys;
  readonly sessionId: string;
  readonly title: string;
  readonly startedAt: Date;
  /** How long the store may take nothing before the session must end; 0: it ends at once. */
  readonly waitSeconds: number;
  /** What a session shows may wait so long to be in the store; absent: 5 s. */
  readonly slowMs?: number | undefined;
  /** Told when the store falls behind, catches up, and when it is over. */
  readonly standing: (standing: Standing) => void;
}

/**
 * Writes the chunks of one recording in order, each sealed and chained to the one before, at most 0.4 s after its
 * first line. Compression and the store's work run on the thread pool. What waits is bounded: see `full`. A chunk the
 * store does not take is tried again, the same bytes under the same name, while nothing more may flow.
 */
export class ChunkWriter {
  readonly #sessionId: string;
  readonly #key: SealingKey;
  readonly #files: WritingFiles;
  readonly #keepUp: KeepUp;
  readonly #waitMs: number;
  #previous: Buffer;
  #waiting: Buffer[] = [];
  /** Lines after those, not bytes yet: statements come by the thousand, and become bytes together. */
  #text = '';
  /** Of text the characters. */
  #waitingBytes = 0;
  #waitingSince: number | undefined;
  #writingBytes = 0;
  /** When the first line came of each chunk that is not in the store, oldest first. */
  readonly #writingSince: number[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #drained: { promise: Promise<void>; done: () => void } | undefined;
  #fail: (error: Error) => void = () => {};
  #broken: unknown;
  #stopped = false;
  /** No line is taken any more. */
  #closed = false;
  #giveUpAt = Number.POSITIVE_INFINITY;
  /** Rejects when this can no longer be recorded; the session must end. */
  readonly failed: Promise<never>;

  private constructor(parts: BeginRecording, files: WritingFiles, key: SealingKey, manifest: Buffer) {
    this.#sessionId = parts.sessionId;
    this.#files = files;
    this.#key = key;
    this.#previous = hashOf(manifest);
    this.#waitMs = parts.waitSeconds * 1000;
    this.#keepUp = new KeepUp({
      waitSeconds: parts.waitSeconds,
      slowMs: parts.slowMs ?? SLOW_MS,
      oldest: () => this.#oldest(),
      say: (standing) => {
        if (standing.is === 'kept_up') this.#ease();
        // whoever ends the session for it says why before the gateway only knows that recording failed
        if (!this.#closed) parts.standing(standing);
        if (standing.is === 'over') this.#stop(new Error(`the store of recordings is ${standing.why}`));
      },
    });
    this.failed = new Promise<never>((_, fail) => {
      this.#fail = fail;
    });
    this.failed.catch(() => undefined);
  }

  /** Begins a recording: its manifest is in the store when this returns. Throws where it cannot be put there. */
  static async begin(parts: BeginRecording): Promise<ChunkWriter> {
    const { key, wrapped } = newDataKey(parts.keys.sealing('recordings'), `recording/${parts.sessionId}`);
    const manifest: Manifest = {
      format: 'reeve-recording-1',
      sessionId: parts.sessionId,
      title: parts.title,
      startedAt: parts.startedAt.toISOString(),
      key: wrapped.toString('base64'),
    };
    const text = Buffer.from(`${JSON.stringify(manifest)}\n`);
    let writer: ChunkWriter | undefined;
    const files = await parts.store.write(parts.sessionId, (error) => writer?.breakOff(error));
    await files.write(MANIFEST, text);
    writer = new ChunkWriter(parts, files, key, text);
    return writer;
  }

  get full(): boolean {
    return this.#waitingBytes + this.#writingBytes > FULL_BYTES || this.#keepUp.behind !== undefined;
  }

  /** Takes a line; the answer is false when the source should stop until `drained`. */
  add(line: Line): boolean {
    if (this.#closed) return false;
    const { text, data } = encodeLine(line);
    this.#text += text;
    this.#waitingBytes += text.length;
    if (data !== undefined) {
      this.#toBytes();
      this.#waiting.push(data);
      this.#waitingBytes += data.length;
    }
    this.#waitingSince ??= performance.now();
    this.#keepUp.watch();
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

  #toBytes(): void {
    if (this.#text === '') return;
    this.#waiting.push(Buffer.from(this.#text));
    this.#text = '';
  }

  #oldest(): number | undefined {
    const since = [this.#writingSince[0], this.#waitingSince, this.#files.settlingSince].filter(
      (at) => at !== undefined,
    );
    return since.length === 0 ? undefined : Math.min(...since);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toBytes();
    if (this.#waiting.length === 0 || this.#broken !== undefined) return;
    const bytes = this.#waitingBytes;
    // compressed side by side, sealed and chained one after the other
    const packed = pack(Buffer.concat(this.#waiting));
    packed.catch(() => undefined);
    this.#writingSince.push(this.#waitingSince ?? performance.now());
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#waitingSince = undefined;
    this.#writingBytes += bytes;
    this.#writing = this.#writing
      .then(async () => this.#writeChunk(await packed))
      .catch((error: unknown) => this.breakOff(error))
      .finally(() => {
        this.#writingBytes -= bytes;
        this.#writingSince.shift();
        if (this.#waitingBytes >= FLUSH_BYTES) this.#flush();
        this.#keepUp.wrote();
        this.#ease();
      });
  }

  #ease(): void {
    if (this.#drained === undefined) return;
    const eased = this.#keepUp.behind === undefined && this.#waitingBytes + this.#writingBytes < EASED_BYTES;
    if (!eased && !this.#stopped) return;
    this.#drained.done();
    this.#drained = undefined;
  }

  /** The session must end. How it does is still taken, and written with all before it as far as the store takes it. */
  #stop(error: Error): void {
    this.#stopped = true;
    this.#fail(error);
    this.#ease();
  }

  /** What was taken is lost, or cannot be written any more: nothing else is. */
  breakOff(error: unknown): void {
    this.#broken ??= error;
    this.#closed = true;
    this.#stop(error instanceof Error ? error : new Error(String(error)));
  }

  async #writeChunk({ codec, bytes }: { readonly codec: Codec; readonly bytes: Buffer }): Promise<void> {
    if (this.#broken !== undefined) return;
    const n = this.#count;
    const sealed = seal(this.#key, bytes, chunkContext(this.#sessionId, n, codec, this.#previous));
    const file = packChunk(codec, this.#previous, sealed);
    await this.#put(chunkName(n), file);
    this.#count += 1;
    this.#previous = hashOf(file);
    if (this.#files.behind) await this.#files.settle();
  }

  async #put(name: string, file: Buffer): Promise<void> {
    for (;;) {
      try {
        return await this.#files.write(name, file);
      } catch (error) {
        this.#keepUp.failed(error);
        if (this.#broken !== undefined || performance.now() > this.#giveUpAt) throw error;
        await new Promise((again) => setTimeout(again, AGAIN_MS));
      }
    }
  }

  async #settle(): Promise<void> {
    await this.#writing;
    if (this.#broken === undefined) await this.#files.settle().catch((error: unknown) => this.breakOff(error));
  }

  /**
   * Writes what is left, safe from a power cut, and returns the digest the chain ends in, hex. Throws `RecordingLost`
   * where the store does not take it in time.
   */
  async finish(): Promise<string> {
    this.#flush();
    this.#closed = true;
    const patience = Math.max(LEAST_TO_FINISH_MS, this.#keepUp.over ? 0 : this.#waitMs);
    this.#giveUpAt = performance.now() + patience;
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((done) => {
      late = setTimeout(() => {
        this.breakOff(new Error('the store of recordings did not take the end of this one in time'));
        done();
      }, patience + AGAIN_MS);
    });
    await Promise.race([this.#settle(), tooLate]);
    clearTimeout(late);
    this.#keepUp.stop();
    this.#files.close().catch(() => undefined);
    if (this.#broken !== undefined) throw new RecordingLost(this.#broken, this.#previous.toString('hex'));
    return this.#previous.toString('hex');
  }
}

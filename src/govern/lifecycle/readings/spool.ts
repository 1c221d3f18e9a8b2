import { mkdtemp, open as openFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowingSha256, open, randomSecret, seal, sealingKey, type SealingKey } from '#kit/crypto/index.ts';
import type { ReadDelivery } from '../runs/delivery.ts';

/** Bytes of rows that are sealed together. */
const PIECE = 256 * 1024;
/** Larger than ten million people. */
const LARGEST = 2 * 1024 ** 3;
/** A spool nobody took is closed after this long. */
const FORGOTTEN_MS = 15 * 60_000;

/** A reading is more than Reeve keeps of one. */
export class SpoolFull extends Error {}

/**
 * Rows that were read, kept until they are delivered: in a file without a name, which is gone with this process, sealed
 * under a key that nobody else has and nobody keeps. Memory holds a piece of it.
 */
export class Spool {
  readonly columns: readonly string[];
  readonly #handle: FileHandle;
  readonly #key: SealingKey;
  readonly #pieces: { readonly at: number; readonly length: number }[] = [];
  readonly #hash = flowingSha256();
  readonly #filled: boolean[];
  readonly #forgotten: NodeJS.Timeout;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #end = 0;
  #rows = 0;

  private constructor(handle: FileHandle, columns: readonly string[]) {
    this.#handle = handle;
    this.columns = columns;
    this.#filled = columns.map(() => false);
    this.#key = sealingKey(randomSecret(32));
    this.#forgotten = setTimeout(() => void this.close(), FORGOTTEN_MS);
    this.#forgotten.unref();
  }

  static async open(columns: readonly string[]): Promise<Spool> {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-rows-'));
    try {
      return new Spool(await openFile(join(folder, 'rows'), 'wx+', 0o600), columns);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  get rows(): number {
    return this.#rows;
  }

  /** Throws SpoolFull where there are more than fit. */
  async add(rows: readonly (readonly string[])[]): Promise<void> {
    for (const row of rows) {
      const line = JSON.stringify(row);
      this.#waiting.push(line);
      this.#waitingBytes += line.length;
      for (const [at, value] of row.entries()) if (value !== '') this.#filled[at] = true;
      this.#rows += 1;
      if (this.#waitingBytes >= PIECE) await this.#flush();
    }
  }

  /** What was added, as a delivery that can be read any number of times until the spool is closed. */
  async deliver(): Promise<ReadDelivery> {
    await this.#flush();
    const { columns } = this;
    return {
      digest: this.#hash.end(),
      columns,
      empty: columns.filter((_, at) => this.#filled[at] !== true),
      rows: () => this.#all(),
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#forgotten);
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const plain = Buffer.from(`[${this.#waiting.join(',')}]`);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hash.add(plain);
    const sealed = seal(this.#key, plain, `rows/${this.#pieces.length}`);
    if (this.#end + sealed.length > LARGEST) throw new SpoolFull('there are more rows than Reeve keeps of one reading');
    await this.#handle.write(sealed, 0, sealed.length, this.#end);
    this.#pieces.push({ at: this.#end, length: sealed.length });
    this.#end += sealed.length;
  }

  /** The header, then every row. */
  async *#all(): AsyncGenerator<readonly string[], void, void> {
    yield this.columns;
    for (const [number, { at, length }] of this.#pieces.entries()) {
      const sealed = Buffer.alloc(length);
      await this.#handle.read(sealed, 0, length, at);
      yield* JSON.parse(open(this.#key, sealed, `rows/${number}`).toString('utf8')) as readonly (readonly string[])[];
    }
  }
}

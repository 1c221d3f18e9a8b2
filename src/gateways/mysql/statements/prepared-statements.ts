import { createHash, type Hash } from 'node:crypto';
import { BrokenFrame, KeptNames, type Prepared } from '../../database/index.ts';
import type { StatementValue } from '../../port.ts';

/** A statement that the target has prepared, by the number it gave. */
export interface KeptStatement extends Prepared {
  readonly parameters: number;
  /** The database it makes the current one when it is run. */
  readonly uses: string | undefined;
  types?: Buffer;
  /** Values that came ahead of a run, in pieces. */
  long?: Map<number, LongValue>;
}

interface LongValue {
  bytes: number;
  readonly begins: Buffer;
  readonly digest: Hash;
}

/** Of longer values only the beginning and a digest are kept. */
const BEGINS = 128;
const MOST = 20_000;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Values of all statements that came in pieces and were not run yet. */
const MOST_LONG = 10_000;

/** Prepared statements of one session that are remembered. */
export class PreparedStatements {
  readonly #kept = new KeptNames<KeptStatement>(({ text }) => text.length);
  #long = 0;

  get full(): boolean {
    return this.#kept.size >= MOST;
  }

  add(id: number, statement: KeptStatement): void {
    this.#kept.set(String(id), statement);
    if (this.#kept.weight > MOST_CHARACTERS)
      this.#kept.set(String(id), { ...statement, text: `prepared statement ${id}` });
  }

  get(id: number): KeptStatement | undefined {
    return this.#kept.get(String(id));
  }

  close(id: number): void {
    this.ran(id);
    this.#kept.delete(String(id));
  }

  clear(): void {
    this.#kept.clear();
    this.#long = 0;
  }

  /** A piece of a value. Throws BrokenFrame for one of what is not there to take it. */
  piece(id: number, parameter: number, piece: Buffer): void {
    const statement = this.get(id);
    if (statement === undefined || parameter >= statement.parameters)
      throw new BrokenFrame('a piece of a value that no statement has');
    statement.long ??= new Map();
    let value = statement.long.get(parameter);
    if (value === undefined) {
      this.#long += 1;
      if (this.#long > MOST_LONG) throw new BrokenFrame('too many values come in pieces');
      value = { bytes: 0, begins: Buffer.from(piece.subarray(0, BEGINS)), digest: createHash('sha256') };
      statement.long.set(parameter, value);
    }
    value.bytes += piece.length;
    value.digest.update(piece);
  }

  /** What came in pieces for a run, as it goes on the record; the target forgets it with that run. */
  longValues(id: number): ReadonlyMap<number, StatementValue> {
    const values = [...(this.get(id)?.long ?? [])].map(
      ([parameter, { bytes, begins, digest }]) =>
        [parameter, { bytes, sha256: digest.copy().digest('hex'), begins: begins.toString('hex') }] as const,
    );
    return new Map(values);
  }

  /** It was run or reset: its values are gone. */
  ran(id: number): void {
    const statement = this.get(id);
    if (statement?.long === undefined) return;
    this.#long -= statement.long.size;
    delete statement.long;
  }
}

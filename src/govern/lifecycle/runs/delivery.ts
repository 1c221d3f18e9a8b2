import { sha256 } from '#kit/crypto/index.ts';
import { decodeCsv, inPieces, readRows, type CsvProblem } from '#kit/csv/index.ts';

/** A delivery too large to be held: it was read through once, and is read again for its rows. */
export interface FlowingDelivery {
  /** SHA-256 of its bytes. */
  readonly digest: Buffer;
  readonly endsWithNewline: boolean;
  /** Why it is no CSV file at all. */
  readonly problem: CsvProblem | undefined;
  /** Its text. Throws where it is not what it was when it was read through. */
  pieces(): AsyncIterable<string>;
}

/** What Reeve read itself where people are kept, whole. */
export interface ReadDelivery {
  /** SHA-256 of its rows. */
  readonly digest: Buffer;
  readonly columns: readonly string[];
  /** Columns without a value in any row. */
  readonly empty: readonly string[];
  /** The header, then every row. */
  rows(): AsyncIterable<readonly string[]>;
}

/** A delivery: whole bytes as they came, what flows, what was read, or pieces of CSV text known to be good (benchmarks, other importers). */
export type Delivery = Uint8Array | FlowingDelivery | ReadDelivery | Iterable<string>;

/** The rows of a delivery, header first. They can be gone through again, but for pieces that come only once. */
export type DeliveredRows = () => AsyncIterable<readonly string[]>;

/** The same of every kind of delivery. */
interface OpenedDelivery {
  readonly digest: Buffer;
  readonly endsWithNewline: boolean;
  readonly problem: CsvProblem | undefined;
  readonly empty: readonly string[];
  readonly rows: DeliveredRows;
}

/** What is known of a delivery before its first row is read. */
export function openDelivery(delivery: Delivery, delimiter: string): OpenedDelivery {
  if ('columns' in delivery)
    return { ...delivery, endsWithNewline: true, problem: undefined, rows: () => delivery.rows() };
  if ('digest' in delivery) return { ...delivery, empty: [], rows: () => csvRows(delivery.pieces(), delimiter) };
  if (delivery instanceof Uint8Array) return openFile(delivery, delimiter);
  const digest = sha256(Buffer.alloc(0));
  return { digest, endsWithNewline: true, problem: undefined, empty: [], rows: () => csvRows(delivery, delimiter) };
}

/** A CSV file that is held. */
export function openFile(bytes: Uint8Array, delimiter: string): OpenedDelivery {
  const whole = decodeCsv(bytes);
  const text = whole.problem === undefined ? whole.text : '';
  return {
    digest: sha256(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
    endsWithNewline: text.endsWith('\n'),
    problem: whole.problem,
    empty: [],
    rows: () => csvRows(inPieces(text), delimiter),
  };
}

/** A line of a file that holds nothing says nothing. */
async function* csvRows(
  pieces: AsyncIterable<string> | Iterable<string | Buffer>,
  delimiter: string,
): AsyncGenerator<readonly string[], void, void> {
  for await (const fields of readRows(pieces, delimiter))
    if (!fields.every((value) => value.trim() === '')) yield fields;
}

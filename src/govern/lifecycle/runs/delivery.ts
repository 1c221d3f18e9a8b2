import { sha256 } from '#kit/crypto/index.ts';
import { decodeCsv, inPieces, type CsvProblem } from '#kit/csv/index.ts';

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

/** A delivery: whole bytes as they came, what flows, or pieces of CSV text known to be good (benchmarks, other importers). */
export type Delivery = Uint8Array | FlowingDelivery | Iterable<string>;

/** The same of every kind of delivery. */
interface OpenedDelivery {
  readonly digest: Buffer;
  readonly endsWithNewline: boolean;
  readonly problem: CsvProblem | undefined;
  pieces(): AsyncIterable<string> | Iterable<string | Buffer>;
}

/** What is known of a delivery before its first row is read. */
export function openDelivery(delivery: Delivery): OpenedDelivery {
  if ('digest' in delivery) return delivery;
  if (!(delivery instanceof Uint8Array))
    return { digest: sha256(Buffer.alloc(0)), endsWithNewline: true, problem: undefined, pieces: () => delivery };
  const whole = decodeCsv(delivery);
  const text = whole.problem === undefined ? whole.text : '';
  return {
    digest: sha256(Buffer.from(delivery.buffer, delivery.byteOffset, delivery.byteLength)),
    endsWithNewline: text.endsWith('\n'),
    problem: whole.problem,
    pieces: () => inPieces(text),
  };
}

import { BrokenFrame, type TransactionState } from '../../database/index.ts';
import { STATUS } from '../wire/capabilities.ts';
import { Fields } from '../wire/packets.ts';

const IN_TRANSACTION = 0x1;

/** What an OK packet tells. */
export interface Outcome {
  readonly changed: number;
  readonly status: number;
  readonly warnings: number;
  /** Words for a person, of the server and of Reeve. */
  readonly words: string;
}

export const cutOff = (): Error => new BrokenFrame('a packet is cut off');

export function readOutcome(content: Buffer): Outcome {
  const fields = new Fields(content, 1, cutOff);
  const changed = fields.packedInteger();
  fields.packedInteger();
  const status = fields.uint16();
  const warnings = fields.uint16();
  const words = fields.left === 0 ? '' : fields.packedBytes().toString('utf8');
  return { changed, status, warnings, words };
}

export const transactionOf = (status: number): TransactionState => ((status & IN_TRANSACTION) === 0 ? 'none' : 'open');
export const goesOn = (status: number): boolean => (status & STATUS.moreResults) !== 0;

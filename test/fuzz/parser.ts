import type { Random } from './random.ts';

/** Something that reads what others wrote, and what holds of it whatever they write. */
export interface Parser {
  readonly name: string;
  /** What it reads, in words. */
  readonly reads: string;
  /** Longer than this for one input is a hang. */
  readonly mostMs: number;
  /** Makes one input, has it read, and throws where it crashed, or took it for what it is not. */
  one(random: Random): void;
}

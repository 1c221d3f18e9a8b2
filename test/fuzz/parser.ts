import type { Random } from './random.ts';

/** How far an input came that was refused before any of it was looked into: a length, a first byte, a name. */
export const AT_ONCE = 'refused at once';

/** Something that reads what others wrote, and what holds of it whatever they write. */
export interface Parser {
  readonly name: string;
  /** What it reads, in words. */
  readonly reads: string;
  /** Longer than this for one input is a hang. */
  readonly mostMs: number;
  /** Of a hundred inputs so many get beyond what is refused at once, or the mix is worth nothing. */
  readonly beyond: number;
  /**
   * Makes one input, has it read, and throws where it crashed, or took it for what it is not. Answers how far the input came,
   * in one of a few words, or `AT_ONCE`.
   */
  one(random: Random): string;
}

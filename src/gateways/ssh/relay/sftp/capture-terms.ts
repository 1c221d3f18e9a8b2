import { posix } from 'node:path';
import type { CaptureRule, FileTerms } from '../../../port.ts';

/** What was asked for beyond the limit before the answer said that nothing is there. */
const LEEWAY = 1024 * 1024;

/** How much may flow of a file that is refused beyond its limit: parts of it may be read or written more than once. */
export const mostFlowing = ({ mostBytes }: CaptureRule): number => 2 * mostBytes + LEEWAY;

/** How much of a file is kept: of one that goes on beyond the limit so far, else all that can flow. */
export const mostKept = (rule: CaptureRule): number => (rule.beyond === 'go_on' ? rule.mostBytes : mostFlowing(rule));

/** Whether a piece of a file may not flow, since the file is kept and larger than may be moved. */
export const beyondLimit = (rule: CaptureRule | undefined, flowed: number, offset: bigint, length: number): boolean =>
  rule?.beyond === 'refuse' &&
  (offset + BigInt(length) > BigInt(rule.mostBytes) || flowed + length > mostFlowing(rule));

/** Which rule keeps what is read of an opened file, and what is written. */
export interface Kept {
  /** The file as the target names it, byte for byte (as latin1). */
  readonly path: string;
  readonly read: CaptureRule | undefined;
  readonly written: CaptureRule | undefined;
}

/** The rules of a session, ready to be asked. */
export class CaptureRules {
  readonly #rules: readonly { readonly rule: CaptureRule; readonly fits: (path: string) => boolean }[];
  /** Which file a path names has to be known, since not every file is kept. */
  readonly needPaths: boolean;

  constructor(terms: FileTerms | undefined) {
    const rules = terms?.capture ?? [];
    this.#rules = rules.map((rule) => ({ rule, fits: pathPattern(Buffer.from(rule.path).toString('latin1')) }));
    this.needPaths = rules.some(({ path }) => path !== EVERYTHING);
  }

  get any(): boolean {
    return this.#rules.length > 0;
  }

  /** `places`: where the file is and where it leads, as the target resolved it; the first of them is its name on record. */
  of(places: readonly string[]): Kept {
    const paths = places.map((path) => posix.normalize(path));
    const rule = (way: 'from_target' | 'to_target'): CaptureRule | undefined =>
      this.#rules.find(
        ({ rule: { direction }, fits }) =>
          (direction === 'both' || direction === way) && paths.some((path) => fits(path)),
      )?.rule;
    return { path: paths[0] ?? '', read: rule('from_target'), written: rule('to_target') };
  }
}

const EVERYTHING = '/**';

/**
 * Whether a path is like a pattern. Every place in the pattern that may have been reached is followed at once, so that the
 * time it takes is bounded by both lengths, whatever somebody calls their files.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  if (pattern === EVERYTHING) return () => true;
  const parts = pattern.match(/\*\*|\*|[^*]/gsu) ?? [];
  const isStar = (at: number): boolean => parts[at] === '*' || parts[at] === '**';
  return (path) => {
    let reached = new Set<number>();
    const reach = (into: Set<number>, at: number): void => {
      into.add(at);
      for (let next = at; isStar(next); next += 1) into.add(next + 1);
    };
    reach(reached, 0);
    for (const c of path) {
      const next = new Set<number>();
      for (const at of reached) {
        if (isStar(at)) {
          if (c !== '/' || parts[at] === '**') reach(next, at);
        } else if (parts[at] === c) reach(next, at + 1);
      }
      if (next.size === 0) return false;
      reached = next;
    }
    return reached.has(parts.length);
  };
}

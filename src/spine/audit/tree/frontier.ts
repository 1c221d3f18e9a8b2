import { EMPTY_ROOT, nodeHash } from './hash.ts';

/** A place in the tree: `level` 0 are the leaves; `index` counts from the left within its level. */
export interface NodeRef {
  readonly level: number;
  readonly index: number;
}

/**
 * The right edge of an RFC 6962 tree: the roots of its largest complete subtrees, widest first (a compact range
 * that starts at 0). It is all that is needed to grow the tree and know its root: 32 bytes a set bit of the size.
 */
export class Frontier {
  #size: number;
  readonly #edge: Buffer[];

  constructor(size = 0, edge: readonly Buffer[] = []) {
    if (edge.length !== ones(size))
      throw new RangeError(`a tree of ${size} leaves has an edge of ${ones(size)} hashes`);
    this.#size = size;
    this.#edge = [...edge];
  }

  get size(): number {
    return this.#size;
  }
  get edge(): readonly Buffer[] {
    return this.#edge;
  }

  /** Appends a leaf hash. `onNode` hears of every inner node this completes, lowest first. */
  append(leaf: Buffer, onNode?: (ref: NodeRef, hash: Buffer) => void): void {
    let hash = leaf;
    let index = this.#size;
    for (let level = 1; index % 2 === 1; level += 1) {
      hash = nodeHash(this.#edge.pop() as Buffer, hash);
      index = (index - 1) / 2;
      onNode?.({ level, index }, hash);
    }
    this.#edge.push(hash);
    this.#size += 1;
  }

  root(): Buffer {
    return foldEdge(this.#edge);
  }
}

/** The root over complete subtrees given widest first. */
export function foldEdge(edge: readonly Buffer[]): Buffer {
  return edge.length === 0 ? EMPTY_ROOT : edge.reduceRight((right, left) => nodeHash(left, right));
}

/** How many complete subtrees a tree of this size has. */
export function ones(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

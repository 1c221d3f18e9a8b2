import type { KeyRing, RewrapPart, RootKeyPlaces, Rings } from '#kit/key-ring/index.ts';

/** What the keys module is handed. */
export interface KeyEdges {
  readonly rings: Rings;
  readonly places: RootKeyPlaces;
  /** What this node is called. */
  readonly node: string;
  /** Every kind of thing that is sealed under a ring, each from the module that owns its table. */
  readonly rewraps: readonly RewrapPart[];
}

export const ringOf = ({ rings }: Pick<KeyEdges, 'rings'>, name: 'records' | 'vault'): KeyRing => rings[name];

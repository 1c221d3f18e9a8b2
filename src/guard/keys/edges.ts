import type { TakeStepUp } from '#spine/operations/index.ts';
import type { KeyRing, RewrapPart, RootKeyPlaces, Rings } from '#kit/key-ring/index.ts';

/** What the keys module is handed. */
export interface KeyEdges {
  readonly rings: Rings;
  readonly places: RootKeyPlaces;
  /** What this node is called. */
  readonly node: string;
  /** Every kind of thing that is sealed under a ring, each from the module that owns its table. */
  readonly rewraps: readonly RewrapPart[];
  /** Absent: nobody proves afresh, and what a policy allows only so is refused. */
  readonly takeStepUp?: TakeStepUp | undefined;
}

/** For operations that a policy may allow on a fresh proof only. */
export const onProof = ({ takeStepUp }: Pick<KeyEdges, 'takeStepUp'>): { readonly takeStepUp?: TakeStepUp } =>
  takeStepUp === undefined ? {} : { takeStepUp };

export const ringOf = ({ rings }: Pick<KeyEdges, 'rings'>, name: 'records' | 'vault'): KeyRing => rings[name];

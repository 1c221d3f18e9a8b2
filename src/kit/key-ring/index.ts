export { dropPrepared, makeRootKey, prepareRootKey, takeRootKey, type NewRootKey } from './change-root-key.ts';
export { followRings, tellRings } from './follow-rings.ts';
export type { KeyRing, RingState } from './key-ring.ts';
export { openRings, type Rings } from './open-rings.ts';
export type { RootKeyPlaces } from './reach-root-key.ts';
export {
  finishRewrap,
  isUnderAnother,
  letSeal,
  nodesBehind,
  nodesLacking,
  noteRewrap,
  rewrapping,
  rewrapRows,
  type Place,
  type RewrapPart,
} from './rewrap.ts';
export { runningNodes, type RingName } from './store.ts';

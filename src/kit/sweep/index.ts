export { addressesOf, ADMINISTRATIVE_PORTS } from './ranges.ts';
export { sweep, type Answered, type SweepPace } from './sweep.ts';

export { addressesOf, ADMINISTRATIVE_PORTS, MOST_ADDRESSES, serviceOf } from './ranges.ts';
export { sweep, type Answered, type SweepPace } from './sweep.ts';

import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 look through the whole heap when it has doubled, and not before. By itself it does so at each tenth that a heap
 * grows by, where it grows slowly and little of it is garbage: that is what a process of many sessions does as they come, and a third
 * of their processor time went into marking them over and over. Where memory has an end V8 still keeps to it.
 */
export function collectAtDouble(): void {
  setFlagsFromString('--heap-growing-percent=100');
}

export type { Kept } from './generation.ts';
export { createKept, TOPICS, type KeptRows, type Topic } from './kept.ts';

export { nothingKept, type Kept } from './generation.ts';
export { createKept, type KeptRows } from './kept.ts';
export type { Topic } from './topics.ts';

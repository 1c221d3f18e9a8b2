export { createKept, TOPICS, type Kept, type KeptRows, type Topic } from './kept.ts';

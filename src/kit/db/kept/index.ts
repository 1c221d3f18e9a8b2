export { createKept, TOPICS, type Kept, type LookAtKept, type Topic } from './kept.ts';

export { answerList } from './answer-list.ts';
export { MOUNT, mountKv, type KvParts } from './mount-kv.ts';

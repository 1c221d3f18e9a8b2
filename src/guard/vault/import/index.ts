export { importEvents } from './events.ts';
export { importOperations } from './operations.ts';
export { importPolicies } from './policies.ts';

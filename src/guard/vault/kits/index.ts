export { kitEvents } from './events.ts';
export { kitOperations } from './operations.ts';
export { kitPolicies } from './policies.ts';
export { rewrapKits } from './rewrap-kits.ts';

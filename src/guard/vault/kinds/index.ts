export { describeSecret } from './describe-secret.ts';
export { kindEvents } from './events.ts';
export { kindOperations, labelsIn } from './operations.ts';
export { kindPolicies } from './policies.ts';
export { LARGEST_GIVEN, readValue } from './read-value.ts';

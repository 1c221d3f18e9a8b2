export type { Decision, Obligation, Permit, Principal, Question, ResourceRef } from './port.ts';
export { PLATFORM } from './port.ts';
export { createDecide, type Decide, type PermitOptions } from './create-decide.ts';
export { assertPermit } from './permit.ts';
export { Refusal } from './refusal.ts';

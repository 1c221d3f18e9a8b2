export { checkoutEvents } from './events.ts';
export { checkoutOperations } from './operations.ts';
export { checkoutPolicies } from './policies.ts';
export type { TicketPattern } from './meet-terms.ts';
export type { SecondPersonEdges } from './second-person.ts';
export { namesNotFetched, termsOf } from './terms.ts';
export { termsOperations, termsOut } from './terms-operations.ts';

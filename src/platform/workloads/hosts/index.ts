export { hostEvents } from './events.ts';
export { hostOperations } from './operations.ts';

import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { rulesOfAccount } from './store.ts';

/** What statements may not be in database sessions. */
export const statementRulesModule: Module = { name: 'statement-rules', operations, events, policies };

import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { commandRulesOf } from './store.ts';

/** What happens at which commands of SSH sessions. */
export const commandRulesModule: Module = { name: 'command-rules', operations, events, policies };

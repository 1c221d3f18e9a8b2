import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { requestRulesOf, systemOfSite, webTermsOf } from './store.ts';

/** How systems are served as web applications, and what requests there may not be. */
export const webTermsModule: Module = { name: 'web-terms', operations, events, policies };

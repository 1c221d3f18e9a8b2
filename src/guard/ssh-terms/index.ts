import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { termsOf, type SshTerms } from './store.ts';

/** What sessions on a system may do besides terminal and commands. */
export const sshTermsModule: Module = { name: 'ssh_terms', operations, events, policies };

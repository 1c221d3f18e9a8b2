import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { beginBrowserSession, passwordToStop, type BegunBrowserSession } from './begin-browser-session.ts';

/** Accounts opened from a browser: a key used once, and Reeve as the gateway's client in its holder's name. */
export const browserSessionsModule: Module = {
  name: 'browser-sessions',
  operations,
  events,
  policies,
  actions: [{ action: 'browser_session.begin' }],
};

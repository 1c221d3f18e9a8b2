import type { Module } from '#spine/operations/index.ts';
import { lockEvents } from '#spine/locks/index.ts';
import { graphEvents } from './events.ts';
import { lifecycleEvents } from './lifecycle-events.ts';
import { accessOperations } from './operations/access.ts';
import { accountOperations } from './operations/accounts.ts';
import { entitlementOperations } from './operations/entitlements.ts';
import { grantOperations } from './operations/grants.ts';
import { identityOperations } from './operations/identities.ts';
import { roleOperations } from './operations/roles.ts';
import { systemOperations } from './operations/systems.ts';
import { graphPolicies } from './policies.ts';
import { graphResources } from './resource-types.ts';
import { effectEvents } from './uses/effects.ts';

/** What the graph gives to the house. */
export const graphModule: Module = {
  name: 'graph',
  operations: [
    ...identityOperations,
    ...systemOperations,
    ...accountOperations,
    ...entitlementOperations,
    ...roleOperations,
    ...grantOperations,
    ...accessOperations,
  ],
  actions: [{ action: 'access.trace', resources: ['System', 'Entitlement', 'Account'] }],
  resources: graphResources,
  // locks are of identities, accounts and systems: whatever has the graph hears of them
  events: [...graphEvents, ...effectEvents, ...lifecycleEvents, ...lockEvents],
  policies: graphPolicies,
};

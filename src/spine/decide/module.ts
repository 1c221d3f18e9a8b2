import type { Module } from '#spine/operations/index.ts';
import { sodEvents } from './sod/events.ts';
import { announceLapses } from './sod/jobs.ts';
import { sodOperations } from './sod/operations.ts';
import { sodPolicies } from './sod/policies.ts';
import { sodResources } from './sod/resource-types.ts';
import type { Decide } from './create-decide.ts';

/** What decide gives to the house: its own operations are asked like everyone's. */
export const decideModule = (_edges: { readonly decide: Decide }): Module => ({
  name: 'decide',
  operations: [...sodOperations],
  jobs: [announceLapses],
  events: [...sodEvents],
  resources: [...sodResources],
  actions: [
    {
      action: 'sod_exception.grant',
      resources: ['SodRule'],
      context: { beneficiary: { type: 'Entity', name: 'Identity', required: false } },
    },
    { action: 'sod.check', resources: ['Identity'] },
  ],
  policies: sodPolicies,
});

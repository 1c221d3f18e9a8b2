import type { Module } from '#spine/operations/index.ts';
import type { Decide } from './create-decide.ts';
import { policyEvents } from './policies/events.ts';
import { forgetQuestions } from './policies/jobs.ts';
import { policyOperations } from './policies/operations.ts';
import { policyPolicies } from './policies/policies.ts';
import { policyVersionType } from './policies/resource-types.ts';
import { sodEvents } from './sod/events.ts';
import { announceLapses, announceOverdueEvidence } from './sod/jobs.ts';
import { sodOperations } from './sod/operations.ts';
import { sodPolicies } from './sod/policies.ts';
import { sodResources } from './sod/resource-types.ts';

/** What decide gives to the house: its own operations are asked like everyone's. */
export const decideModule = ({ decide }: { readonly decide: Decide }): Module => ({
  name: 'decide',
  operations: [...policyOperations(decide), ...sodOperations],
  jobs: [announceLapses, announceOverdueEvidence, forgetQuestions],
  events: [...policyEvents, ...sodEvents],
  resources: [policyVersionType, ...sodResources],
  actions: [
    { action: 'policy.dry_run', resources: ['PolicyVersion'] },
    { action: 'policy.compare', resources: ['PolicyVersion'] },
    { action: 'policy.publish', resources: ['PolicyVersion'] },
    {
      action: 'sod_exception.grant',
      resources: ['SodRule'],
      context: { beneficiary: { type: 'Entity', name: 'Identity', required: false } },
    },
    { action: 'sod.check', resources: ['Identity'] },
  ],
  policies: `${policyPolicies}\n${sodPolicies}`,
});

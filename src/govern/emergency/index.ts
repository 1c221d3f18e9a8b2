import type { Decide } from '#spine/decide/index.ts';
import type { Module, TakeStepUp } from '#spine/operations/index.ts';
import { emergencyEvents } from './events.ts';
import { pathOperations } from './operations/paths.ts';
import { useOperations } from './operations/uses.ts';
import { policies } from './policies.ts';
import { pathType, useType } from './resource-types.ts';
import { shutUnreviewed } from './shut-unreviewed.ts';

/** Emergency access: defined beforehand, taken at once, recorded, and reviewed or shut. */
export const emergencyModule = (edges: { readonly decide: Decide; readonly takeStepUp: TakeStepUp }): Module => ({
  name: 'emergency',
  operations: [...pathOperations(edges), ...useOperations(edges)],
  jobs: [shutUnreviewed],
  resources: [pathType, useType],
  events: emergencyEvents,
  policies,
});

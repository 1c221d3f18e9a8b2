import { z } from 'zod';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { LOOK } from './draft-version.ts';
import type { Edges } from './edges.ts';
import { events } from './events.ts';
import { followDates } from './follow-dates.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
import { roleVersionType } from './resource-type.ts';
import { runImpact } from './run-impact.ts';

export { draftVersion, lookAtImpact } from './draft-version.ts';
export type { RoleVersion, VersionContent } from './model.ts';
export { openVersion, publishedVersion } from './store.ts';
export { tryRole } from './try-role.ts';

/** Roles change by versions: drafted, looked at for all that would follow, approved by another, published at once. */
export const roleVersionsModule = (edges: Edges): Module => ({
  name: 'role_versions',
  operations: operations(edges),
  jobs: [
    defineJob({
      name: LOOK,
      input: z.object({ versionId: z.uuid() }),
      maxAttempts: 3,
      run: (job, { versionId }) => runImpact(job, edges, versionId),
    }),
    defineJob({
      name: 'role_versions.follow_dates',
      input: z.object({}),
      every: '* * * * *',
      run: (job) => followDates(job),
    }),
  ],
  events,
  resources: [roleVersionType],
  policies,
});

import { sql } from '#kit/db/index.ts';
import type { Module, ResourceType } from '#spine/operations/index.ts';
export { rewrapLeasePasswords } from './rewrap-passwords.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { LeaseEdges } from './ask-lease.ts';
import type { WorkEdges } from './carry-out.ts';
import { events } from './events.ts';
import { jobs, reactions } from './jobs.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

const templateType: ResourceType = {
  type: 'LeaseTemplate',
  attributes: {
    name: { type: 'String' },
    system: { type: 'Entity', name: 'System' },
    owner: { type: 'Entity', name: 'Identity' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; name: string; systemId: string; ownerId: string }>(
      sql`select id, name, system_id, owner_id from lease_template where id = any(${ids}::uuid[]) and removed_at is null`,
    );
    return new Map(
      rows.map(({ id, name, systemId, ownerId }) => [
        id,
        {
          name,
          system: { entity: { type: 'System', id: systemId } },
          owner: { entity: { type: 'Identity', id: ownerId } },
        },
      ]),
    );
  },
};

const leaseType: ResourceType = {
  type: 'Lease',
  attributes: {
    holder: { type: 'Entity', name: 'Identity' },
    system: { type: 'Entity', name: 'System' },
    state: { type: 'String' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; systemId: string; state: string }>(
      sql`select id, identity_id, system_id, state from lease where id = any(${ids}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, identityId, systemId, state }) => [
        id,
        {
          holder: { entity: { type: 'Identity', id: identityId } },
          system: { entity: { type: 'System', id: systemId } },
          state,
        },
      ]),
    );
  },
};

/** Leases: database users that are there for a time and gone with what they rest on. */
export const leasesModule = (edges: LeaseEdges & WorkEdges & { readonly decide: Decide }): Module => ({
  name: 'leases',
  operations: operations(edges),
  jobs: jobs(edges),
  reactions,
  events,
  policies,
  resources: [templateType, leaseType],
  actions: [
    { action: 'lease.ask', resources: ['LeaseTemplate'], context: { grants: { type: 'Long' } } },
    { action: 'lease.make' },
    { action: 'lease.end', resources: ['Platform', 'Lease'] },
  ],
});

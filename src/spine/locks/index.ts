import { sql } from '#kit/db/index.ts';
import type { CedarValue, Module, ResourceType, TakeStepUp } from '#spine/operations/index.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';

export { lockEvents, lockPlaced } from './events.ts';
export { LOCKED_WORDS, type LockedOn, type LockScope, type Touched } from './model.ts';
export { locked, lockInTheWay, lockOnEverything, refuseWhenLocked, type InTheWay } from './refuse-locked.ts';

const lockType: ResourceType = {
  type: 'Lock',
  attributes: {
    scope: { type: 'String' },
    identity: { type: 'Entity', name: 'Identity', required: false },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; scope: string; identityId: string | null }>(
      sql`select id, scope, identity_id from access_lock where id = any(${ids}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, scope, identityId }) => {
        const attributes: Record<string, CedarValue> = { scope };
        if (identityId !== null) attributes['identity'] = { entity: { type: 'Identity', id: identityId } };
        return [id, attributes];
      }),
    );
  },
};

/** Locks: no access of somebody, to something, or at all, until somebody in charge says so. */
export const locksModule = (edges: { readonly takeStepUp: TakeStepUp }): Module => ({
  name: 'locks',
  operations: operations(edges),
  policies,
  resources: [lockType],
  actions: [{ action: 'lock.place', resources: ['Platform', 'Identity', 'Account', 'System'] }],
});

import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A cart as policies see it. */
export const orderType: ResourceType = {
  type: 'RequestOrder',
  attributes: { requester: { type: 'Entity', name: 'Identity' } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; requesterId: string }>(
      sql`select id, requester_id from request_order where id = any(${ids.filter((id) => UUID.test(id))}::uuid[])`,
    );
    return new Map(rows.map((r) => [r.id, { requester: { entity: { type: 'Identity', id: r.requesterId } } }]));
  },
};

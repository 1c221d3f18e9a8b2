import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** A directory that may push, as policies see it. */
export const scimClientType: ResourceType = {
  type: 'ScimClient',
  attributes: { identity: { type: 'Entity', name: 'Identity', required: true } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string }>(sql`
      select id, identity_id from scim_client where id = any(${ids.filter(isId)}::uuid[]) and removed_at is null`);
    return new Map(rows.map((r) => [r.id, { identity: { entity: { type: 'Identity', id: r.identityId } } }]));
  },
};

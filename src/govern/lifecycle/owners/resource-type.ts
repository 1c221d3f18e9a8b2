import { sql } from '#kit/db/index.ts';
import type { CedarValue, ResourceType } from '#spine/operations/index.ts';

/** A handover as policies see it: what it is about, and who is asked, who answers for the time being. */
export const handoverType: ResourceType = {
  type: 'Handover',
  attributes: {
    about: { type: 'Entity', name: 'Identity', required: true },
    acting: { type: 'Entity', name: 'Identity', required: false },
    state: { type: 'String', required: true },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; actingId: string | null; state: string }>(
      sql`select id, identity_id, acting_id, state from handover where id = any(${[...ids]}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, identityId, actingId, state }) => {
        const attributes: Record<string, CedarValue> = {
          about: { entity: { type: 'Identity', id: identityId } },
          state,
        };
        if (actingId !== null) attributes['acting'] = { entity: { type: 'Identity', id: actingId } };
        return [id, attributes];
      }),
    );
  },
};

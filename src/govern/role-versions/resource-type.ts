import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

const identity = (id: string) => ({ entity: { type: 'Identity', id } });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const roleVersionType: ResourceType = {
  type: 'RoleVersion',
  attributes: {
    state: { type: 'String' },
    drafter: { type: 'Entity', name: 'Identity' },
    owner: { type: 'Entity', name: 'Identity', required: false },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; state: string; madeBy: string; ownerId: string | null }>(sql`
      select v.id, v.state, v.made_by, r.owner_id from role_version v join role r on r.id = v.role_id
       where v.id = any(${ids.filter((id) => UUID.test(id))}::uuid[])`);
    return new Map(
      rows.map(({ id, state, madeBy, ownerId }) => [
        id,
        { state, drafter: identity(madeBy), ...(ownerId === null ? {} : { owner: identity(ownerId) }) },
      ]),
    );
  },
};

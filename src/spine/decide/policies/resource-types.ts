import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const policyVersionType: ResourceType = {
  type: 'PolicyVersion',
  attributes: { origin: { type: 'String' }, state: { type: 'String' } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; origin: string; state: string }>(
      sql`select id, origin, state from policy_version where id = any(${ids.filter((id) => UUID.test(id))}::uuid[])`,
    );
    return new Map(rows.map(({ id, origin, state }) => [id, { origin, state }]));
  },
};

import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';

/** Somebody's watching of a session, as policies know it. */
export const watchType: ResourceType = {
  type: 'SessionWatch',
  attributes: {
    watcher: { type: 'Entity', name: 'Identity' },
    session: { type: 'Entity', name: 'Session' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; sessionId: string }>(
      sql`select id, identity_id, session_id from session_watch where id = any(${ids}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, identityId, sessionId }) => [
        id,
        {
          watcher: { entity: { type: 'Identity', id: identityId } },
          session: { entity: { type: 'Session', id: sessionId } },
        },
      ]),
    );
  },
};

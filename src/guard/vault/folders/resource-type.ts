import { sql } from '#kit/db/index.ts';
import type { ResourceType } from '#spine/operations/index.ts';
import { readingOf, writingOf } from './model.ts';

/** A folder as policies see it: `principal.folders.contains(resource.reading)` is whether one may read in it. */
export const folderType: ResourceType = {
  type: 'SecretFolder',
  attributes: {
    path: { type: 'String' },
    reading: { type: 'String' },
    writing: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity' },
  },
  lasts: () => Promise.resolve(new Map()),
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; path: string; ownerId: string }>(
      sql.named(
        'vault_load_folders',
        sql`select id, path, owner_id from secret_folder where id = any(${ids}::uuid[]) and removed_at is null`,
      ),
    );
    return new Map(
      rows.map(({ id, path, ownerId }) => [
        id,
        {
          path,
          reading: readingOf(path),
          writing: writingOf(path),
          owner: { entity: { type: 'Identity', id: ownerId } },
        },
      ]),
    );
  },
};

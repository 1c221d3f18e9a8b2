import { sql, type Queryable } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { pathsAbove, type SecretFolder } from './model.ts';

const columns = sql`f.id, f.path, f.description, f.owner_id, f.read_entitlement_id, f.write_entitlement_id, f.created_at`;

export const findFolder = (tx: Queryable, id: string): Promise<SecretFolder | undefined> =>
  tx.maybe<SecretFolder>(sql`select ${columns} from secret_folder f where f.id = ${id} and f.removed_at is null`);

/** Throws `secret_folder.not_found`. */
export async function requireFolder(tx: Queryable, id: string): Promise<SecretFolder> {
  const found = await findFolder(tx, id);
  if (found === undefined) throw notFound('secret_folder', id);
  return found;
}

/** The nearest folder above a name, or the folder of that very path where what lies in it is listed. */
export const folderAbove = (
  tx: Queryable,
  name: string,
  options: { readonly orItself?: boolean } = {},
): Promise<SecretFolder | undefined> =>
  tx.maybe<SecretFolder>(sql`
    select ${columns} from secret_folder f
     where f.path = any(${[...(options.orItself === true ? [name] : []), ...pathsAbove(name)]}::text[]) and f.removed_at is null
     order by length(f.path) desc limit 1`);

/** Folders by path, with how many secrets lie in each. */
export async function listFolders(
  tx: Queryable,
  input: { readonly search?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: (SecretFolder & { secrets: number })[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['name'])?.[0];
  const rows = await tx.many<SecretFolder & { secrets: number }>(sql`
    select ${columns}, (select count(*)::int from secret s where s.folder_id = f.id and s.removed_at is null) as secrets
      from secret_folder f
     where f.removed_at is null
       and (${input.search ?? null}::text is null or strpos(lower(f.path), lower(${input.search ?? ''})) > 0)
       and (${after ?? null}::text is null or f.path > ${after ?? ''})
     order by f.path limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.path]);
}

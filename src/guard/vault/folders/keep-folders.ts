import { sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { addEdge, endEntitlements, getIdentity, putEntitlement, REEVE_SYSTEM_ID } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { folderCreated, folderRemoved } from '../events.ts';
import { FOLDER_KIND, readingOf, writingOf, type SecretFolder } from './model.ts';
import { requireFolder } from './store.ts';

/**
 * Makes a folder and the two entitlements that open it, so that reading a secret is asked for, approved, reviewed and
 * ended like any access. Writing holds reading in it. Throws `secret_folder.there_already`.
 */
export async function createFolder(
  ctx: Ctx,
  permit: Permit,
  input: { readonly path: string; readonly description: string; readonly ownerId?: string | undefined },
): Promise<SecretFolder> {
  const { path, description } = input;
  const ownerId = input.ownerId ?? ctx.principal.id;
  if ((await getIdentity(ctx.tx, ownerId)) === undefined)
    throw invalid('/ownerId', 'is nobody Reeve knows', 'name the identity that answers for the folder');
  const there = await ctx.tx.maybe(
    sql`select id from secret_folder where path = ${path} and removed_at is null for update`,
  );
  if (there !== undefined)
    throw conflict('secret_folder.there_already', `there is a folder ${path} already`, 'choose another path');
  const opening = (verb: 'Read' | 'Write', nativeId: string): Promise<{ readonly id: string }> =>
    putEntitlement(ctx, permit, {
      systemId: REEVE_SYSTEM_ID,
      kind: FOLDER_KIND,
      nativeId,
      name: `${verb} secrets in ${path}`,
      description: `${verb}s secrets in ${path}: ${description}`,
      ownerId,
      risk: 'high',
      requestable: true,
      markedPrivileged: true,
    });
  const read = await opening('Read', readingOf(path));
  const write = await opening('Write', writingOf(path));
  await addEdge(ctx, permit, { parentId: write.id, childId: read.id });
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into secret_folder (id, path, description, owner_id, read_entitlement_id, write_entitlement_id, created_at)
    values (${id}, ${path}, ${description}, ${ownerId}, ${read.id}, ${write.id}, ${ctx.now})`);
  // What lay below it already is in it from now on, unless a nearer folder has it.
  const taken = await ctx.tx.run(sql`
    update secret s set folder_id = ${id}
     where s.removed_at is null and s.purpose = 'free' and s.name like ${`${likeText(path)}/%`}
       and not exists (select from secret_folder n where n.id = s.folder_id and length(n.path) > ${path.length})`);
  await ctx.record(permit, { event: folderCreated, data: { folderId: id, path, ownerId, secrets: taken } });
  return await requireFolder(ctx.tx, id);
}

const likeText = (text: string): string => text.replaceAll(/[\\%_]/g, (c) => `\\${c}`);

/** Removes a folder that is empty and that nobody has access to. Throws `secret_folder.not_empty`, `entitlement.still_granted`. */
export async function removeFolder(ctx: Ctx, permit: Permit, input: { readonly id: string }): Promise<SecretFolder> {
  const folder = await requireFolder(ctx.tx, input.id);
  const { n } = await ctx.tx.one<{ n: number }>(
    sql`select count(*)::int as n from secret where folder_id = ${folder.id} and removed_at is null`,
  );
  if (n > 0)
    throw conflict(
      'secret_folder.not_empty',
      `${folder.path} holds ${n} secrets`,
      'remove them first, or leave the folder',
    );
  await endEntitlements(ctx, permit, {
    systemId: REEVE_SYSTEM_ID,
    entitlementIds: [folder.readEntitlementId, folder.writeEntitlementId],
  });
  await ctx.tx.run(sql`update secret_folder set removed_at = ${ctx.now} where id = ${folder.id}`);
  await ctx.record(permit, { event: folderRemoved, data: { folderId: folder.id, path: folder.path } });
  return folder;
}

import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { createFolder, removeFolder } from './keep-folders.ts';
import { PATH } from './model.ts';
import { findFolder, listFolders } from './store.ts';

const folderOut = z.object({
  id: z.uuid(),
  path: z.string(),
  description: z.string(),
  ownerId: z.uuid(),
  readEntitlementId: z.uuid(),
  writeEntitlementId: z.uuid(),
  createdAt: instantOut,
});
const byId = z.object({ id: z.uuid() });
const folder = (input: { readonly id: string }) => ({ type: 'SecretFolder', id: input.id });

/** Folders of secrets: each is opened by two entitlements that are granted like any other. */
export const folderOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'folders.list',
    action: 'secret_folder.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/folders',
    summary: 'List folders of secrets',
    input: z.object({ ...pageInput, search: text(200).optional() }),
    output: pageOf(folderOut.extend({ secrets: z.int() })),
    cli: { command: 'vault folders ls', columns: ['id', 'path', 'secrets', 'ownerId', 'description'] },
    handler: (ctx, _permit, input) => listFolders(ctx.tx, input),
  }),
  defineOperation({
    name: 'folders.show',
    action: 'secret_folder.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/folders/{id}',
    summary: 'Show a folder, and the entitlements that open it',
    input: byId,
    output: folderOut,
    cli: { command: 'vault folders show', positional: ['id'] },
    resource: folder,
    handler: async (ctx, _permit, input) => {
      const found = await findFolder(ctx.tx, input.id);
      if (found === undefined) throw notFound('secret_folder', input.id);
      return found;
    },
  }),
  defineOperation({
    name: 'folders.create',
    action: 'secret_folder.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/folders',
    summary: 'Make a folder of secrets; reading and writing in it become entitlements to ask for',
    input: z.object({
      path: text(150).regex(PATH, 'is a path such as team/app'),
      description: text(1000),
      ownerId: z.uuid().optional(),
    }),
    output: folderOut,
    cli: { command: 'vault folders create', positional: ['path', 'description'] },
    handler: (ctx, permit, input) => createFolder(ctx, permit, input),
  }),
  defineOperation({
    name: 'folders.remove',
    action: 'secret_folder.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/vault/folders/{id}',
    summary: 'Remove a folder that is empty and that nobody has access to',
    input: byId,
    output: folderOut,
    cli: { command: 'vault folders remove', positional: ['id'] },
    resource: folder,
    handler: (ctx, permit, input) => removeFolder(ctx, permit, input),
  }),
];

import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { refuseWhenLocked } from '#spine/locks/index.ts';
import { scopeCovers, type Asker, type Ctx, type Operator } from '#spine/operations/index.ts';
import { folderAbove, PATH, type SecretFolder } from '../folders/index.ts';
import {
  createFetcher,
  holdsNothing,
  outOfScope,
  type Fetched,
  type ProveTokens,
  type TokenHolder,
} from './fetch-values.ts';
import { deleteVersions, destroyVersions, removeSecret, restoreVersions } from './forget-versions.ts';
import { keepSettings } from './keep-settings.ts';
import type { KvData, KvSecret, KvSettings, KvVersion } from './model.ts';
import { findKvSecret, kvVersions, lockKvSecret, namesBelow } from './store.ts';
import { writeVersion } from './write-version.ts';

/** A secret and its versions, without values. */
export interface KvHistory {
  readonly secret: KvSecret;
  readonly versions: readonly KvVersion[];
}

/**
 * Secrets by path, for whoever proved who they are. What lies in no folder, or in one the asker has no access to,
 * answers alike: `secret_folder.not_found` or `policy.denied`. Throws `secret.not_found` for what is not there.
 */
export interface Kv {
  /** A token is proved together with what it asks for; `signin.over` where nobody holds it. */
  read(who: Asker | TokenHolder, name: string, version?: number): Promise<Fetched>;
  history(asker: Asker, name: string): Promise<KvHistory>;
  list(asker: Asker, path: string): Promise<readonly string[]>;
  write(asker: Asker, name: string, data: KvData, cas?: number): Promise<KvHistory>;
  /** Writes what `change` makes of the current value, which nobody changes meanwhile. */
  patch(asker: Asker, name: string, change: (data: KvData) => KvData, cas?: number): Promise<KvHistory>;
  /** Absent versions: the current one. */
  forget(
    asker: Asker,
    name: string,
    how: 'delete' | 'undelete' | 'destroy',
    versions?: readonly number[],
  ): Promise<void>;
  settle(asker: Asker, name: string, settings: KvSettings): Promise<void>;
  remove(asker: Asker, name: string): Promise<void>;
}

type Action = 'secret_folder.read' | 'secret_folder.write';

/** Opens the secrets of folders to programs. */
export function openKv(parts: {
  readonly keys: Keys;
  readonly db: Db;
  readonly operator: Operator;
  readonly proveTokens: ProveTokens;
}): Kv {
  const fetch = createFetcher(parts);

  const inFolder = async <T>(
    asker: Asker,
    action: Action,
    path: string,
    work: (ctx: Ctx, permit: Permit, folder: SecretFolder) => Promise<T>,
    options: { readonly orItself?: boolean } = {},
  ): Promise<T> => {
    refuseBeyondScope(asker, action);
    if (!PATH.test(path)) throw malformed(path);
    const folder = await folderAbove(parts.db, path, options);
    if (folder === undefined) throw noFolder();
    const resource = { type: 'SecretFolder', id: folder.id };
    return await parts.operator.act(asker, { action, resource }, async (ctx, permit) => {
      await refuseWhenLocked(ctx.tx, ctx.now, {});
      return await work(ctx, permit, folder);
    });
  };
  /** Changes a secret that is there, held against every other change. */
  const change = (
    asker: Asker,
    name: string,
    work: (ctx: Ctx, permit: Permit, secret: KvSecret) => Promise<void>,
  ): Promise<void> =>
    inFolder(asker, 'secret_folder.write', name, async (ctx, permit) => {
      const secret = await lockKvSecret(ctx.tx, name);
      if (secret === undefined) throw notFound('secret', name);
      await work(ctx, permit, secret);
    });
  const askerOf = async (who: Asker | TokenHolder): Promise<Asker> => {
    if (!('token' in who)) return who;
    const [proved] = await parts.db.tx((tx) => parts.proveTokens(tx, [who]));
    if (proved === undefined) throw holdsNothing();
    return { ...proved, trace: who.trace };
  };
  const read: Kv['read'] = async (who, name, version) => {
    const found = PATH.test(name) ? await fetch({ who, name, version }) : undefined;
    if (found !== undefined) return found;
    // Whoever may not read there is not told that nothing is there.
    return await inFolder(await askerOf(who), 'secret_folder.read', name, () =>
      Promise.reject(notFound('secret', name)),
    );
  };
  const write = (asker: Asker, name: string, data: KvData, cas?: number): Promise<KvHistory> =>
    inFolder(asker, 'secret_folder.write', name, async (ctx, permit, folder) => {
      const { secret, version } = await writeVersion(parts.keys, ctx, permit, { folder, name, data, cas });
      return { secret, versions: [version] };
    });

  return {
    read,
    write,
    history: (asker, name) =>
      inFolder(asker, 'secret_folder.read', name, async (ctx) => {
        const secret = await findKvSecret(ctx.tx, name);
        if (secret === undefined) throw notFound('secret', name);
        return { secret, versions: await kvVersions(ctx.tx, secret) };
      }),
    list: (asker, path) =>
      inFolder(asker, 'secret_folder.read', path, (ctx, _permit, folder) => namesBelow(ctx.tx, folder.id, path), {
        orItself: true,
      }),
    patch: async (asker, name, alter, cas) => {
      const { secret, text } = await read(asker, name);
      if (text === null) throw notFound('secret', name);
      // What was read is what is written on: whoever came in between is not overwritten.
      return await write(asker, name, alter(JSON.parse(text) as KvData), cas ?? secret.currentVersion);
    },
    forget: (asker, name, how, versions) =>
      change(asker, name, async (ctx, permit, secret) => {
        const which = versions ?? [secret.currentVersion];
        if (how === 'delete') await deleteVersions(ctx, permit, secret, which);
        else if (how === 'undelete') await restoreVersions(ctx, permit, secret, which);
        else await destroyVersions(ctx, permit, secret, { versions: which });
      }),
    settle: (asker, name, settings) =>
      change(asker, name, (ctx, permit, secret) => keepSettings(ctx, permit, secret, settings)),
    remove: (asker, name) => change(asker, name, removeSecret),
  };
}

function refuseBeyondScope(asker: Asker, action: Action): void {
  if (!scopeCovers(asker.scopes, action, action === 'secret_folder.read' ? 'read' : 'write')) throw outOfScope(action);
}

const malformed = (path: string): AppError =>
  new AppError({
    code: 'secret.path_malformed',
    status: 400,
    detail: `${path.slice(0, 100)} is no path of the vault`,
    fix: 'name parts of letters, digits and ._@$- with a slash between them, the first in lower case',
  });

const noFolder = (): AppError =>
  new AppError({
    code: 'secret_folder.not_found',
    status: 404,
    detail: 'there is no such secret_folder',
    fix: 'ask whoever keeps the vault for a folder: reeve vault folders create',
  });

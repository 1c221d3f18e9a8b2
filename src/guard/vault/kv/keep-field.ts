import { openEnvelope, type Keys } from '#kit/crypto/index.ts';
import type { Queryable } from '#kit/db/index.ts';
import { AppError, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { folderAbove, type SecretFolder } from '../folders/index.ts';
import { sealContext } from '../model.ts';
import { refuseSealed, wrapping } from '../seal-version.ts';
import type { KvData } from './model.ts';
import { findKvSecret, lockKvSecret, sealedVersions } from './store.ts';
import { writeVersion } from './write-version.ts';

/** One value of a secret that is read by path. */
export interface KvField {
  readonly path: string;
  readonly field: string;
}

/** The folder a secret that is read by path lies in; undefined where there is no such secret. */
export async function folderOfKv(tx: Queryable, path: string): Promise<SecretFolder | undefined> {
  return (await findKvSecret(tx, path)) === undefined ? undefined : await folderAbove(tx, path);
}

/**
 * Writes one value of a secret as its next version, where it is another one; its other values stay. Answers whether it
 * was. Throws `secret.not_found` and `secret.has_no_value` where there is nothing to write on.
 */
export async function putField(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  { path, field }: KvField,
  text: string,
): Promise<boolean> {
  const secret = await lockKvSecret(ctx.tx, path);
  const folder = await folderAbove(ctx.tx, path);
  if (secret === undefined || folder === undefined) throw notFound('secret', path);
  const data = await openCurrent(keys, ctx, path);
  if (data[field] === text) return false;
  await writeVersion(keys, ctx, permit, {
    folder,
    name: path,
    data: { ...data, [field]: text },
    cas: secret.currentVersion,
  });
  return true;
}

async function openCurrent(keys: Keys, ctx: Ctx, path: string): Promise<KvData> {
  refuseSealed(keys);
  const [found] = await sealedVersions(ctx.tx, [{ name: path }]);
  if (found === undefined) throw notFound('secret', path);
  const { secret, version } = found;
  const { wrappedKey, sealed, deletedAt } = version;
  if (wrappedKey === null || sealed === null || (deletedAt !== null && deletedAt <= ctx.now))
    throw new AppError({
      code: 'secret.has_no_value',
      status: 409,
      detail: `the current version of ${path} was deleted`,
      fix: 'write a value there first',
    });
  const place = { ...secret, version: version.version, username: null };
  const plain = openEnvelope(wrapping(keys), { wrappedKey, sealed }, sealContext(place, version.state));
  try {
    return JSON.parse(plain.toString('utf8')) as KvData;
  } finally {
    plain.fill(0);
  }
}

import { rebindKey, sealEnvelope, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretCreated, secretWritten } from '../events.ts';
import type { SecretFolder } from '../folders/model.ts';
import { sealContext } from '../model.ts';
import { wrapping } from '../seal-version.ts';
import { LARGEST_VALUE, type KvData, type KvSecret, type KvVersion } from './model.ts';
import { lockKvSecret, sealedVersions } from './store.ts';
import { destroyVersions } from './forget-versions.ts';

/**
 * Writes a value as the next version of the secret of that path, which is made where there is none; the one before
 * stays, as many as are kept. `cas` is the version the writer has seen: 0 says there is none. Throws
 * `secret.version_is_another` (409) where somebody wrote in between, and where the secret wants `cas` and none came.
 */
export async function writeVersion(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly folder: SecretFolder;
    readonly name: string;
    readonly data: KvData;
    readonly cas?: number | undefined;
  },
): Promise<{ readonly secret: KvSecret; readonly version: KvVersion }> {
  const plain = Buffer.from(JSON.stringify(input.data));
  try {
    if (plain.length > LARGEST_VALUE)
      throw invalid('/data', `has ${plain.length} bytes`, `keep at most ${LARGEST_VALUE} in one secret`);
    const secret = await lockOrMake(ctx, permit, input.folder, input.name);
    refuseOvertaken(secret, input.cas);
    return await seal(keys, ctx, permit, secret, plain);
  } finally {
    plain.fill(0);
  }
}

function refuseOvertaken(secret: KvSecret, cas: number | undefined): void {
  if (cas === undefined && secret.casRequired)
    throw invalid('/options/cas', 'is required for this secret', 'send the version you have read');
  if (cas !== undefined && cas !== secret.currentVersion)
    throw conflict(
      'secret.version_is_another',
      `${secret.name} is at version ${secret.currentVersion}, not ${cas}`,
      'read it again and write on what you then see',
    );
}

async function lockOrMake(ctx: Ctx, permit: Permit, folder: SecretFolder, name: string): Promise<KvSecret> {
  const known = await lockKvSecret(ctx.tx, name);
  if (known !== undefined) return known;
  const id = newId(ctx.now.getTime());
  const made = await ctx.tx.run(sql`
    insert into secret (id, name, kind, purpose, owner_id, folder_id)
    values (${id}, ${name}, 'key_value', 'free', ${folder.ownerId}, ${folder.id})
    on conflict (name) where removed_at is null do nothing`);
  const secret = await lockKvSecret(ctx.tx, name);
  if (secret === undefined) {
    throw new AppError({
      code: 'secret.is_of_another_kind',
      status: 409,
      detail: `${name} is a secret that is not read by path`,
      fix: 'choose another path',
    });
  }
  if (made > 0)
    await ctx.record(permit, {
      event: secretCreated,
      data: { secretId: id, name, kind: 'key_value', purpose: 'free' },
    });
  return secret;
}

async function seal(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  secret: KvSecret,
  plain: Buffer,
): Promise<{ readonly secret: KvSecret; readonly version: KvVersion }> {
  const version = secret.currentVersion + 1;
  if (secret.currentVersion > 0) await makePrevious(keys, ctx, secret);
  const place = { ...secret, version, username: null };
  const { wrappedKey, sealed } = sealEnvelope(wrapping(keys), plain, sealContext(place, 'current'));
  const deletedAt =
    secret.deleteAfterSeconds === null ? null : new Date(ctx.now.getTime() + secret.deleteAfterSeconds * 1000);
  await ctx.tx.run(sql`
    with made as (
      insert into secret_version (secret_id, version, state, wrapped_key, sealed, created_at, deleted_at)
      values (${secret.id}, ${version}, 'current', ${wrappedKey}, ${sealed}, ${ctx.now}, ${deletedAt}))
    update secret set current_version = ${version}, changed_at = ${ctx.now} where id = ${secret.id}`);
  const over = version - secret.maxVersions;
  if (over > 0) await destroyVersions(ctx, permit, secret, { upTo: over });
  await ctx.record(permit, { event: secretWritten, data: { secretId: secret.id, name: secret.name, version } });
  return {
    secret: { ...secret, currentVersion: version, changedAt: ctx.now },
    version: { version, createdAt: ctx.now, deletedAt, destroyed: false },
  };
}

/** The version before is bound to being a previous one, so that writing "current" beside it by hand does not open it. */
async function makePrevious(keys: Keys, ctx: Ctx, secret: KvSecret): Promise<void> {
  const [before] = await sealedVersions(ctx.tx, [{ name: secret.name }]);
  if (before === undefined || before.version.state !== 'current' || before.version.wrappedKey === null) return;
  const place = { ...secret, version: before.version.version, username: null };
  const wrappedKey = rebindKey(
    wrapping(keys),
    before.version.wrappedKey,
    sealContext(place, 'current').key,
    sealContext(place, 'previous').key,
  );
  await ctx.tx.run(sql`
    update secret_version set state = 'previous', wrapped_key = ${wrappedKey}
     where secret_id = ${secret.id} and version = ${place.version}`);
}

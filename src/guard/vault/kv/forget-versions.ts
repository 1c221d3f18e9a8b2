import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretRemoved, secretVersionsDeleted, secretVersionsDestroyed, secretVersionsRestored } from '../events.ts';
import type { KvSecret } from './model.ts';

const said = (secret: KvSecret, versions: readonly number[]) => ({
  secretId: secret.id,
  name: secret.name,
  versions: [...versions].sort((a, b) => a - b),
});

/** Deletes versions so that they can be brought back; what is gone already stays as it is. */
export async function deleteVersions(
  ctx: Ctx,
  permit: Permit,
  secret: KvSecret,
  versions: readonly number[],
): Promise<void> {
  const done = await ctx.tx.many<{ version: number }>(sql`
    update secret_version set deleted_at = ${ctx.now}
     where secret_id = ${secret.id} and version = any(${[...versions]}::int[]) and state <> 'destroyed'
       and (deleted_at is null or deleted_at > ${ctx.now})
    returning version`);
  const event = secretVersionsDeleted;
  await ctx.record(permit, {
    event,
    data: said(
      secret,
      done.map((row) => row.version),
    ),
  });
}

/** Brings deleted versions back; destroyed ones are gone. */
export async function restoreVersions(
  ctx: Ctx,
  permit: Permit,
  secret: KvSecret,
  versions: readonly number[],
): Promise<void> {
  const done = await ctx.tx.many<{ version: number }>(sql`
    update secret_version set deleted_at = null
     where secret_id = ${secret.id} and version = any(${[...versions]}::int[]) and state <> 'destroyed' and deleted_at is not null
    returning version`);
  const event = secretVersionsRestored;
  await ctx.record(permit, {
    event,
    data: said(
      secret,
      done.map((row) => row.version),
    ),
  });
}

/** Destroys versions: key and value leave the row, and no backup made from now on can open them. */
export async function destroyVersions(
  ctx: Ctx,
  permit: Permit,
  secret: KvSecret,
  which: { readonly versions: readonly number[] } | { readonly upTo: number },
): Promise<void> {
  const ask = 'upTo' in which ? sql`version <= ${which.upTo}` : sql`version = any(${[...which.versions]}::int[])`;
  const done = await ctx.tx.many<{ version: number }>(sql`
    update secret_version set state = 'destroyed', wrapped_key = null, sealed = null
     where secret_id = ${secret.id} and ${ask} and state <> 'destroyed'
    returning version`);
  if (done.length === 0 && 'upTo' in which) return;
  const event = secretVersionsDestroyed;
  await ctx.record(permit, {
    event,
    data: said(
      secret,
      done.map((row) => row.version),
    ),
  });
}

/** Removes a secret with all it ever held; its path is free again. */
export async function removeSecret(ctx: Ctx, permit: Permit, secret: KvSecret): Promise<void> {
  await destroyVersions(ctx, permit, secret, { upTo: secret.currentVersion });
  await ctx.tx.run(sql`update secret set removed_at = ${ctx.now}, changed_at = ${ctx.now} where id = ${secret.id}`);
  await ctx.record(permit, { event: secretRemoved, data: { secretId: secret.id, name: secret.name } });
}

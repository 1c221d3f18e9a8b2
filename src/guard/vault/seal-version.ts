import { openEnvelope, rebindKey, sealEnvelope, type Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretAbandoned, secretCreated, secretPromoted, secretSealed } from './events.ts';
import { sealContext, type Secret, type SecretKind, type SecretPurpose, type VersionState } from './model.ts';
import { findSecret, insertSecret, insertVersion, lockSecret, readVersion, type SealedVersion } from './store.ts';

/** A value going in. The Buffer stays the caller's, to wipe. */
export interface NewSecret {
  readonly name: string;
  readonly kind: SecretKind;
  readonly purpose: SecretPurpose;
  readonly accountId?: string | undefined;
  readonly systemId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly description?: string | undefined;
  readonly username?: string | undefined;
  /** Absent: the secret is known but has no value yet; the first comes by rotation. */
  readonly value?: Buffer | undefined;
}

/** The key that wraps the data keys of secrets. */
export const wrapping = (keys: Keys) => keys.sealing('vault wrapping');

/** Throws `vault.sealed` while nothing can be opened: also what was opened a moment before is then not told any more. */
export const refuseSealed = (keys: Keys): void => void wrapping(keys);

/** Makes a secret known, with its first version if it has a value. Throws `secret.name_taken`. */
export async function createSecret(keys: Keys, ctx: Ctx, permit: Permit, input: NewSecret): Promise<Secret> {
  const id = newId(ctx.now.getTime());
  const added = await insertSecret(ctx.tx, {
    id,
    name: input.name,
    kind: input.kind,
    purpose: input.purpose,
    accountId: input.accountId ?? null,
    systemId: input.systemId ?? null,
    ownerId: input.ownerId ?? null,
    description: input.description ?? null,
    longestCheckoutSeconds: 3600,
  });
  if (added === 0)
    throw conflict(
      'secret.name_taken',
      `there is a secret ${input.name} already`,
      'give it a new version, or choose another name',
    );
  await ctx.record(permit, {
    event: secretCreated,
    data: { secretId: id, name: input.name, kind: input.kind, purpose: input.purpose },
  });
  if (input.value !== undefined) {
    const version = await sealVersion(keys, ctx, permit, {
      secretId: id,
      value: input.value,
      username: input.username,
    });
    await promoteVersion(keys, ctx, permit, { secretId: id, version });
  }
  const made = await findSecret(ctx.tx, id);
  if (made === undefined) throw notFound('secret', id);
  return made;
}

/**
 * Seals a value as the next version, pending: nothing uses it until it is promoted. Sealed before a target is
 * changed, so that no credential is ever set that nobody knows. Throws 409 while another version is pending.
 */
export async function sealVersion(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly secretId: string; readonly value: Buffer; readonly username?: string | undefined },
): Promise<number> {
  const secret = await lockSecret(ctx.tx, input.secretId);
  if ((await readVersion(ctx.tx, secret.id, { state: 'pending' })) !== undefined) {
    throw conflict(
      'secret.version_pending',
      `a new version of ${secret.name} is on its way already`,
      'wait for that rotation to end',
    );
  }
  const last = await ctx.tx.one<{ version: number }>(
    sql`select coalesce(max(version), 0)::int as version from secret_version where secret_id = ${secret.id}`,
  );
  const version = last.version + 1;
  const { wrappedKey, sealed } = sealEnvelope(
    wrapping(keys),
    input.value,
    sealContext({ ...secret, version, username: input.username ?? null }, 'pending'),
  );
  await insertVersion(ctx.tx, {
    secretId: secret.id,
    version,
    state: 'pending',
    username: input.username ?? null,
    wrappedKey,
    sealed,
  });
  await ctx.record(permit, {
    event: secretSealed,
    data: { secretId: secret.id, name: secret.name, version, state: 'pending' },
  });
  return version;
}

/** Makes a pending version the current one; the one before stays as previous. */
export async function promoteVersion(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly secretId: string; readonly version: number },
): Promise<void> {
  const secret = await lockSecret(ctx.tx, input.secretId);
  const before = await readVersion(ctx.tx, secret.id, { state: 'current' });
  if (before !== undefined) await moveVersion(keys, ctx.tx, secret, before, 'previous').catch(onlyUnopened);
  const next = await readVersion(ctx.tx, secret.id, { version: input.version });
  if (next?.state !== 'pending')
    throw conflict('secret.version_not_pending', `version ${input.version} of ${secret.name} is not pending`);
  await moveVersion(keys, ctx.tx, secret, next, 'current');
  await ctx.tx.run(
    sql`update secret set current_version = ${input.version}, changed_at = ${ctx.now} where id = ${secret.id}`,
  );
  await ctx.record(permit, {
    event: secretPromoted,
    data: { secretId: secret.id, name: secret.name, version: input.version },
  });
}

/** Gives up a pending version that never took effect on its target. */
export async function abandonVersion(
  keys: Keys,
  ctx: Ctx,
  permit: Permit,
  input: { readonly secretId: string; readonly version: number; readonly because: string },
): Promise<void> {
  const secret = await lockSecret(ctx.tx, input.secretId);
  const pending = await readVersion(ctx.tx, secret.id, { version: input.version });
  if (pending?.state !== 'pending') return;
  await moveVersion(keys, ctx.tx, secret, pending, 'abandoned').catch(onlyUnopened);
  await ctx.record(permit, {
    event: secretAbandoned,
    data: { secretId: secret.id, name: secret.name, version: input.version, because: input.because },
  });
}

/** Puts a version into another state, its key with it. The caller holds the secret's lock. */
async function moveVersion(
  keys: Keys,
  tx: Ctx['tx'],
  secret: Secret,
  row: SealedVersion,
  to: VersionState,
): Promise<void> {
  const [from, next] = [row.state, to].map(
    (state) => sealContext({ ...secret, version: row.version, username: row.username }, state).key,
  );
  await tx.run(
    sql`update secret_version set state = ${to} where secret_id = ${secret.id} and version = ${row.version}`,
  );
  const wrappedKey = rebindKey(wrapping(keys), row.wrappedKey, from ?? '', next ?? '');
  await tx.run(sql`
    update secret_version set wrapped_key = ${wrappedKey} where secret_id = ${secret.id} and version = ${row.version}`);
}

/** A version that was tampered with opens in no state; it must not keep its successor out. */
function onlyUnopened(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'crypto.does_not_open') throw error;
}

/** A value taken out; the Buffer is the caller's to wipe. */
export interface OpenedVersion {
  readonly version: number;
  readonly username: string | null;
  readonly value: Buffer;
}

/** Opens one version. Private to this module's callers that record the use; throws `secret.has_no_value`. */
export async function openVersion(
  keys: Keys,
  tx: Ctx['tx'],
  secret: Secret,
  which: Parameters<typeof readVersion>[2],
): Promise<OpenedVersion> {
  const row = await readVersion(tx, secret.id, which);
  if (row === undefined || (row.deletedAt !== null && row.deletedAt <= tx.now)) {
    throw conflict(
      'secret.has_no_value',
      `${secret.name} has no such value yet`,
      'wait for its first rotation, or store a value',
    );
  }
  const { version, username } = row;
  const value = openEnvelope(wrapping(keys), row, sealContext({ ...secret, version, username }, row.state));
  return { version: row.version, username: row.username, value };
}

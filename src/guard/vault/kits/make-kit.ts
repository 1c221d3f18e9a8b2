import { seal, sealSplit, type Keys } from '#kit/crypto/index.ts';
import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { refuseInjectOnly } from '../checkout/meet-terms.ts';
import { termsOf } from '../checkout/terms.ts';
import { openVersion } from '../seal-version.ts';
import { lockSecret } from '../store.ts';
import { kitMade } from './events.ts';
import { requireKit, type Kit } from './store.ts';

/** What a kit is to be. */
export interface NewKit {
  readonly name: string;
  readonly secretIds: readonly string[];
  readonly holderIds: readonly string[];
  readonly threshold: number;
  readonly drillEveryDays: number;
}

export const shareContext = (kitId: string, number: number): string => `break_glass_share/${kitId}/${number}`;
export const drillContext = (kitId: string): string => `break_glass_kit/${kitId}/drill`;
export const KITS = 'break-glass kits';
export const kitKey = (keys: Keys) => keys.sealing(KITS);

/**
 * Seals secrets for the day Reeve is not there. Whoever makes a kit sees neither its key nor a share: each share waits,
 * sealed, for its holder. What Reeve itself connects with, and what is shown to nobody, goes into no kit.
 */
export async function makeKit(keys: Keys, ctx: Ctx, permit: Permit, input: NewKit): Promise<Kit> {
  const holders = [...new Set(input.holderIds)];
  if (holders.length !== input.holderIds.length) throw invalid('/holderIds', 'names somebody twice', 'name each once');
  if (input.threshold > holders.length)
    throw invalid(
      '/threshold',
      `is more than the ${holders.length} who hold shares`,
      'name more holders, or ask for fewer',
    );
  for (const [i, holderId] of holders.entries()) {
    const holder = await getIdentity(ctx.tx, holderId);
    if (holder?.kind !== 'person' || holder.state !== 'active')
      throw invalid(`/holderIds/${i}`, 'is no active person', 'name people who are there');
  }
  const id = newId(ctx.now.getTime());
  const { plain, versions } = await gather(keys, ctx, input.secretIds);
  const sealed = await sealSplit(id, plain, { holders: holders.length, threshold: input.threshold });
  plain.fill(0);
  try {
    await ctx.tx.run(sql`
      insert into break_glass_kit (id, name, threshold, drill_every_days, envelope, sealed_drill_key, made_by, made_at)
      values (${id}, ${input.name}, ${input.threshold}, ${input.drillEveryDays}, ${sealed.envelope},
              ${seal(kitKey(keys), sealed.drillKey, drillContext(id))}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (isConstraint(error, 'break_glass_kit_name_is_one_kits'))
      throw conflict(
        'break_glass_kit.name_taken',
        `there is a kit ${input.name} already`,
        'retire it, or choose another name',
      );
    throw error;
  }
  for (const { secretId, version } of versions)
    await ctx.tx.run(
      sql`insert into break_glass_kit_secret (kit_id, secret_id, version) values (${id}, ${secretId}, ${version})`,
    );
  for (const [i, holderId] of holders.entries()) {
    const share = sealed.shares[i];
    if (share === undefined) throw new Error('a share is missing');
    await ctx.tx.run(sql`
      insert into break_glass_share (kit_id, number, holder_id, sealed_share)
      values (${id}, ${i + 1}, ${holderId}, ${seal(kitKey(keys), share, shareContext(id, i + 1))})`);
    share.fill(0);
  }
  await ctx.record(permit, {
    event: kitMade,
    data: {
      kitId: id,
      name: input.name,
      secrets: versions.map(({ secretId }) => secretId),
      holders,
      threshold: input.threshold,
    },
  });
  return await requireKit(ctx.tx, id);
}

async function gather(
  keys: Keys,
  ctx: Ctx,
  secretIds: readonly string[],
): Promise<{ plain: Buffer; versions: { secretId: string; version: number }[] }> {
  const secrets: Record<string, unknown>[] = [];
  const versions: { secretId: string; version: number }[] = [];
  for (const secretId of [...new Set(secretIds)].sort()) {
    const secret = await lockSecret(ctx.tx, secretId);
    if (secret.purpose === 'connection')
      throw denied('secret.of_a_connection', `${secret.name} is what Reeve itself connects with and goes into no kit`);
    refuseInjectOnly(secret, await termsOf(ctx.tx, secret));
    const opened = await openVersion(keys, ctx.tx, secret, { state: 'current' });
    versions.push({ secretId, version: opened.version });
    secrets.push({
      name: secret.name,
      kind: secret.kind,
      username: opened.username,
      value: opened.value.toString('utf8'),
      facts: secret.facts,
    });
    opened.value.fill(0);
  }
  return { plain: Buffer.from(JSON.stringify({ sealedAt: ctx.now.toISOString(), secrets }, null, 2)), versions };
}

import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { secretSettingsChanged } from '../events.ts';
import type { KvSecret, KvSettings } from './model.ts';
import { destroyVersions } from './forget-versions.ts';

/** Says how a secret is kept. Versions beyond the number that is kept are destroyed at once. */
export async function keepSettings(ctx: Ctx, permit: Permit, secret: KvSecret, input: KvSettings): Promise<void> {
  const maxVersions = input.maxVersions ?? secret.maxVersions;
  const casRequired = input.casRequired ?? secret.casRequired;
  const deleteAfterSeconds =
    input.deleteAfterSeconds === undefined ? secret.deleteAfterSeconds : input.deleteAfterSeconds;
  const labels = input.labels ?? secret.labels;
  await ctx.tx.run(sql`
    update secret set max_versions = ${maxVersions}, cas_required = ${casRequired},
           delete_after_seconds = ${deleteAfterSeconds}, labels = ${sql.json(labels)}::jsonb, changed_at = ${ctx.now}
     where id = ${secret.id}`);
  const over = secret.currentVersion - maxVersions;
  if (over > 0) await destroyVersions(ctx, permit, secret, { upTo: over });
  await ctx.record(permit, {
    event: secretSettingsChanged,
    data: {
      secretId: secret.id,
      name: secret.name,
      maxVersions,
      casRequired,
      deleteAfterSeconds,
      labels: Object.keys(labels).sort(),
    },
  });
}

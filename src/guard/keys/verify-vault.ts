import { z } from 'zod';
import { verifySecrets, type VaultCheck } from '#guard/vault/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { defineJob, type Ctx, type Job } from '#spine/operations/index.ts';
import type { KeyEdges } from './edges.ts';
import { secretNotAsRecorded, vaultVerified } from './events.ts';

/** Holds the vault against the log and puts what is wrong on the record. */
export async function verifyVault(edges: KeyEdges, ctx: Ctx, permit: Permit): Promise<VaultCheck> {
  const found = await verifySecrets(ctx.tx, edges.rings.keys);
  await ctx.recordAll(
    permit,
    found.wrong.map((data) => ({ event: secretNotAsRecorded, data: { ...data } })),
  );
  await ctx.record(permit, {
    event: vaultVerified,
    data: { secrets: found.secrets, opened: found.opened, wrong: found.wrong.length },
  });
  return found;
}

/** Once a night, where the vault is open. */
export const verifyNightly = (edges: KeyEdges): Job<z.ZodObject> =>
  defineJob({
    name: 'keys.verify_vault',
    input: z.object({}),
    every: '41 2 * * *',
    run: async (job) => {
      if (edges.rings.vault.state !== 'open') return;
      const { wrong } = await job.act({ action: 'vault_key.verify' }, (ctx, permit) => verifyVault(edges, ctx, permit));
      if (wrong.length > 0) job.log.error('secrets are not as the audit log says', { secrets: wrong.length });
    },
  });

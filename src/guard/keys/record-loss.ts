import type { JobCtx } from '#spine/operations/index.ts';
import { vaultLost } from './events.ts';

/** Puts on the record that a node lost its root key by itself. */
export const recordLoss = (job: JobCtx, node: string, why: string): Promise<string> =>
  job.act({ action: 'vault_key.lose' }, (ctx, permit) => ctx.record(permit, { event: vaultLost, data: { node, why } }));

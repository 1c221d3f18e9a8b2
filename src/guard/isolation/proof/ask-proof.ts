import { sql, type Queryable } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { proofAsked } from '../events.ts';
import type { TriedElsewhere } from '../model.ts';
import { gatewaysOf, getIsolation } from '../store.ts';
import { isWithin } from '#connectors/port.ts';

export const PROVE = 'isolation.prove';

/** What whoever asks found when they tried to reach the system from where they are. */
export interface Tried {
  readonly from: string;
  readonly reached: boolean;
  readonly said: string;
}

/** Asks for a proof. The job looks; what came of it is told by the system's isolation. */
export async function askProof(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly tried?: Tried | undefined },
): Promise<void> {
  const system = await requireSystem(ctx.tx, input.systemId);
  const isolation = await getIsolation(ctx.tx, system.id);
  if (isolation === undefined)
    throw conflict(
      'isolation.not_set',
      `nobody said who reaches ${system.name}, so there is nothing to prove`,
      `reeve isolate set ${system.name} --gateways 192.0.2.10`,
    );
  const gateways = await gatewaysOf(ctx.tx, isolation.gateways);
  const elsewhere = input.tried === undefined ? isolation.elsewhere : judgeTried(input.tried, gateways, ctx.now);
  await ctx.tx.run(sql`
    update isolation set proof_asked_at = ${ctx.now}, elsewhere = ${elsewhere === null ? null : sql.json(elsewhere)}::jsonb where system_id = ${system.id}`);
  await ctx.record(permit, { event: proofAsked, data: { systemId: system.id } });
  await queueProof(ctx.tx, system.id);
}

export const queueProof = (tx: Queryable, systemId: string): Promise<void> =>
  enqueue(tx, PROVE, { systemId }, { key: `${PROVE}:${systemId}` });

/** A port that answers from elsewhere is open; from a gateway's own address it has to be. */
function judgeTried(tried: Tried, gateways: readonly string[], now: Date): TriedElsewhere {
  const at = now.toISOString();
  const evidence = `from ${tried.from || 'an unknown address'}: ${tried.said}`;
  if (!tried.reached) return { outcome: 'passed', evidence, at };
  if (isWithin(tried.from, gateways))
    return {
      outcome: 'unknown',
      evidence: `${evidence}; that is a gateway's own address, so try from another place`,
      at,
    };
  return { outcome: 'failed', evidence, at };
}

import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getSystem } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requireProgram } from '../give-token.ts';
import { hostBound, hostUnbound } from './events.ts';
import { hosts, type WorkloadHost } from './store.ts';

/** Says which identity a host is that signs with its SSH host key. One identity a system. */
export async function bindHost(
  ctx: Ctx,
  permit: Permit,
  input: Pick<WorkloadHost, 'systemId' | 'identityId' | 'scopes' | 'seconds'>,
): Promise<WorkloadHost> {
  const system = await getSystem(ctx.tx, input.systemId);
  if (system === undefined) throw invalid('/systemId', 'is no system', 'see reeve systems ls');
  if (system.kind !== 'linux' || system.pinned.length === 0)
    throw conflict(
      'workload.no_host_keys',
      `${system.name} has no pinned SSH host keys`,
      'only a Linux host that was onboarded has them',
    );
  await requireProgram(ctx, input.identityId);
  const id = newId(ctx.now.getTime());
  try {
    await ctx.tx.run(sql`
      insert into workload_host (id, system_id, identity_id, scopes, seconds, made_by, made_at)
      values (${id}, ${system.id}, ${input.identityId}, ${input.scopes}, ${input.seconds}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (isConstraint(error, 'workload_host_is_one_identity'))
      throw conflict('workload.bound_already', `${system.name} is bound already`, 'unbind it first');
    throw error;
  }
  await ctx.record(permit, { event: hostBound, data: { hostId: id, ...input } });
  return { id, ...input, systemName: system.name, pinned: [...system.pinned], madeAt: ctx.now };
}

/** A host is let in by its key no more. */
export async function unbindHost(ctx: Ctx, permit: Permit, id: string): Promise<WorkloadHost> {
  const host = (await hosts(ctx.tx)).find((each) => each.id === id);
  if (host === undefined) throw notFound('workload_host', id);
  await ctx.tx.run(sql`update workload_host set removed_at = ${ctx.now} where id = ${id}`);
  const { systemId, identityId } = host;
  await ctx.record(permit, { event: hostUnbound, data: { hostId: id, systemId, identityId } });
  return host;
}

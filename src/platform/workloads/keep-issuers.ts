import { isConstraint, sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Outbound } from '#kit/outbound/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { issuerAdded, issuerRemoved, workloadBound, workloadUnbound } from './events.ts';
import { requireProgram } from './give-token.ts';
import { bindings, findIssuer, type Binding, type Issuer } from './store.ts';

/** Takes tokens of a platform from now on; nobody is let in by that alone. */
export async function addIssuer(
  outbound: Pick<Outbound, 'problemOf'>,
  ctx: Ctx,
  permit: Permit,
  input: Omit<Issuer, 'id' | 'madeAt'>,
): Promise<Issuer> {
  const problem = outbound.problemOf(input.keysUrl);
  if (problem !== undefined) throw invalid('/keysUrl', problem, 'give the address of the keys of the platform');
  const id = newId(ctx.now.getTime());
  try {
    await ctx.tx.run(sql`
      insert into workload_issuer (id, name, issuer, keys_url, audience, made_by, made_at)
      values (${id}, ${input.name}, ${input.issuer}, ${input.keysUrl}, ${input.audience}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (isConstraint(error, 'workload_issuer_is_one') || isConstraint(error, 'workload_issuer_name_is_one_issuers'))
      throw conflict('workload.issuer_there', 'this issuer or its name is there already', 'remove it first');
    throw error;
  }
  await ctx.record(permit, { event: issuerAdded, data: { issuerId: id, ...input } });
  return { id, ...input, madeAt: ctx.now };
}

/** Takes no tokens of a platform any more; its bindings end with it. What was given lives its hour. */
export async function removeIssuer(ctx: Ctx, permit: Permit, id: string): Promise<Issuer> {
  const issuer = await findIssuer(ctx.tx, { id });
  if (issuer === undefined) throw notFound('workload_issuer', id);
  await ctx.tx.run(sql`update workload_issuer set removed_at = ${ctx.now} where id = ${id}`);
  await ctx.tx.run(
    sql`update workload_binding set removed_at = ${ctx.now} where issuer_id = ${id} and removed_at is null`,
  );
  await ctx.record(permit, { event: issuerRemoved, data: { issuerId: id, name: issuer.name } });
  return issuer;
}

/** Says whose tokens with these claims are. Throws `workload.no_program` for a person. */
export async function bindWorkload(ctx: Ctx, permit: Permit, input: Omit<Binding, 'id' | 'madeAt'>): Promise<Binding> {
  if ((await findIssuer(ctx.tx, { id: input.issuerId })) === undefined)
    throw invalid('/issuerId', 'is no issuer', 'see reeve workloads issuers');
  await requireProgram(ctx, input.identityId);
  const id = newId(ctx.now.getTime());
  try {
    await ctx.tx.run(sql`
      insert into workload_binding (id, issuer_id, identity_id, claims, scopes, seconds, made_by, made_at)
      values (${id}, ${input.issuerId}, ${input.identityId}, ${sql.json(input.claims)}::jsonb, ${input.scopes},
              ${input.seconds}, ${ctx.principal.id}, ${ctx.now})`);
  } catch (error) {
    if (isConstraint(error, 'workload_binding_is_one'))
      throw conflict('workload.bound_already', 'these claims are bound already', 'remove that binding first');
    throw error;
  }
  await ctx.record(permit, { event: workloadBound, data: { bindingId: id, ...input } });
  return { id, ...input, madeAt: ctx.now };
}

/** Whose token carries these claims is nobody from now on. */
export async function unbindWorkload(ctx: Ctx, permit: Permit, id: string): Promise<Binding> {
  const binding = (await bindings(ctx.tx)).find((each) => each.id === id);
  if (binding === undefined) throw notFound('workload_binding', id);
  await ctx.tx.run(sql`update workload_binding set removed_at = ${ctx.now} where id = ${id}`);
  const { issuerId, identityId } = binding;
  await ctx.record(permit, { event: workloadUnbound, data: { bindingId: id, issuerId, identityId } });
  return binding;
}

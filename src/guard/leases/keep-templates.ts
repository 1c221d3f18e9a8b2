import { sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endEntitlements, getIdentity, putEntitlement, requireSystem, REEVE_SYSTEM_ID } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { templateMade, templateRemoved } from './events.ts';
import { LEASE_KIND, type LeaseTemplate } from './model.ts';
import { getTemplate } from './store.ts';

/** Kinds of system whose connectors make accounts for a time. */
const KINDS = new Set(['postgres', 'mysql']);

/**
 * Makes a template and the entitlement that opens it, so that asking for a database user is itself asked for, approved,
 * reviewed and ended like any access. Throws `lease_template.there_already`.
 */
export async function makeTemplate(
  ctx: Ctx,
  permit: Permit,
  input: Omit<LeaseTemplate, 'id' | 'systemName' | 'entitlementId' | 'ownerId' | 'heir'> & {
    readonly heir?: string | undefined;
    readonly ownerId?: string | undefined;
  },
): Promise<LeaseTemplate> {
  const system = await requireSystem(ctx.tx, input.systemId);
  if (!KINDS.has(system.kind))
    throw invalid(
      '/systemId',
      `${system.name} is of kind ${system.kind}, where no users are made for a time`,
      `choose one of kind ${[...KINDS].join(' or ')}`,
    );
  if (input.defaultSeconds > input.longestSeconds)
    throw invalid('/defaultSeconds', 'is longer than the longest', `at most ${input.longestSeconds}`);
  const ownerId = input.ownerId ?? ctx.principal.id;
  if ((await getIdentity(ctx.tx, ownerId)) === undefined)
    throw invalid('/ownerId', 'is nobody Reeve knows', 'name the identity that answers for the template');
  const taken = await ctx.tx.maybe(sql`
    select id from lease_template where removed_at is null and (name = ${input.name} or (system_id = ${system.id} and prefix = ${input.prefix}))`);
  const met = await ctx.tx.maybe<{ name: string }>(sql`
    select name from account where system_id = ${system.id} and state <> 'gone' and starts_with(native_id, ${input.prefix}) limit 1`);
  if (taken !== undefined || met !== undefined)
    throw conflict(
      'lease_template.there_already',
      met === undefined
        ? `there is a template ${input.name}, or one with that prefix, already`
        : `there is an account ${met.name} on ${system.name}, which that prefix would take for a lease's`,
      'choose another name and prefix',
    );
  const entitlement = await putEntitlement(ctx, permit, {
    systemId: REEVE_SYSTEM_ID,
    kind: LEASE_KIND,
    nativeId: `lease:${input.name}`,
    name: `Lease ${input.name}`,
    description: `asks for a user on ${system.name} that is there for ${Math.ceil(input.longestSeconds / 60)} min at most, with ${input.entitlements.join(', ')}`,
    ownerId,
    risk: 'high',
    requestable: true,
    markedPrivileged: true,
  });
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into lease_template (id, name, system_id, entitlement_id, entitlements, prefix, default_seconds, longest_seconds, heir, owner_id, made_at)
    values (${id}, ${input.name}, ${system.id}, ${entitlement.id}, ${sql.array(input.entitlements)}::text[], ${input.prefix}, ${input.defaultSeconds},
            ${input.longestSeconds}, ${input.heir ?? null}, ${ownerId}, ${ctx.now})`);
  const { name, entitlements, longestSeconds } = input;
  await ctx.record(permit, {
    event: templateMade,
    data: { templateId: id, name, systemId: system.id, entitlements: [...entitlements], longestSeconds },
  });
  return await requireTemplate(ctx, id);
}

/** Throws 404 `lease_template.not_found`. */
export async function requireTemplate(ctx: Ctx, id: string): Promise<LeaseTemplate> {
  const found = await getTemplate(ctx.tx, id);
  if (found === undefined) throw notFound('lease_template', id);
  return found;
}

/** Removes a template nobody has a user of. Throws `lease_template.in_use`, `entitlement.still_granted`. */
export async function removeTemplate(ctx: Ctx, permit: Permit, id: string): Promise<LeaseTemplate> {
  const template = await requireTemplate(ctx, id);
  const { n } = await ctx.tx.one<{ n: number }>(
    sql`select count(*)::int as n from lease where template_id = ${id} and state <> 'ended'`,
  );
  if (n > 0)
    throw conflict('lease_template.in_use', `${n} users of ${template.name} are still there`, 'end their leases first');
  await endEntitlements(ctx, permit, { systemId: REEVE_SYSTEM_ID, entitlementIds: [template.entitlementId] });
  await ctx.tx.run(sql`update lease_template set removed_at = ${ctx.now} where id = ${id}`);
  await ctx.record(permit, {
    event: templateRemoved,
    data: { templateId: id, name: template.name, systemId: template.systemId },
  });
  return template;
}

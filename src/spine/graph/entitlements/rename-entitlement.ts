import { sql } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { entitlementsRenamed } from '../events.ts';
import { getEntitlements } from './read-entitlements.ts';

/**
 * Says that what came under another name is what went: the one that went is there again, under the name and with the
 * holders and the nesting of the other, which ends. Its id, owner, description, grants, roles and rules are what they
 * were. Refused where the other is named by grants, roles or rules already: then both mean something.
 */
export async function renameEntitlement(
  ctx: Ctx,
  permit: Permit,
  input: { readonly goneId: string; readonly cameId: string },
): Promise<void> {
  const { tx, now } = ctx;
  const { goneId, cameId } = input;
  await tx.run(sql`select id from entitlement where id in (${goneId}, ${cameId}) order by id for no key update`);
  const rows = await getEntitlements(tx, [goneId, cameId]);
  const gone = rows.find((e) => e.id === goneId);
  const came = rows.find((e) => e.id === cameId);
  if (gone === undefined || came === undefined) throw notFound('entitlement', gone === undefined ? goneId : cameId);
  if (gone.validTo === null || came.validTo !== null || gone.systemId !== came.systemId)
    throw conflict(
      'entitlement.not_renamed',
      `${gone.name} is not gone, or ${came.name} is not there any more`,
      'look at both again',
    );
  const { named } = await tx.one<{ named: boolean }>(sql`
    select exists (select from access_grant where entitlement_id = ${cameId})
        or exists (select from role_content where entitlement_id = ${cameId})
        or exists (select from sod_rule_function where entitlement_id = ${cameId})
        or exists (select from entitlement_prerequisite where needs_id = ${cameId} or entitlement_id = ${cameId})
        or exists (select from birthright_rule where entitlement_id = ${cameId}) as named`);
  if (named)
    throw conflict(
      'entitlement.named_already',
      `grants, roles or rules name ${came.name} already, beside ${gone.name}`,
      'say that it is another, and name the one you mean in each of them',
    );
  await tx.run(sql`update entitlement set valid_to = greatest(valid_from, ${now}) where id = ${cameId}`);
  await tx.run(sql`
    update entitlement e
       set valid_to = null, native_id = c.native_id, name = c.name, kind = c.kind, attributes = c.attributes,
           stable_id = c.stable_id, privileged_on_target = c.privileged_on_target,
           privileged = c.privileged_on_target or e.marked_privileged, renamed_from = e.native_id, renamed_at = ${now}::timestamptz
      from entitlement c where e.id = ${goneId} and c.id = ${cameId}`);
  await tx.run(sql`
    with went as (update holding set valid_to = greatest(valid_from, ${now}) where entitlement_id = ${cameId} and valid_to is null returning *)
    insert into holding (account_id, entitlement_id, observed_at, quality, given_by, valid_from)
    select account_id, ${goneId}::uuid, observed_at, quality, given_by, ${now}::timestamptz from went`);
  for (const [self, other] of [
    [sql`parent_id`, sql`child_id`],
    [sql`child_id`, sql`parent_id`],
  ] as const)
    await tx.run(sql`
      with went as (update entitlement_edge set valid_to = greatest(valid_from, ${now}) where ${self} = ${cameId} and valid_to is null returning *)
      insert into entitlement_edge (${self}, ${other}, source, valid_from)
      select ${goneId}::uuid, ${other}, source, ${now}::timestamptz from went where ${other} <> ${goneId}::uuid`);
  await ctx.record(permit, {
    event: entitlementsRenamed,
    data: { systemId: gone.systemId, renamed: [{ entitlementId: goneId, from: gone.nativeId, to: came.nativeId }] },
  });
}

import {
  draftVersion,
  lookAtImpact,
  openVersion,
  publishedVersion,
  type VersionContent,
} from '#govern/role-versions/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { requireRole, roleParts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/**
 * Has parts taken out of a role by a version: drafted in the name of whoever signed it and looked at for all that follows.
 * Another person publishes it. Safe to ask again. Answers what it waits for.
 */
export async function takeOutOfRole(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  input: {
    readonly roleId: string;
    readonly thingIds: readonly string[];
    readonly by: string;
    readonly reason: string;
  },
): Promise<string> {
  const role = await requireRole(ctx.tx, input.roleId);
  const open = await openVersion(ctx.tx, role.id);
  const out = new Set(input.thingIds);
  const before = open?.content ?? (await contentNow(ctx, role.id));
  const named = [...before.entitlements, ...before.roles].filter(({ id }) => out.has(id));
  if (open !== undefined && named.length === 0)
    return `version ${open.number} of ${role.name} leaves it out and waits to be published`;
  if (open?.state === 'awaiting')
    return `version ${open.number} of ${role.name} waits for approval with it inside: return or withdraw it`;
  const version = await draftVersion(ctx, permit, {
    roleId: role.id,
    kind: open?.kind ?? (await publishedVersion(ctx.tx, role.id))?.kind ?? 'it',
    content: {
      entitlements: before.entitlements.filter(({ id }) => !out.has(id)),
      roles: before.roles.filter(({ id }) => !out.has(id)),
    },
    reason: open === undefined ? input.reason : `${open.reason}; ${input.reason}`,
    by: input.by,
  });
  await lookAtImpact(ctx, permit, { id: version.id });
  return `version ${version.number} of ${role.name} leaves it out and waits to be published`;
}

async function contentNow(ctx: Ctx, roleId: string): Promise<VersionContent> {
  const parts = (await roleParts(ctx.tx, roleId)).map(({ entitlementId, roleId: child, validFrom, validTo }) => ({
    ofEntitlement: entitlementId !== null,
    part: {
      id: entitlementId ?? child ?? '',
      validFrom: validFrom > ctx.now ? validFrom.toISOString() : null,
      validTo: validTo?.toISOString() ?? null,
    },
  }));
  return {
    entitlements: parts.filter((p) => p.ofEntitlement).map((p) => p.part),
    roles: parts.filter((p) => !p.ofEntitlement).map((p) => p.part),
  };
}

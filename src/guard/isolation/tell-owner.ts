import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { ADMIN_ROLES, getSystem, whoCouldReach } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** Tells whoever owns the system; where nobody does, the security officers. */
export async function tellOwner(
  ctx: Ctx,
  permit: Permit,
  notice: {
    readonly systemId: string;
    readonly template: string;
    readonly path: string;
    readonly facts: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const system = await getSystem(ctx.tx, notice.systemId);
  if (system === undefined) return;
  const officers =
    system.ownerId === null ? await whoCouldReach(ctx.tx, { entitlementId: ADMIN_ROLES.security_officer }) : [];
  const to = system.ownerId === null ? officers.map(({ identityId }) => identityId) : [system.ownerId];
  const [about] = to;
  if (about === undefined) return;
  await askNotice(ctx, permit, {
    to,
    about,
    template: notice.template,
    path: notice.path,
    facts: { system: system.name, ...notice.facts },
  });
}

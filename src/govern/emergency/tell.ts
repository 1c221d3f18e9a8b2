import { getIdentities } from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { activeHolders, inWords, targetOf } from './concerned.ts';
import type { EmergencyPath, EmergencyUse } from './model.ts';

/** Who is told loudly of every use: those who answer for what was taken, security officers, and who reviews it. */
export const loudTo = async (ctx: Ctx, path: EmergencyPath, not: string): Promise<string[]> => {
  const target = await targetOf(ctx.tx, path);
  const owners = (target?.owners ?? []).flatMap((o) => o.id ?? []);
  const officers = await activeHolders(ctx.tx, ['security_officer']);
  return [...new Set([...owners, ...officers, ...path.reviewerIds])].filter((id) => id !== not);
};

/** Tells people of something that happened by a path. */
export const tellOf = async (
  ctx: Ctx,
  permit: Permit,
  path: EmergencyPath,
  use: Pick<EmergencyUse, 'id' | 'identityId' | 'reason' | 'reviewDueAt'>,
  notice: {
    readonly to: readonly string[];
    readonly template: string;
    readonly facts?: Readonly<Record<string, string>>;
  },
): Promise<void> => {
  const [who] = await getIdentities(ctx.tx, [use.identityId]);
  await askNotice(ctx, permit, {
    to: notice.to,
    template: notice.template,
    path: `/emergency/uses/${use.id}`,
    about: use.identityId,
    facts: {
      who: who?.displayName ?? 'somebody',
      path: path.name,
      what: inWords(await targetOf(ctx.tx, path)),
      reason: use.reason,
      until: `${use.reviewDueAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      ...notice.facts,
    },
  });
};

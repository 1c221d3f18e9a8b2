import { conflict } from '#kit/errors/index.ts';
import { PLATFORM, type Decide, type Permit } from '#spine/decide/index.ts';
import { createRole, getRole, requireRole, roleContent, roleParts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { draftVersion, publishedVersion, type RoleVersion, type VersionContent } from '#govern/role-versions/index.ts';
import type { KeptImprovement } from './kept-improvements.ts';
import { ON_DEMAND_SECONDS } from './split-by-use.ts';

/**
 * Drafts what would make an improvement true: versions that wait for their report and for another person, so nothing
 * about anybody's access changes by it. A merge leaves one role with all, and the other with nothing but that one in
 * it, so nobody has to be given anything anew. A split makes a second role, to be asked for when it is needed.
 */
export async function draftImprovement(ctx: Ctx, decide: Decide, improvement: KeptImprovement): Promise<RoleVersion[]> {
  const role = await requireRole(ctx.tx, improvement.roleId);
  const other = improvement.otherId === null ? undefined : await requireRole(ctx.tx, improvement.otherId);
  const reason = reasonOf(improvement, role.name, other?.name);
  const draft = async (roleId: string, content: VersionContent): Promise<RoleVersion> => {
    const may = await decide.permit(ctx.tx, {
      principal: ctx.principal,
      action: 'role_version.draft' as const,
      resource: { type: 'Role', id: roleId },
    });
    const kind = (await publishedVersion(ctx.tx, roleId))?.kind ?? 'it';
    return await draftVersion(ctx, may.permit as Permit<'role_version.draft'>, { roleId, kind, content, reason });
  };

  if (improvement.kind === 'retire') return [await draft(role.id, { ...NOTHING, assignment: null })];
  if (improvement.kind === 'split') return await draftSplit(ctx, decide, improvement, role, draft);
  if (other === undefined) return [];
  if (improvement.kind === 'nest') {
    const inner = new Set(await givenBy(ctx, role.id));
    const { entitlements, roles } = await contentOf(ctx, other.id);
    return [
      await draft(other.id, {
        entitlements: entitlements.filter((e) => !inner.has(e.id)),
        roles: [...roles, part(role.id)],
      }),
    ];
  }
  const into = await contentOf(ctx, other.id);
  const from = await contentOf(ctx, role.id);
  const pointing = { entitlements: [], roles: [part(other.id)] };
  if (improvement.because === 'same_access') return [await draft(role.id, pointing)];
  return [await draft(other.id, together(into, from)), await draft(role.id, pointing)];
}

const NOTHING: VersionContent = { entitlements: [], roles: [] };
const part = (id: string): VersionContent['roles'][number] => ({ id, validFrom: null, validTo: null });

/** All a role gives, through the roles within it. */
const givenBy = async (ctx: Ctx, roleId: string): Promise<readonly string[]> => {
  const seen = new Set([roleId]);
  const given: string[] = [];
  for (const id of seen) {
    const content = await roleContent(ctx.tx, id);
    given.push(...content.entitlementIds);
    for (const child of content.roleIds) seen.add(child);
  }
  return given;
};

async function contentOf(ctx: Ctx, roleId: string): Promise<VersionContent> {
  const parts = (await roleParts(ctx.tx, roleId)).map(({ entitlementId, roleId: child, validFrom, validTo }) => ({
    entitlementId,
    id: entitlementId ?? child ?? '',
    validFrom: validFrom > ctx.now ? validFrom.toISOString() : null,
    validTo: validTo?.toISOString() ?? null,
  }));
  const bare = ({ id, validFrom, validTo }: (typeof parts)[number]) => ({ id, validFrom, validTo });
  return {
    entitlements: parts.filter((p) => p.entitlementId !== null).map(bare),
    roles: parts.filter((p) => p.entitlementId === null).map(bare),
  };
}

/** What is in either; what is in both stays as the first has it. */
function together(first: VersionContent, second: VersionContent): VersionContent {
  const union = (a: VersionContent['roles'], b: VersionContent['roles']): VersionContent['roles'] => [
    ...a,
    ...b.filter(({ id }) => !a.some((known) => known.id === id)),
  ];
  return { entitlements: union(first.entitlements, second.entitlements), roles: union(first.roles, second.roles) };
}

async function draftSplit(
  ctx: Ctx,
  decide: Decide,
  { onDemand }: KeptImprovement,
  { id, name }: { readonly id: string; readonly name: string },
  draft: (roleId: string, content: VersionContent) => Promise<RoleVersion>,
): Promise<RoleVersion[]> {
  const called = `${name}, on demand`;
  if ((await getRole(ctx.tx, called)) !== undefined)
    throw conflict(
      'role_improvement.split_already',
      `there is a role ${called} already`,
      'draft a version of that one',
    );
  const { permit } = await decide.permit(ctx.tx, {
    principal: ctx.principal,
    action: 'role.create' as const,
    resource: PLATFORM,
  });
  const before = await getRole(ctx.tx, id);
  const second = await createRole(ctx, permit, {
    name: called,
    description: `What ${name} gave and few used, to be asked for when it is needed`,
    ownerId: before?.ownerId,
    risk: before?.risk,
    requestable: before?.ownerId !== null,
    maxSeconds: Math.min(before?.maxSeconds ?? ON_DEMAND_SECONDS, ON_DEMAND_SECONDS),
  });
  const moved = new Set(onDemand);
  const { entitlements, roles } = await contentOf(ctx, id);
  const [standing, asked] = [entitlements.filter((e) => !moved.has(e.id)), entitlements.filter((e) => moved.has(e.id))];
  return [
    await draft(second.id, { entitlements: asked, roles: [] }),
    await draft(id, { entitlements: standing, roles }),
  ];
}

const reasonOf = ({ kind, because }: KeptImprovement, role: string, other: string | undefined): string =>
  ({
    retire: `${role} is retired: ${WORDS[because] ?? because}`,
    merge: `${role} and ${other ?? ''} become one: ${WORDS[because] ?? because}`,
    nest: `all that ${role} gives is in ${other ?? ''} too`,
    split: `few of those who have ${role} used what is better asked for`,
  })[kind];

const WORDS: Readonly<Record<string, string>> = {
  gives_nothing: 'it gives nothing',
  held_by_nobody: 'nobody has it',
  redundant: 'whoever has it has all of it by other roles',
  unused: 'nobody who has it used it',
  unseen: 'no session rested on it',
  same_access: 'they give the same',
  same_people: 'the same people have both',
  overlap: 'they give almost the same',
};

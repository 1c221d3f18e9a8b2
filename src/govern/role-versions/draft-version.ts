import { sql } from '#kit/db/index.ts';
import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getEntitlements, getRole, refuseCircle, requireRole, ROLE_MEMBER, roleParts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { parametersOf } from '#govern/role-parameters/index.ts';
import { impactAsked, versionAsked, versionDrafted, versionReturned, versionWithdrawn } from './events.ts';
import { checkAssignment, checkExcepted, checkExclusions } from './check-whom.ts';
import { freshness } from './freshness.ts';
import type { RoleVersion, VersionContent } from './model.ts';
import { askImpact, latestVersion, lockVersion, openVersion, requireVersion } from './store.ts';
import { checkTemplate } from './template-of-version.ts';
import { bindForRule, ruleAfter } from './whom-of-template.ts';

export const LOOK = 'role_versions.look';

/** The person who asks; versions are made and decided by people. */
export const personOf = (ctx: Ctx): string => {
  if (ctx.principal.kind !== 'identity')
    throw denied('role_version.by_person', 'roles are changed by people', 'sign in and do it');
  return ctx.principal.id;
};

export interface DraftInput {
  readonly roleId: string;
  readonly kind: 'business' | 'it';
  readonly content: VersionContent;
  readonly reason: string;
  /** In whose name Reeve drafts: the reviewer who signed that something is to go. Absent: whoever asks. */
  readonly by?: string | undefined;
}

/** Says what a role is to be made of: a new version, or the open draft anew. Nothing about the role changes. */
export async function draftVersion(
  ctx: Ctx,
  permit: Permit<'role_version.draft' | 'campaign_item.end'>,
  input: DraftInput,
): Promise<RoleVersion> {
  const by = input.by ?? personOf(ctx);
  const role = await requireRole(ctx.tx, input.roleId);
  await ctx.tx.run(sql`select id from role where id = ${role.id} for no key update`);
  const isTemplate = (await parametersOf(ctx.tx, role.id)).length > 0;
  if (isTemplate) {
    await checkExcepted(ctx.tx, input.content.exceptPeople ?? []);
    await bindForRule(ctx, permit, role.id, await ruleAfter(ctx.tx, role.id, input.content));
  } else await checkAssignment(ctx.tx, input.content);
  await checkTemplate(ctx.tx, role, input.content);
  await checkContent(ctx, role, input.content);
  await checkExclusions(ctx.tx, role, input.content);
  const open = await openVersion(ctx.tx, role.id);
  if (open?.state === 'awaiting')
    throw conflict(
      'role_version.awaits',
      `version ${open.number} of ${role.name} waits for approval`,
      'publish it, have it returned, or withdraw it first',
    );
  const id = open?.id ?? newId(ctx.now.getTime());
  if (open === undefined)
    await ctx.tx.run(sql`
      insert into role_version (id, role_id, number, kind, content, reason, made_by, made_at, edited_by)
      values (${id}, ${role.id}, ${((await latestVersion(ctx.tx, role.id))?.number ?? 0) + 1}, ${input.kind},
              ${sql.json(input.content)}::jsonb, ${input.reason}, ${by}, ${ctx.now}, array[${by}::uuid])`);
  else
    await ctx.tx.run(sql`
      update role_version set kind = ${input.kind}, content = ${sql.json(input.content)}::jsonb, reason = ${input.reason},
             revision = revision + 1,
             edited_by = case when ${by}::uuid = any(edited_by) then edited_by else edited_by || ${by}::uuid end
       where id = ${id}`);
  const version = await requireVersion(ctx.tx, id);
  await ctx.record(permit, {
    event: versionDrafted,
    subject: by,
    data: {
      ...named(version),
      revision: version.revision,
      entitlementIds: input.content.entitlements.map((part) => part.id),
      roleIds: input.content.roles.map((part) => part.id),
      patterns: (input.content.patterns ?? []).map(({ systemId, pattern }) => ({ systemId, pattern })),
      personCondition: input.content.assignment?.personCondition,
      graceDays: input.content.assignment?.graceDays,
      exceptPeople: [...(input.content.exceptPeople ?? [])],
      excludes: (input.content.excludes ?? []).map((one) => ({ ...one })),
      because: input.reason,
    },
  });
  return version;
}

async function checkContent(
  ctx: Ctx,
  role: { readonly id: string; readonly name: string },
  content: VersionContent,
): Promise<void> {
  const found = new Map(
    (
      await getEntitlements(
        ctx.tx,
        content.entitlements.map((part) => part.id),
      )
    ).map((e) => [e.id, e]),
  );
  const before = new Set((await roleParts(ctx.tx, role.id)).map((part) => part.entitlementId));
  for (const [n, { id }] of content.entitlements.entries()) {
    const entitlement = found.get(id);
    if (entitlement === undefined) throw notFound('entitlement', id);
    if (entitlement.validTo !== null && !before.has(id))
      throw invalid(`/entitlements/${n}/id`, `${entitlement.name} is gone from its system`, 'leave it out');
    if (entitlement.kind === ROLE_MEMBER)
      throw invalid(`/entitlements/${n}/id`, 'says that somebody has a role, and gives nothing', 'name the role');
    if (entitlement.kind === 'admin_role' && !before.has(id))
      throw conflict(
        'role_version.admin_role',
        'an admin role of Reeve is never put into a role: who may change roles would decide who runs Reeve',
        'grant it by request',
      );
  }
  for (const { id } of content.roles) {
    const child = await getRole(ctx.tx, id);
    if (child === undefined || child.validTo !== null) throw notFound('role', id);
  }
  for (const [what, parts] of Object.entries({ entitlements: content.entitlements, roles: content.roles })) {
    const seen = new Set<string>();
    for (const [n, { id, validFrom, validTo }] of parts.entries()) {
      if (seen.has(id)) throw invalid(`/${what}/${n}/id`, 'is named twice', 'name it once');
      seen.add(id);
      const from = validFrom === null ? ctx.now : new Date(validFrom);
      if (validTo !== null && new Date(validTo) <= from)
        throw invalid(`/${what}/${n}/validTo`, 'is not after its beginning', 'give a later end, or none');
    }
  }
  await refuseCircle(
    ctx.tx,
    role,
    content.roles.map((part) => part.id),
  );
}

/** Asks for a report of all that would follow from publishing a version as it is now. */
export async function lookAtImpact(
  ctx: Ctx,
  permit: Permit<'role_version.look' | 'campaign_item.end'>,
  input: { readonly id: string },
): Promise<RoleVersion> {
  const version = await inState(ctx, input.id, ['draft', 'awaiting'], 'look ahead of');
  await askImpact(ctx.tx, version);
  await ctx.record(permit, { event: impactAsked, data: { ...named(version), revision: version.revision } });
  await enqueue(ctx.tx, LOOK, { versionId: version.id }, { key: `${LOOK}:${version.id}` });
  return version;
}

/** Asks for approval. Refused until it is known what would follow. */
export async function askApproval(
  ctx: Ctx,
  permit: Permit<'role_version.ask'>,
  input: { readonly id: string },
): Promise<RoleVersion> {
  const by = personOf(ctx);
  const version = await inState(ctx, input.id, ['draft'], 'ask approval of');
  const { stale } = await freshness(ctx.tx, version);
  if (stale !== undefined) throw staleReport(stale);
  await ctx.tx.run(
    sql`update role_version set state = 'awaiting', asked_by = ${by}, asked_at = ${ctx.now} where id = ${version.id}`,
  );
  await ctx.record(permit, { event: versionAsked, subject: by, data: named(version) });
  return await requireVersion(ctx.tx, version.id);
}

/** Gives a version back to who drafted it. */
export async function returnVersion(
  ctx: Ctx,
  permit: Permit<'role_version.return'>,
  input: { readonly id: string; readonly because: string },
): Promise<RoleVersion> {
  const version = await inState(ctx, input.id, ['awaiting'], 'return');
  await ctx.tx.run(
    sql`update role_version set state = 'draft', asked_by = null, asked_at = null where id = ${version.id}`,
  );
  await ctx.record(permit, {
    event: versionReturned,
    subject: personOf(ctx),
    data: { ...named(version), because: input.because },
  });
  return await requireVersion(ctx.tx, version.id);
}

export async function withdrawVersion(
  ctx: Ctx,
  permit: Permit<'role_version.withdraw'>,
  input: { readonly id: string; readonly because: string },
): Promise<RoleVersion> {
  const by = personOf(ctx);
  const version = await inState(ctx, input.id, ['draft', 'awaiting'], 'withdraw');
  await ctx.tx.run(sql`
    update role_version set state = 'withdrawn', settled_by = ${by}, settled_at = ${ctx.now}, settled_because = ${input.because}
     where id = ${version.id}`);
  await ctx.record(permit, {
    event: versionWithdrawn,
    subject: by,
    data: { ...named(version), because: input.because },
  });
  return await requireVersion(ctx.tx, version.id);
}

export async function inState(
  ctx: Ctx,
  id: string,
  states: readonly RoleVersion['state'][],
  verb: string,
): Promise<RoleVersion> {
  const version = await lockVersion(ctx.tx, id);
  if (!states.includes(version.state))
    throw conflict(
      'role_version.not_open',
      `this version is ${version.state}, so there is nothing to ${verb}`,
      'look at the newest version of the role',
    );
  return version;
}

export const staleReport = (why: string): Error =>
  conflict(
    'role_version.report_stale',
    `${why}, so nobody knows what publishing would do now`,
    'look at its impact again',
  );

export const named = (version: RoleVersion): { versionId: string; roleId: string; number: number } => ({
  versionId: version.id,
  roleId: version.roleId,
  number: version.number,
});

import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, conflict, denied } from '#kit/errors/index.ts';
import { ADMIN_ROLES, loadPrincipals, whoCouldReach } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { askPolicies } from '../ask-policies.ts';
import type { Decide } from '../create-decide.ts';
import { parsePolicies, type PolicyProblem } from '../engine/parse-policies.ts';
import { PLATFORM, type Permit } from '../port.ts';
import { policyDrafted, policyPublished } from './events.ts';
import {
  activate,
  activeCustom,
  addVersion,
  lockPolicies,
  requireDraft,
  requireVersion,
  retireActive,
  writtenAs,
  type PolicyVersion,
} from './store.ts';
import { validatePolicies, type Validation } from './validate-policies.ts';

/** Largest text of custom policies, in characters. */
export const LONGEST_TEXT = 500_000;

/** What is wrong with a text as the customer's policies: its grammar, its words, its annotations, its names. */
export const checkCustomText = (decide: Decide, text: string): Validation => {
  const parsed = parsePolicies(text);
  if (!parsed.ok) return { problems: parsed.problems, warnings: [] };
  const { policies, schema } = decide.inside.house();
  const taken = new Set(policies.map(({ id }) => id));
  const doubles = parsed.policies
    .filter(({ id }) => taken.has(id))
    .map(({ id }): PolicyProblem => ({
      policy: id,
      message: `a shipped policy is called \`${id}\` already`,
      help: 'choose another name',
    }));
  const validation = validatePolicies(schema, parsed.policies);
  return { ...validation, problems: [...doubles, ...validation.problems] };
};

const requireValid = (decide: Decide, text: string): void => {
  const { problems } = checkCustomText(decide, text);
  if (problems.length === 0) return;
  throw new AppError({
    code: 'policy.invalid',
    status: 422,
    detail: 'the policies cannot be used as they are',
    fix: 'mend each problem; `reeve policies validate` lists them without saving',
    errors: problems.map(({ policy, message, help }) => ({
      pointer: '/text',
      detail: policy === undefined ? message : `${policy}: ${message}`,
      ...(help === undefined ? {} : { fix: help }),
    })),
  });
};

/** Keeps a valid text as a draft. A draft never changes: mending it is another draft. */
export const draftPolicies = async (
  ctx: Ctx,
  permit: Permit<'policy.draft'>,
  decide: Decide,
  input: { readonly text: string; readonly note: string },
): Promise<PolicyVersion> => {
  requireValid(decide, input.text);
  const added = await addVersion(ctx.tx, { ...input, origin: 'custom', state: 'draft', by: writtenAs(ctx.principal) });
  await ctx.record(permit, {
    event: policyDrafted,
    data: { versionId: added.id, number: added.number, note: input.note },
  });
  return await requireVersion(ctx.tx, added.id);
};

/**
 * Puts a draft in force on every node at once and retires the version before. Refuses without a dry run made since
 * that version came into force, by the drafter where another administrator could do it, and when it would take the
 * right to publish from the one who publishes: nobody could then undo it.
 */
export const publishPolicies = async (
  ctx: Ctx,
  permit: Permit<'policy.publish'>,
  decide: Decide,
  versionId: string,
): Promise<PolicyVersion> => {
  await lockPolicies(ctx.tx);
  const version = await requireDraft(ctx.tx, versionId);
  requireValid(decide, version.text);
  const active = await activeCustom(ctx.tx);
  const dryRunId = await requireFreshDryRun(ctx, decide, version, active?.id);
  await requireSecondPerson(ctx, version);
  await requireWayBack(ctx, decide, version);
  await retireActive(ctx.tx, 'custom');
  await activate(ctx.tx, version.id, writtenAs(ctx.principal));
  await ctx.record(permit, {
    event: policyPublished,
    data: { versionId: version.id, number: version.number, replacesId: active?.id, dryRunId },
  });
  return await requireVersion(ctx.tx, version.id);
};

const requireFreshDryRun = async (
  ctx: Ctx,
  decide: Decide,
  version: PolicyVersion,
  activeId: string | undefined,
): Promise<string> => {
  const last = await ctx.tx.maybe<{ id: string; againstId: string | null; shippedNumber: number | null }>(sql`
    select id, against_id, shipped_number from policy_dry_run where version_id = ${version.id} order by made_at desc, id desc limit 1`);
  const fix = `reeve policies dry-run ${version.id}`;
  if (last === undefined)
    throw conflict('policy.dry_run_missing', 'nobody has tried this draft on what is really asked', fix);
  const fresh = last.againstId === (activeId ?? null) && last.shippedNumber === decide.inside.sets.shippedNumber();
  if (!fresh)
    throw conflict('policy.dry_run_stale', 'other policies came into force since the last dry run of this draft', fix);
  return last.id;
};

const requireSecondPerson = async (ctx: Ctx, version: PolicyVersion): Promise<void> => {
  if (version.createdBy !== writtenAs(ctx.principal) || !(await anotherAdministrator(ctx.tx, ctx.principal.id))) return;
  throw denied('policy.needs_second_person', 'you wrote this draft yourself', 'let another administrator publish it');
};

const anotherAdministrator = async (tx: Tx, identityId: string): Promise<boolean> => {
  const reach = await whoCouldReach(tx, { entitlementId: ADMIN_ROLES.administrator });
  const others = await loadPrincipals(tx, [...new Set(reach.map((access) => access.identityId))]);
  return others.some(({ id, kind, state }) => id !== identityId && kind === 'person' && state === 'active');
};

const requireWayBack = async (ctx: Ctx, decide: Decide, version: PolicyVersion): Promise<void> => {
  const { house, sets } = decide.inside;
  for (const action of ['policy.draft', 'policy.dry_run', 'policy.publish']) {
    const resource = action === 'policy.draft' ? PLATFORM : { type: 'PolicyVersion', id: version.id };
    const [decision] = await askPolicies(ctx.tx, house().vocabulary, sets.withCustom(version.text), {
      principals: [ctx.principal],
      action,
      resources: [resource],
    });
    if (decision?.allowed === true) continue;
    throw conflict(
      'policy.would_lock_out',
      `with this draft you could no longer ${action}: ${decision?.policies.join(', ') ?? ''} forbids it`,
      'leave the actions of policies themselves out of what it forbids',
    );
  }
};

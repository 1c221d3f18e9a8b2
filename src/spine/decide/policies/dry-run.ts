import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { askPolicies } from '../ask-policies.ts';
import type { Decide } from '../create-decide.ts';
import type { PolicySet } from '../policy-set.ts';
import type { Decision, Permit, Principal, ResourceRef } from '../port.ts';
import { policyDryRun } from './events.ts';
import { activeCustom, requireDraft, writtenAs } from './store.ts';
import { lastQuestions, type StoredQuestion } from './stored-questions.ts';

/** A question a draft would answer otherwise than the policies in force, on today's data. */
export interface ChangedOutcome {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: ResourceRef;
  readonly change: 'gained' | 'lost';
  /** What decided under the policies in force and what would under the draft. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface DryRun {
  readonly id: string;
  readonly replayed: number;
  /** Questions about what is gone meanwhile; neither set could answer them. */
  readonly gone: number;
  /** Questions answered otherwise today than then although the policies are the same: the data changed. */
  readonly drifted: number;
  readonly gained: number;
  readonly lost: number;
  /** Policies of the draft that failed on some question, with how often. */
  readonly failing: Readonly<Record<string, number>>;
  /** The first of those changed, newest question first. */
  readonly changed: readonly ChangedOutcome[];
}

/** As many changed outcomes as are kept and shown; the counts are whole. */
const SHOWN = 500;

/** Asks the last stored questions of the policies in force and of a draft, keeps what would change, and records it. */
export const dryRunPolicies = async (
  ctx: Ctx,
  permit: Permit<'policy.dry_run'>,
  decide: Decide,
  input: { readonly versionId: string; readonly last: number },
): Promise<DryRun> => {
  const version = await requireDraft(ctx.tx, input.versionId);
  const { sets } = decide.inside;
  const run = await replay(
    ctx.tx,
    decide,
    await sets.active(ctx.tx),
    sets.withCustom(version.text),
    await lastQuestions(ctx.tx, input.last),
  );
  const id = newId();
  const active = await activeCustom(ctx.tx);
  await ctx.tx.run(sql`
    insert into policy_dry_run (id, version_id, against_id, shipped_number, made_at, made_by, replayed, changed, outcome)
    values (${id}, ${version.id}, ${active?.id ?? null}, ${sets.shippedNumber()}, reeve_now(), ${writtenAs(ctx.principal)},
            ${run.replayed}, ${run.gained + run.lost}, ${sql.json(run)}::jsonb)`);
  const { replayed, gained, lost } = run;
  await ctx.record(permit, {
    event: policyDryRun,
    data: { versionId: version.id, number: version.number, dryRunId: id, replayed, gained, lost },
  });
  return { id, ...run };
};

/** Pure of effects: what two policy sets say of the same questions on the same data. */
export const replay = async (
  tx: Tx,
  decide: Decide,
  before: PolicySet,
  after: PolicySet,
  questions: readonly StoredQuestion[],
): Promise<Omit<DryRun, 'id'>> => {
  const { vocabulary } = decide.inside.house();
  const changed: ChangedOutcome[] = [];
  const failing: Record<string, number> = {};
  let [gone, drifted] = [0, 0];
  const outcomes = new Map<StoredQuestion, readonly [Decision, Decision]>();
  // One load for all that somebody asked of one action in one context.
  for (const group of groupsOf(questions)) {
    const [first] = group;
    if (first === undefined) continue;
    const { principal, action, context } = first;
    const asked = { principals: [principal], action, context, resources: group.map((q) => q.resource) };
    const was = await askPolicies(tx, vocabulary, before, asked);
    const would = await askPolicies(tx, vocabulary, after, asked);
    group.forEach((question, i) => {
      const [a, b] = [was[i], would[i]];
      if (a !== undefined && b !== undefined) outcomes.set(question, [a, b]);
    });
  }
  for (const question of questions) {
    const [was, would] = outcomes.get(question) ?? [];
    if (was === undefined || would === undefined) continue;
    if (was.missing !== undefined) {
      gone += 1;
      continue;
    }
    if (was.allowed !== question.allowed) drifted += 1;
    for (const policy of would.errors) failing[policy] = (failing[policy] ?? 0) + 1;
    if (was.allowed === would.allowed) continue;
    const { principal, action, resource } = question;
    changed.push({
      principal,
      action,
      resource,
      change: would.allowed ? 'gained' : 'lost',
      before: was.policies,
      after: would.policies,
    });
  }
  const gained = changed.filter((c) => c.change === 'gained').length;
  return {
    replayed: questions.length,
    gone,
    drifted,
    gained,
    lost: changed.length - gained,
    failing,
    changed: changed.slice(0, SHOWN),
  };
};

const groupsOf = (questions: readonly StoredQuestion[]): Iterable<StoredQuestion[]> => {
  const groups = new Map<string, StoredQuestion[]>();
  for (const question of questions) {
    const { principal, action, context } = question;
    const key = JSON.stringify([principal.kind, principal.id, action, context]);
    groups.set(key, [...(groups.get(key) ?? []), question]);
  }
  return groups.values();
};

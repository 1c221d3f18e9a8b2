import { z } from 'zod';
import { invalid } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { approvalRules, type ApprovalRules } from '../approvers/approval-rules.ts';
import {
  changePolicy,
  policyInForce,
  policyVersions,
  refuseStrangers,
  type PolicyVersion,
} from '../approvers/change-policy.ts';
import { asTried, tryDraft } from '../approvers/tried.ts';
import type { Outcome } from '../approvers/try-policy.ts';
import { STEP_KINDS } from '../model.ts';
import { namesOf, showRequests } from '../show-request.ts';
import { readPolicyFile, writePolicyFile } from './policy-file.ts';
import { controlsOut, ref } from './shapes.ts';

const policyOut = z.object({
  number: z.int(),
  rules: approvalRules,
  /** The same as a file to change and put in force again. */
  yaml: z.string(),
  note: z.string(),
  madeAt: instantOut,
  madeBy: z.string(),
  /** What trying it on the last requests came to when it was put in force; null: from before that was kept. */
  tried: z.object({ against: z.int(), tried: z.int(), changed: z.array(z.int()) }).nullable(),
});
const policyIn = {
  rules: approvalRules.optional(),
  /** The rules as YAML, people, systems and entitlements by name. Either this or `rules`. */
  yaml: z.string().max(200_000).optional(),
};
const outcomeOut = z.object({
  lines: z.array(
    z.object({
      lineId: z.uuid(),
      what: z.string(),
      goesOn: z.boolean(),
      because: z.string(),
      /** The rule that decides, counted from one; 0: none holds, and both manager and owner are asked. */
      rule: z.int(),
      longestSeconds: z.int().nullable(),
      controls: controlsOut,
    }),
  ),
  steps: z.array(
    z.object({
      stage: z.int(),
      kind: z.enum(STEP_KINDS),
      lineIds: z.array(z.uuid()),
      approvers: z.array(ref),
    }),
  ),
  /** Given at once, without anybody asked. */
  automatic: z.boolean(),
  stuck: z.string().nullable(),
});

const rulesIn = async (
  ctx: Ctx,
  input: { readonly rules?: ApprovalRules | undefined; readonly yaml?: string | undefined },
): Promise<ApprovalRules> => {
  if (input.yaml !== undefined && input.rules === undefined) return await readPolicyFile(ctx.tx, input.yaml);
  if (input.rules !== undefined && input.yaml === undefined) return input.rules;
  throw invalid('/rules', 'are given once', 'give either rules or yaml');
};

const shown = async (ctx: Ctx, version: PolicyVersion) => ({
  ...version,
  yaml: await writePolicyFile(ctx.tx, version.rules),
});

const tried = async (ctx: Ctx, draft: ApprovalRules, last: number) => {
  await refuseStrangers(ctx.tx, draft);
  const result = await tryDraft(ctx.tx, draft, last);
  const requests = await showRequests(
    ctx.tx,
    result.outcomes.map((c) => c.request),
  );
  const name = await namesOf(
    ctx.tx,
    result.outcomes.flatMap((c) => [...c.before.steps, ...c.after.steps].flatMap((s) => s.approvers)),
  );
  const items = result.outcomes.flatMap(({ before, after }, i) => {
    const request = requests[i];
    if (request === undefined) return [];
    const whatOf = new Map(request.lines.map((l) => [l.id, l.what.name]));
    const show = (outcome: Outcome) => ({
      ...outcome,
      lines: outcome.lines.map((line) => ({ ...line, what: whatOf.get(line.lineId) ?? '' })),
      steps: outcome.steps.map((step) => ({ ...step, approvers: step.approvers.map(name) })),
    });
    const { id, number, beneficiary, summary, submittedAt } = request;
    return [{ id, number, beneficiary, summary, submittedAt, before: show(before), after: show(after) }];
  });
  return { trial: result.trial, against: result.against, tried: result.tried, changed: items.length, items };
};

/** Who approves what. */
export const policyOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'approvalPolicy.show',
    action: 'approval_policy.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/approval-policy',
    summary: 'Show who approves what',
    input: z.object({}),
    output: policyOut,
    cli: { command: 'approval-policy show' },
    handler: async (ctx) => shown(ctx, await policyInForce(ctx.tx)),
  }),
  defineOperation({
    name: 'approvalPolicy.versions',
    action: 'approval_policy.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/approval-policy/versions',
    summary: 'List every version of who approves what, the newest first',
    input: z.object(pageInput),
    output: pageOf(policyOut),
    cli: { command: 'approval-policy ls', columns: ['number', 'note', 'madeAt', 'madeBy'] },
    handler: async (ctx, _permit, input) => {
      const before = readCursor(input.cursor, ['n'])?.[0];
      const rows = await policyVersions(ctx.tx, before, input.limit + 1);
      const cut = page(rows, input.limit, (r) => [r.number]);
      const items = [];
      for (const row of cut.items) items.push(await shown(ctx, row));
      return { ...cut, items };
    },
  }),
  defineOperation({
    name: 'approvalPolicy.try',
    action: 'approval_policy.try',
    kind: 'read',
    method: 'POST',
    path: '/v1/approval-policy/try',
    summary: 'Replay the last requests under a draft of who approves what, and list what would come out otherwise',
    description:
      'Nothing is changed. People, owners, risk and rules of duties are those of today on both sides; the time is that of the request, and what is held or asked for by now does not count.',
    input: z.object({ ...policyIn, last: z.int().min(1).max(500).default(100) }),
    output: z.object({
      /** Names this result: sent with the change, it shows that this draft was tried. */
      trial: z.string(),
      /** The version in force it is held against. */
      against: z.int(),
      tried: z.int(),
      changed: z.int(),
      items: z.array(
        z.object({
          id: z.uuid(),
          number: z.string(),
          beneficiary: ref,
          summary: z.string(),
          submittedAt: instantOut,
          before: outcomeOut,
          after: outcomeOut,
        }),
      ),
    }),
    cli: { command: 'approval-policy try' },
    handler: async (ctx, _permit, input) => tried(ctx, await rulesIn(ctx, input), input.last),
  }),
  defineOperation({
    name: 'approvalPolicy.change',
    action: 'approval_policy.change',
    kind: 'write',
    method: 'PUT',
    path: '/v1/approval-policy',
    summary: 'Put another version of who approves what in force',
    description:
      'Takes the `trial` that trying the same draft answered with: what it does to the last requests is worked out again, has to be what was seen, and is kept with the version. The first rule whose conditions hold decides about a line. Requests that wait finish under the version they began with.',
    input: z.object({
      ...policyIn,
      note: z.string().max(2000).default(''),
      trial: z.string().max(100).optional().describe('what trying this draft answered with'),
    }),
    output: policyOut,
    cli: { command: 'approval-policy change' },
    handler: async (ctx, permit, input) => {
      const rules = await rulesIn(ctx, input);
      await refuseStrangers(ctx.tx, rules);
      const tried = await asTried(ctx.tx, rules, input.trial);
      return await shown(ctx, await changePolicy(ctx, permit, { rules, note: input.note, tried }));
    },
  }),
];

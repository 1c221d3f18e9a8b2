import type { Tx } from '#kit/db/index.ts';
import { chainAbove } from '#spine/graph/index.ts';
import { loadTargets } from '../lines/find-targets.ts';
import type { Request, Step } from '../model.ts';
import { linesOf } from '../store.ts';
import type { ApprovalRules } from './approval-rules.ts';
import { holdersOf, stillThere, whoBenefits } from './find-approvers.ts';

/**
 * Those of a step's candidates who may still decide it: present, without a part in it, no decider of another step,
 * and still what they were asked as. Whoever manages no longer, owns no longer or administers no longer drops out,
 * however long the request has waited.
 */
export const stillAsked = async (
  tx: Tx,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  deciders: readonly string[],
): Promise<string[]> => {
  const not = new Set([...(await whoBenefits(tx, request.requesterId, request.beneficiaryId)), ...deciders]);
  const there = (await stillThere(tx, step.candidates)).filter((id) => !not.has(id));
  if (there.length === 0) return [];
  const entitled = new Set([
    ...(await standingFor(tx, request, step, rules)),
    ...(await holdersOf(tx, 'administrator', not)),
    ...(await holdersOf(tx, 'security_officer', not)),
  ]);
  return there.filter((id) => entitled.has(id)).sort();
};

/** Everybody the step's kind speaks of, and those above them, who are asked when the former cannot or do not answer. */
const standingFor = async (tx: Tx, request: Request, step: Step, rules: ApprovalRules): Promise<string[]> => {
  const above = async (id: string): Promise<string[]> => (await chainAbove(tx, id)).map((i) => i.id);
  if (step.kind === 'manager') return await above(request.beneficiaryId);
  const first = step.kind === 'named' ? namedIn(rules) : await ownersOf(tx, request, step);
  const all = [...first];
  for (const id of new Set(first)) all.push(...(await above(id)));
  return all;
};

const namedIn = (rules: ApprovalRules): string[] =>
  rules.rules.flatMap((rule) => rule.steps.flatMap((step) => (typeof step === 'string' ? [] : step.named)));

const ownersOf = async (tx: Tx, request: Request, step: Step): Promise<string[]> => {
  const lines = (await linesOf(tx, [request.id])).filter((l) => step.lineIds.includes(l.id));
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  return [...targets.values()].flatMap((t) => t.owners.flatMap((o) => o.id ?? []));
};

import type { Tx } from '#kit/db/index.ts';
import { chainAbove } from '#spine/graph/index.ts';
import { loadCover } from '../deputies/cover.ts';
import { loadTargets, type Target } from '../lines/find-targets.ts';
import type { Request, Step } from '../model.ts';
import { linesOf } from '../store.ts';
import { namedIn, type ApprovalRules } from './approval-rules.ts';
import { holdersOfAdminRole, stillThere, whoBenefits, whoHolds, type Asking } from './find-approvers.ts';
import { ownersAsked } from './plan-approvals.ts';

/** Everybody who decided a step, and in whose name. */
export const decidersOf = (steps: readonly Step[]): string[] =>
  steps.flatMap((s) => [s.decidedBy, s.decidedFor].filter((id) => id !== null));

/** Who has a part in a request already, and who stands in for whom at one step of it. */
export const askingFor = async (tx: Tx, request: Request, step: Step, deciders: readonly string[]): Promise<Asking> => {
  const benefits = await whoBenefits(tx, request.requesterId, request.beneficiaryId);
  const deputiesOf = (await loadCover(tx))(step.kind, await targetsOf(tx, request, step));
  return { not: new Set([...benefits, ...deciders]), deputiesOf };
};

/**
 * Those of a step's candidates who may still decide it, themselves or through a deputy: without a part in it, no
 * decider of another step, and still what they were asked as. Whoever manages no longer, owns no longer or
 * administers no longer drops out, however long the request has waited.
 */
export const stillAsked = async (
  tx: Tx,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  deciders: readonly string[],
): Promise<string[]> => {
  const asking = await askingFor(tx, request, step, deciders);
  const there = await stillThere(tx, step.candidates, asking);
  if (there.length === 0) return [];
  const entitled = new Set([
    ...(await standingFor(tx, request, step, rules)),
    ...(await holdersOfAdminRole(tx, 'administrator', asking)),
    ...(await holdersOfAdminRole(tx, 'security_officer', asking)),
  ]);
  return there.filter((id) => entitled.has(id)).sort();
};

/** Everybody the step's kind speaks of, and those above them, who are asked when the former cannot or do not answer. */
const standingFor = async (tx: Tx, request: Request, step: Step, rules: ApprovalRules): Promise<string[]> => {
  const above = async (id: string): Promise<string[]> => (await chainAbove(tx, id)).map((i) => i.id);
  if (step.kind === 'manager') return await above(request.beneficiaryId);
  const first = await spokenOf(tx, request, step, rules);
  const all = [...first];
  for (const id of new Set(first)) all.push(...(await above(id)));
  return all;
};

const spokenOf = async (tx: Tx, request: Request, step: Step, rules: ApprovalRules): Promise<readonly string[]> => {
  const { people, held } = namedIn(rules);
  if (step.kind === 'named') return people;
  if (step.kind !== 'holders')
    return (await targetsOf(tx, request, step)).flatMap((t) => ownersAsked(step.kind, t).flatMap((o) => o.id ?? []));
  const holders: string[] = [];
  for (const id of held) holders.push(...(await whoHolds(tx, id)));
  return holders;
};

/** What a step is about. */
export const targetsOf = async (tx: Tx, request: Request, step: Step): Promise<Target[]> => {
  const lines = (await linesOf(tx, [request.id])).filter((l) => step.lineIds.includes(l.id));
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  return [...targets.values()];
};

import type { Tx } from '#kit/db/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import { ruleFor, type ApprovalRules } from '../approvers/approval-rules.ts';
import { factsOf } from '../approvers/line-facts.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { judgeDuties } from '../lines/judge-duties.ts';
import { endOf, type Request, type Step } from '../model.ts';
import { linesOf } from '../store.ts';

/**
 * Whether a step is decided only with a fresh proof of who decides. Asked of the request's own policy version with what
 * was known when it was made and with what is known now: where either wants it, it is wanted. `duties`: whether conflicts
 * are judged anew too, which a list of many does without.
 */
export const wantsStepUp = async (
  tx: Tx,
  request: Request,
  step: Pick<Step, 'lineIds'>,
  rules: ApprovalRules,
  { duties }: { readonly duties: boolean },
): Promise<boolean> => {
  if (!rules.rules.some((rule) => rule.stepUp === true)) return false;
  const lines = (await linesOf(tx, [request.id])).filter(
    // Taking away is not weighty: who answers for it decides, whatever the policy says.
    (l) => step.lineIds.includes(l.id) && l.takesGrantId === null,
  );
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const targetOf = (line: (typeof lines)[number]) => targets.get(line.entitlementId ?? line.roleId ?? '');
  const judged = duties
    ? await judgeDuties(
        tx,
        request.beneficiaryId,
        lines.map((line) => {
          const target = targetOf(line);
          return target === undefined ? undefined : { target, validTo: endOf(line, tx.now) };
        }),
      )
    : [];
  const ask = {
    personRisk: (await personRisks(tx, rules, [request.beneficiaryId]))(request.beneficiaryId),
    identityKind: (await getIdentity(tx, request.beneficiaryId))?.kind ?? 'person',
    askedAt: request.submittedAt,
  };
  return lines.some((line, i) => {
    const target = targetOf(line);
    if (target === undefined) return false;
    const asAsked = { ...target, risk: line.risk, privileged: line.privileged };
    const conflicts = { asked: line.sod.length > 0, now: (judged[i]?.hits.length ?? line.sod.length) > 0 };
    return [
      factsOf(ask, { target: asAsked, asked: line, conflict: conflicts.asked }),
      factsOf(ask, { target, asked: line, conflict: conflicts.now }),
    ].some((facts) => ruleFor(rules, facts).stepUp === true);
  });
};

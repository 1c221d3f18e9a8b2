import type { Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Target } from '../lines/find-targets.ts';
import type { StepKind } from '../model.ts';
import { canAllBeDecided } from './distinct-deciders.ts';
import { ruleFor, type ApprovalRules, type WantedStep } from './approval-rules.ts';
import { managerOf, namedOnes, ownerOf, whoBenefits, type Approvers } from './find-approvers.ts';

/** One decision to be taken, by one of these people, about these lines. */
export interface PlannedStep extends Approvers {
  readonly kind: StepKind;
  /** Positions of the lines it is about. */
  readonly lines: readonly number[];
}

interface Wanted {
  readonly step: WantedStep;
  readonly kind: StepKind;
  readonly lines: number[];
  readonly target: Target;
}

/** Lines that want the same decision share it: one step a manager, one an owner. */
const wantedSteps = (rules: ApprovalRules, targets: readonly Target[]): Wanted[] => {
  const wanted = new Map<string, Wanted & { readonly order: number }>();
  targets.forEach((target, line) => {
    ruleFor(rules, target).steps.forEach((step, order) => {
      const who =
        step === 'manager'
          ? 'manager'
          : step === 'owner'
            ? `owner ${target.owners.map((o) => o.id).join(' ')}`
            : `named ${step.named.join(' ')}`;
      const kind =
        step === 'manager' ? 'manager' : step === 'owner' ? (target.kind === 'role' ? 'role_owner' : 'owner') : 'named';
      const known = wanted.get(who);
      if (known === undefined) wanted.set(who, { step, kind, lines: [line], target, order });
      else if (!known.lines.includes(line)) known.lines.push(line);
    });
  });
  return [...wanted.values()].sort((a, b) => a.order - b.order);
};

/**
 * Who must approve, in which order. Nobody who asked or benefits is in it, and nobody who would be the only one of
 * two steps. Throws `request.nobody_can_approve` rather than let a request wait for no one.
 */
export const planApprovals = async (
  tx: Tx,
  rules: ApprovalRules,
  ask: { readonly requesterId: string; readonly beneficiaryId: string },
  targets: readonly Target[],
): Promise<PlannedStep[]> => {
  const benefits = await whoBenefits(tx, ask.requesterId, ask.beneficiaryId);
  const taken = new Set(benefits);
  const steps: PlannedStep[] = [];
  for (const { step, kind, lines, target } of wantedSteps(rules, targets)) {
    const found = await approversOf(tx, step, ask.beneficiaryId, target, taken);
    if (found === undefined || !canAllBeDecided([...steps, found].map((s) => s.ids))) {
      throw conflict(
        'request.nobody_can_approve',
        `nobody is there who could take the decision of the ${kind.replace('_', ' ')}: everybody who could asked for it, benefits from it, decides another step or is absent`,
        'appoint another administrator or owner, then ask again',
      );
    }
    steps.push({ ...found, kind, lines });
    const [only] = found.ids;
    if (found.ids.length === 1 && only !== undefined) taken.add(only);
  }
  return steps;
};

const approversOf = async (
  tx: Tx,
  step: WantedStep,
  beneficiaryId: string,
  target: Target,
  not: ReadonlySet<string>,
): Promise<Approvers | undefined> => {
  if (step === 'manager') return await managerOf(tx, beneficiaryId, not);
  if (step === 'owner') return await ownerOf(tx, target.owners, not);
  return await namedOnes(tx, step.named, not);
};

import { ELIGIBILITY } from '#spine/graph/index.ts';
import type { Target } from '../lines/find-targets.ts';
import { endOf } from '../model.ts';
import { ruleFor, shorterLimit, type ApprovalRule, type ApprovalRules } from './approval-rules.ts';
import { factsOf, type AskFacts } from './line-facts.ts';

/** What an approval policy says to one line. */
export interface UnderPolicy {
  readonly rule: ApprovalRule;
  /** The longest it may be asked for; undefined: no limit. */
  readonly longest: number | undefined;
  readonly tooLong: boolean;
}

/** The one answer, for asking, for giving and for trying a policy: the rule that decides about a line, and its limit. */
export const underPolicy = (
  rules: ApprovalRules,
  ask: AskFacts,
  line: {
    readonly target: Target;
    readonly asked: {
      readonly seconds?: number | null | undefined;
      readonly until?: Date | null | undefined;
      readonly byEligibilityId?: string | null | undefined;
    };
    readonly conflict: boolean;
  },
  /** When the access would begin. */
  begins: Date,
): UnderPolicy => {
  const rule = ruleFor(rules, factsOf(ask, line));
  // How long access may last says nothing of how long somebody may be eligible for it.
  const ofRule = line.target.entitlementKind === ELIGIBILITY ? undefined : rule.longestSeconds;
  const longest = shorterLimit(line.target.maxSeconds, ofRule);
  const end = endOf({ seconds: line.asked.seconds ?? null, until: line.asked.until ?? null }, begins);
  const tooLong = longest !== undefined && (end === null || end.getTime() - begins.getTime() > longest * 1000);
  return { rule, longest, tooLong };
};

import { ELIGIBILITY } from '#spine/graph/index.ts';
import type { Target } from '../lines/find-targets.ts';
import type { RiskLevel } from '#govern/risk/index.ts';
import type { LineFacts } from './approval-rules.ts';

/** How long a line was asked for, seen from when it was; null: without an end. */
const lengthOf = (asked: Asked, at: Date): number | null =>
  asked.until ? Math.ceil((asked.until.getTime() - at.getTime()) / 1000) : (asked.seconds ?? null);

interface Asked {
  readonly seconds?: number | null | undefined;
  readonly until?: Date | null | undefined;
  readonly byEligibilityId?: string | null | undefined;
}

/** What of the whole request the rules look at. */
export interface AskFacts {
  readonly identityKind: string;
  /** Of whom it is for; only judged where a rule asks. */
  readonly personRisk: RiskLevel;
  readonly askedAt: Date;
}

/** What rules look at for one line. */
export const factsOf = (
  ask: AskFacts,
  { target, asked, conflict }: { readonly target: Target; readonly asked: Asked; readonly conflict: boolean },
): LineFacts => ({
  privileged: target.privileged,
  risk: target.risk,
  systemId: target.systemId,
  dataClasses: target.dataClasses,
  tags: target.tags,
  ...ask,
  conflict,
  seconds: lengthOf(asked, ask.askedAt),
  eligibility: target.entitlementKind === ELIGIBILITY,
  activation: (asked.byEligibilityId ?? null) !== null,
});

import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { getIdentities, NO_CONTROLS, type GrantControls } from '#spine/graph/index.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { judgeLines, type JudgedLine } from '../lines/judge-lines.ts';
import type { Request, StepKind } from '../model.ts';
import { linesOf, requestColumns, underThePolicy } from '../store.ts';
import { placeOf, type ApprovalRules } from './approval-rules.ts';
import { controlsOf } from './rule-controls.ts';
import { personRisks } from './person-risk.ts';
import { planApprovals, type PlannedLine } from './plan-approvals.ts';

/** What an approval policy makes of a request. */
export interface Outcome {
  readonly lines: readonly {
    readonly lineId: string;
    readonly goesOn: boolean;
    readonly because: string;
    /** The rule that decides, counted from one; 0: none holds, and both manager and owner are asked. */
    readonly rule: number;
    readonly longestSeconds: number | null;
    /** What is given would be under these. */
    readonly controls: GrantControls;
  }[];
  readonly steps: readonly {
    readonly stage: number;
    readonly kind: StepKind;
    readonly lineIds: readonly string[];
    readonly approvers: readonly string[];
  }[];
  /** Given at once, because no line that goes on wants anybody asked. */
  readonly automatic: boolean;
  /** Why it could not be submitted though lines go on; null where it could. */
  readonly stuck: string | null;
}

export interface Changed {
  readonly request: Request;
  readonly before: Outcome;
  readonly after: Outcome;
}

/**
 * Replays the last requests under the policy in force and under another, and tells which would have come out
 * otherwise. It asks the same code as submitting does. People, owners, risk and rules of duties are those of today,
 * in both; only the time is that of the request, and what is held or asked for by now does not count.
 */
export const tryPolicy = async (
  tx: Tx,
  policies: { readonly inForce: ApprovalRules; readonly draft: ApprovalRules },
  last: number,
): Promise<{ readonly tried: number; readonly changed: readonly Changed[] }> => {
  const requests = await tx.many<Request>(
    sql`select ${requestColumns} from request r where ${underThePolicy} order by r.number desc limit ${last}`,
  );
  const changed: Changed[] = [];
  // Nothing is written, so that what they ask of the database may be on its way together.
  for (let at = 0; at < requests.length; at += TOGETHER) {
    const replayed = await Promise.all(
      requests.slice(at, at + TOGETHER).map(async (request) => {
        const [before, after] = await Promise.all([
          outcomeUnder(tx, policies.inForce, request),
          outcomeUnder(tx, policies.draft, request),
        ]);
        return { request, before, after };
      }),
    );
    // The place of a rule may change without anything coming out otherwise.
    for (const one of replayed)
      if (JSON.stringify(seen(one.before)) !== JSON.stringify(seen(one.after))) changed.push(one);
  }
  return { tried: requests.length, changed };
};

/** Requests replayed at a time. */
const TOGETHER = 10;

const seen = (outcome: Outcome) => ({ ...outcome, lines: outcome.lines.map((line) => ({ ...line, rule: 0 })) });

/** The lines of a request as a policy judges them, and those that go on, in their order. */
export interface JudgedRequest {
  readonly lines: readonly (JudgedLine & { readonly lineId: string })[];
  readonly going: readonly (PlannedLine & { readonly lineId: string })[];
}

/** Judges the lines of a request that was made once. What is held or asked for by now does not count. */
export const judgedUnder = async (tx: Tx, rules: ApprovalRules, request: Request): Promise<JudgedRequest> => {
  const lines = await linesOf(tx, [request.id]);
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const [beneficiary] = await getIdentities(tx, [request.beneficiaryId]);
  const judged = await judgeLines(
    tx,
    rules,
    {
      beneficiaryId: request.beneficiaryId,
      identityKind: beneficiary?.kind ?? 'person',
      personRisk: (await personRisks(tx, rules, [request.beneficiaryId]))(request.beneficiaryId),
      askedAt: request.submittedAt,
      afresh: true,
    },
    lines.map((l) => ({
      asked: {
        seconds: l.seconds ?? undefined,
        until: l.until ?? undefined,
        byEligibilityId: l.byEligibilityId ?? undefined,
      },
      target: targets.get(l.entitlementId ?? l.roleId ?? ''),
    })),
  );
  const named = judged.map((line, i) => ({ ...line, lineId: lines[i]?.id ?? '' }));
  return {
    lines: named,
    going: named.flatMap(({ verdict, target, rule, lineId }) =>
      verdict !== 'allowed' || target === undefined || rule === undefined ? [] : [{ target, rule, lineId }],
    ),
  };
};

/** What a policy makes of a request that was made once. */
export const outcomeUnder = async (tx: Tx, rules: ApprovalRules, request: Request): Promise<Outcome> => {
  const { lines, going } = await judgedUnder(tx, rules, request);
  const shown = lines.map((line) => ({
    lineId: line.lineId,
    goesOn: line.verdict === 'allowed',
    because: line.because,
    rule: line.rule === undefined ? 0 : placeOf(rules, line.rule),
    longestSeconds: line.longestSeconds,
    controls: line.rule === undefined || line.verdict !== 'allowed' ? NO_CONTROLS : controlsOf(line.rule),
  }));
  try {
    const steps = await planApprovals(tx, request, going);
    return {
      lines: shown,
      steps: steps.map((s) => ({
        stage: s.stage,
        kind: s.kind,
        lineIds: s.lines.flatMap((at) => going[at]?.lineId ?? []),
        approvers: s.ids,
      })),
      automatic: going.length > 0 && steps.length === 0,
      stuck: null,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.nobody_can_approve') throw error;
    return { lines: shown, steps: [], automatic: false, stuck: error.message };
  }
};

import type { RiskReason } from '../../api/shapes/risk.ts';

type Factor = RiskReason['factor'];

const things: Readonly<Record<Factor, readonly [one: string, many: string]>> = {
  privileged_access: ['way to privileged access', 'ways to privileged access'],
  risky_access: ['access rated high or critical', 'accesses rated high or critical'],
  duties: ['conflict of duties', 'conflicts of duties'],
  duties_excepted: ['conflict an exception tolerates', 'conflicts exceptions tolerate'],
  dormant_privileged: ['privileged access not used for long', 'privileged accesses not used for long'],
  emergency: ['use of emergency access', 'uses of emergency access'],
  left_with_access: ['access of somebody who left', 'accesses of somebody who left'],
  outlier: ['mining run in which they stand out', 'mining runs in which they stand out'],
  answers_for: ['service or shared account to answer for', 'services and shared accounts to answer for'],
  failed_proofs: ['step-up that failed', 'step-ups that failed'],
  unanswered: ['access nobody answered for in a certification', 'accesses nobody answered for in a certification'],
  no_owner: ['account nobody owns', 'accounts nobody owns'],
};

/** A reason as somebody says it: what counts, and how many of it. */
export const inWords = ({ factor, count }: Pick<RiskReason, 'factor' | 'count'>): string =>
  `${String(count)} ${things[factor][count === 1 ? 0 : 1]}`;

export const factorWords = Object.fromEntries(
  Object.entries(things).map(([factor, [, many]]) => [factor, many.slice(0, 1).toUpperCase() + many.slice(1)]),
) as Readonly<Record<Factor, string>>;

/** The lowest and highest points of a trend, for whoever does not see it drawn. */
export const trendInWords = (days: readonly { readonly day: string; readonly score: number }[]): string => {
  const [latest] = days;
  const first = days.at(-1);
  if (latest === undefined || first === undefined) return 'no change yet';
  return days.length === 1
    ? `${String(latest.score)} since ${latest.day}`
    : `from ${String(first.score)} on ${first.day} to ${String(latest.score)} on ${latest.day}, ${String(days.length - 1)} changes`;
};

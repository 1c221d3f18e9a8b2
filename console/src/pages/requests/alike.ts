import type { Approval } from '../../api/shapes/requests.ts';

/** What is asked for, for how long: two requests of one kind read the same but for whom they are for. */
const kindOf = ({ request }: Approval): string =>
  JSON.stringify(request.lines.map(({ what, seconds, until }) => [what.id, seconds, until]));

/** Whether one may be decided among others: low risk, nothing privileged, no conflict, no fresh proof wanted. */
export const isLight = ({ request, stepUp }: Approval): boolean =>
  request.risk === 'low' && !request.privileged && !stepUp && request.lines.every(({ sod }) => sod.length === 0);

/** Why several are not approved at once; undefined where they are alike and of low risk. */
export const notTogether = (approvals: readonly Approval[]): string | undefined => {
  if (approvals.length < 2) return undefined;
  if (!approvals.every(isLight))
    return 'Only requests of low risk, without privilege or conflict, are approved together. Decide the others one at a time.';
  return new Set(approvals.map(kindOf)).size > 1
    ? 'Only equal requests are approved together: the same thing for the same time. Decide the others one at a time.'
    : undefined;
};

import type { AccessRequest, LineVerdict, RequestLine, RequestStep } from '../../api/shapes/requests.ts';
import type { Tone } from '../../ui/show/badges.tsx';
import { duration, utc } from '../../ui/show/time-ago.tsx';

export const requestTone: Readonly<Record<AccessRequest['state'], Tone>> = {
  pending: 'wait',
  approved: 'good',
  denied: 'bad',
  withdrawn: 'quiet',
  expired: 'quiet',
};
export const stepTone: Readonly<Record<RequestStep['state'], Tone>> = {
  waiting: 'quiet',
  open: 'wait',
  approved: 'good',
  denied: 'bad',
  skipped: 'quiet',
};
export const effectTone: Readonly<Record<RequestLine['effect'], Tone>> = {
  none: 'quiet',
  pending: 'wait',
  effective: 'good',
  withdrawing: 'wait',
  withdrawn: 'quiet',
};
export const verdictTone: Readonly<Record<LineVerdict['verdict'], Tone>> = {
  allowed: 'good',
  unknown: 'bad',
  not_requestable: 'bad',
  too_long: 'wait',
  already_held: 'quiet',
  asked_already: 'quiet',
  not_eligible: 'wait',
  prerequisite_missing: 'wait',
  conflict: 'bad',
};
export const verdictWords: Readonly<Record<LineVerdict['verdict'], string>> = {
  allowed: 'can be asked for',
  unknown: 'not known',
  not_requestable: 'cannot be asked for',
  too_long: 'longer than allowed',
  already_held: 'held already',
  asked_already: 'asked for already',
  not_eligible: 'not eligible',
  prerequisite_missing: 'something is needed before',
  conflict: 'conflict of duties',
};

/** What becomes of a line where its request does not say it. */
export const lineState: Readonly<
  Record<RequestLine['state'], { readonly tone: Tone; readonly text: string } | undefined>
> = {
  pending: undefined,
  granted: undefined,
  not_granted: undefined,
  scheduled: { tone: 'wait', text: 'approved, begins later' },
  removed: { tone: 'good', text: 'taken away' },
  refused: { tone: 'bad', text: 'refused' },
  withdrawn: { tone: 'quiet', text: 'withdrawn' },
};
/** Lines that are still to come of a request can be taken back. */
export const isToCome = ({ state }: Pick<RequestLine, 'state'>): boolean =>
  state === 'pending' || state === 'scheduled';

/** `for 2 h`, `until 2026-03-31 08:00:00 UTC`, `for good`. */
export const forHowLong = ({ seconds, until }: Pick<RequestLine, 'seconds' | 'until'>): string =>
  until !== null ? `until ${utc(until)}` : seconds === null ? 'for good' : `for ${duration(seconds)}`;

export const whatOf = (request: Pick<AccessRequest, 'lines'>): string =>
  request.lines.map(({ what, takesGrantId }) => `${takesGrantId === null ? '' : 'take away '}${what.name}`).join(', ');

const kinds: Readonly<Record<string, string>> = {
  manager: 'Manager',
  owner: 'Owner',
  role_owner: 'Owner of the role',
  system_owner: 'Owner of the system',
  named: 'Named approver',
  holders: 'Who holds what the policy asks for',
};
export const stepName = (step: { readonly kind: string }): string => kinds[step.kind] ?? step.kind;

import type { LineVerdict, RequestLine, RequestState, RequestStep } from '../../api/shapes/requests.ts';
import type { Tone } from '../../ui/show/badges.tsx';
import { duration } from '../../ui/show/time-ago.tsx';

export const requestTone: Readonly<Record<RequestState, Tone>> = {
  pending: 'wait',
  approved: 'good',
  fulfilled: 'good',
  denied: 'bad',
  failed: 'bad',
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
  failed: 'bad',
};
export const verdictTone: Readonly<Record<LineVerdict['verdict'], Tone>> = {
  ok: 'good',
  conflict: 'bad',
  held: 'quiet',
  not_requestable: 'bad',
  too_long: 'wait',
};

export const verdictWords: Readonly<Record<LineVerdict['verdict'], string>> = {
  ok: 'can be asked for',
  conflict: 'conflict of duties',
  held: 'you have it already',
  not_requestable: 'cannot be asked for',
  too_long: 'longer than allowed',
};

/** `for 2 h`, `for good`. */
export const forHowLong = (seconds: number | null): string =>
  seconds === null ? 'for good' : `for ${duration(seconds)}`;

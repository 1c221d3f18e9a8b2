import type { Account, IdentityState } from '../../api/shapes/people.ts';
import type { Tone } from '../../ui/show/badges.tsx';

export const identityTone: Readonly<Record<IdentityState, Tone>> = {
  pre_hire: 'wait',
  active: 'good',
  leave: 'wait',
  suspended: 'bad',
  leaver: 'quiet',
};
export const accountTone: Readonly<Record<Account['state'], Tone>> = { active: 'good', locked: 'wait', gone: 'quiet' };

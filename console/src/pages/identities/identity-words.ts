import type { Tone } from '../../ui/show/badges.tsx';

const tones: Readonly<Record<string, Tone>> = {
  pre_hire: 'wait',
  active: 'good',
  leave: 'wait',
  suspended: 'bad',
  leaver: 'quiet',
  locked: 'wait',
  gone: 'quiet',
};

/** How the state of an identity or of an account is coloured; the word says it too. */
export const stateTone = (state: string): Tone => tones[state] ?? 'info';

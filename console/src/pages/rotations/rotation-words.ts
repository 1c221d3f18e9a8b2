import type { Tone } from '../../ui/show/badges.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  done: 'good',
  failed: 'bad',
  stopped: 'bad',
  refused: 'bad',
  stale: 'bad',
  trouble: 'wait',
  unknown: 'wait',
  returning: 'wait',
  returned: 'wait',
  works: 'good',
  updated: 'good',
};
export const toneOf = (state: string): Tone => TONES[state] ?? 'info';

const WORDS: Readonly<Record<string, string>> = {
  planned: 'planned',
  sealed: 'new value sealed',
  applied: 'set, to be proved',
  promoted: 'proved',
  returning: 'going back',
  returned: 'went back',
};
/** How far a rotation is, as people say it. */
export const inWords = (state: string): string => WORDS[state] ?? state;

const CAUSES: Readonly<Record<string, string>> = {
  asked: 'asked for',
  created: 'new account',
  wave: 'one of many',
  drift: 'changed behind Reeve',
  leaver: 'somebody left',
};
export const causeInWords = (cause: string): string => CAUSES[cause] ?? cause;

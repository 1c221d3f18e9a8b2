import type { Tone } from '../../ui/show/badges.tsx';

export const VERSION_TONES: Readonly<Record<string, Tone>> = {
  draft: 'info',
  awaiting: 'wait',
  published: 'good',
  superseded: 'quiet',
  withdrawn: 'quiet',
};
export const CHANGE_TONES: Readonly<Record<string, Tone>> = {
  added: 'good',
  removed: 'bad',
  moved: 'wait',
  same: 'quiet',
};

/** From when until when a part of a role holds, in words. */
export const during = (part: { readonly validFrom: string | null; readonly validTo: string | null }): string => {
  const day = (at: string): string => at.slice(0, 16).replace('T', ' ');
  if (part.validTo === null) return part.validFrom === null ? 'always' : `from ${day(part.validFrom)}`;
  return `${part.validFrom === null ? '' : `from ${day(part.validFrom)} `}until ${day(part.validTo)}`;
};

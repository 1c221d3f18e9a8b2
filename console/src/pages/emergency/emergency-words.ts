import type { EmergencyPath, EmergencyUse } from '../../api/shapes/emergency.ts';
import type { Tone } from '../../ui/show/badges.tsx';

/** `sudo:ALL on web1`, `role On call`. */
export const thing = (what: EmergencyPath['what']): string =>
  what.kind === 'role' ? `role ${what.name}` : `${what.name} on ${what.systemName ?? '?'}`;

export const pathTone: Readonly<Record<EmergencyPath['state'], Tone>> = {
  open: 'good',
  locked: 'bad',
  closed: 'quiet',
};
export const reviewTone: Readonly<Record<EmergencyUse['review']['state'], Tone>> = {
  waiting: 'wait',
  overdue: 'bad',
  justified: 'good',
  not_justified: 'bad',
};

export const long = (minutes: number): string =>
  minutes % 60 === 0 ? `${String(minutes / 60)} h` : `${String(minutes)} min`;

/** Times to choose from, as far as the path goes, the longest last. */
export const lengths = (longest: number): { value: string; label: string }[] =>
  [...[15, 30, 60, 120, 240].filter((minutes) => minutes < longest), longest].map((minutes) => ({
    value: String(minutes),
    label: long(minutes),
  }));

export const names = (people: readonly { readonly name: string }[]): string =>
  people.length === 0 ? 'nobody' : people.map(({ name }) => name).join(', ');

import type { Eligible } from '../../api/shapes/eligible.ts';

/** `sudo:ALL on web1`, `role On call`. */
export const nameOfEligible = ({ what }: Pick<Eligible, 'what'>): string =>
  what.kind === 'role' ? `role ${what.name}` : `${what.name} on ${what.systemName ?? '?'}`;

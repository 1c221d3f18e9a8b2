import type { Item } from '../../api/shapes/of-contract.ts';
import type { Tone } from '../../ui/show/badges.tsx';

export type DriftCase = Item<'drift.list'>;

/** What a difference is, in words. */
export const SITUATIONS: Readonly<Record<DriftCase['situation'], string>> = {
  out_of_band: 'held, not granted',
  missing: 'granted, not held',
  orphan_account: 'account of nobody',
  leaver_account: 'open, owner left',
};

export const TONES: Readonly<Record<string, Tone>> = {
  open: 'bad',
  reacting: 'wait',
  accepted: 'wait',
  adopted: 'good',
  removed: 'good',
  restored: 'good',
  disabled: 'good',
  gone: 'quiet',
};

export type Decision = 'adopt' | 'remove' | 'restore' | 'disable';

/** What may follow from each, as the server takes it. */
export const FITTING: Readonly<Record<DriftCase['situation'], readonly Decision[]>> = {
  out_of_band: ['adopt', 'remove'],
  missing: ['restore'],
  orphan_account: ['disable'],
  leaver_account: ['disable'],
};

export const nameOf = (row: DriftCase): string =>
  [row.entitlementName, row.accountName ?? row.personName].filter((part) => part !== null).join(' of ');

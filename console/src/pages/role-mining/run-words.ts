import type { Item } from '../../api/shapes/of-contract.ts';
import type { Tone } from '../../ui/show/badges.tsx';

export type MiningRun = Item<'roleMining.list'>;
export type Candidate = Item<'roleMining.candidates'>;

export const TONES: Readonly<Record<string, Tone>> = {
  waiting: 'wait',
  running: 'wait',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
};

export const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

/** What was looked at, in words. */
export const asked = (run: MiningRun): string =>
  [run.department ?? 'everybody', run.tolerance === 0 ? 'exactly' : `${percent(run.tolerance)} may be off`].join(', ');

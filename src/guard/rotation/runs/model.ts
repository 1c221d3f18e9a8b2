import type { TimeWindow } from '../policies/time-window.ts';

/** Many rotations at once, released wave by wave. */
export interface RotationRun {
  readonly id: string;
  readonly because: string;
  readonly incident: boolean;
  readonly state: 'waiting' | 'running' | 'stopped' | 'done' | 'cancelled';
  /** Rotations of the first wave, none of which may fail; 0: there is no canary. */
  readonly canary: number;
  readonly waveSize: number;
  /** Rotations after the canary that may fail before it stops. */
  readonly mayFail: number;
  /** Failures after which a person let it go on. */
  readonly tolerated: number;
  readonly window: TimeWindow | null;
  /** Waves are released up to here; -1: none. */
  readonly releasedTo: number;
  readonly lastWave: number;
  readonly plannedWhole: boolean;
  readonly plannedAt: Date;
  readonly endedAt: Date | null;
  readonly problem: string | null;
}

/** The wave of the n-th rotation of a run, counted from one. The canary is wave 0. */
export const waveOf = (position: number, run: Pick<RotationRun, 'canary' | 'waveSize'>): number =>
  position <= run.canary ? 0 : Math.floor((position - run.canary - 1) / run.waveSize) + (run.canary > 0 ? 1 : 0);

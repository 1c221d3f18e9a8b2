import type { FeedProblem } from '../feed/model.ts';

/** What a run does to one person. `note`: only what the source itself remembers of the row. */
export type ChangeKind = 'leave' | 'move' | 'change' | 'return' | 'note' | 'adopt' | 'join';

export type RunState = 'refused' | 'held' | 'applying' | 'applied' | 'superseded' | 'declined' | 'undone';

/** The kind of mass change that takes a run back; its key is the run. */
export const UNDO_OF_FEED = 'feed_undo';

export interface RunCounts {
  readonly rows: number;
  readonly joined: number;
  readonly moved: number;
  readonly changed: number;
  readonly left: number;
  readonly returned: number;
  readonly unchanged: number;
  /** People of the source who are in no row of this delivery. */
  readonly missing: number;
  /** Rows that cannot be taken as they are; the person is left as is. */
  readonly skipped: number;
  /** Rows left out because it is not known who they are. */
  readonly unmatched: number;
}

/** Why a plan waits for a person. */
export interface HeldBecause {
  readonly code: 'limit.created' | 'limit.changed' | 'limit.left' | 'limit.last_administrator' | 'limit.own_row';
  readonly detail: string;
  readonly count: number;
  readonly allowed: number;
}

export interface FeedRun {
  readonly id: string;
  readonly sourceId: string;
  readonly state: RunState;
  readonly verdict: 'trusted' | 'untrusted';
  readonly startedAt: Date;
  readonly startedBy: string;
  readonly settledAt: Date | null;
  readonly endsWithNewline: boolean;
  /** True for the first load of a source: everybody is new, and nobody joined that day. */
  readonly baseline: boolean;
  readonly rows: number;
  readonly counts: RunCounts;
  readonly problems: readonly FeedProblem[];
  readonly heldBecause: readonly HeldBecause[];
  readonly plannedRows: number;
  readonly appliedRows: number;
  /** Only so many of the planned rows may be applied, as a canary; null: all of them. */
  readonly releasedRows: number | null;
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
  readonly acceptedBecause: string | null;
  /** The mass change that takes it back, or took it back; null where nobody asked. */
  readonly undo: { readonly massChangeId: string; readonly state: string } | null;
}

export const NO_COUNTS: RunCounts = {
  rows: 0,
  joined: 0,
  moved: 0,
  changed: 0,
  left: 0,
  returned: 0,
  unchanged: 0,
  missing: 0,
  skipped: 0,
  unmatched: 0,
};

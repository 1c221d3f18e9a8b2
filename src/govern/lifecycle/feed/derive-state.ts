import type { IdentityState } from '#spine/graph/index.ts';
import { dayAfter, dayStart } from './day-start.ts';
import type { FeedRecord } from './model.ts';

export type RecordDates = Pick<FeedRecord, 'status' | 'startsOn' | 'endsOn'>;

/** What a record says of somebody at an instant. */
export interface DerivedState {
  readonly state: IdentityState;
  /** When the dates alone will change that next; null when they will not. */
  readonly dueAt: Date | null;
  /** Since when it is so by the dates; null when only the status says it. */
  readonly since: Date | null;
}

/** The first instant after the last day; null without one. */
export const endOf = (endsOn: string | null, zone: string): Date | null =>
  endsOn === null ? null : dayStart(dayAfter(endsOn), zone);

/**
 * Dates and status together: the earlier end and the later beginning win. Somebody HR calls terminated has left, also
 * when a last day is still to come, because access that stays too long cannot be taken back. Somebody called pre-hire
 * starts when the first day comes, without another delivery.
 */
export function deriveState(record: RecordDates, zone: string, at: Date): DerivedState {
  const ends = endOf(record.endsOn, zone);
  const starts = record.startsOn === null ? null : dayStart(record.startsOn, zone);
  if (ends !== null && at >= ends) return { state: 'leaver', dueAt: null, since: ends };
  if (record.status === 'leaver') return { state: 'leaver', dueAt: null, since: null };
  if (starts !== null && at < starts)
    return { state: 'pre_hire', dueAt: ends !== null && ends < starts ? ends : starts, since: null };
  if (record.status === 'pre_hire' && starts === null) return { state: 'pre_hire', dueAt: ends, since: null };
  if (record.status === 'leave') return { state: 'leave', dueAt: ends, since: null };
  return { state: 'active', dueAt: ends, since: starts };
}

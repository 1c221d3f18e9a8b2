import { LONGEST_WAIT_DAYS, worked, type Calendar } from '../working-time.ts';

/** Whether somebody may come in at an instant. */
export interface Opening {
  readonly open: boolean;
  /** When they may no more; null: not open, or not within sixty days. */
  readonly closesAt: Date | null;
  /** When they may next; null: open, or not within sixty days. */
  readonly opensAt: Date | null;
}

/** What hours say of an instant. Hours that go on past midnight are one stretch. */
export const openingAt = (hours: Calendar, at: Date): Opening => {
  let until: number | undefined;
  for (const stretch of worked(hours, at.getTime())) {
    if (stretch.from !== (until ?? at.getTime()))
      return until === undefined
        ? { open: false, closesAt: null, opensAt: new Date(stretch.from) }
        : { open: true, closesAt: new Date(until), opensAt: null };
    until = stretch.until;
  }
  const never = until !== undefined && until >= at.getTime() + LONGEST_WAIT_DAYS * 86_400_000;
  return { open: until !== undefined, closesAt: until === undefined || never ? null : new Date(until), opensAt: null };
};

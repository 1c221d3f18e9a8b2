import type { Queryable, Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { calendarsOfSites } from '../find-calendars.ts';
import { readWeek, type Week } from '../week-hours.ts';
import type { Calendar } from '../working-time.ts';
import { accessHoursOf, type AccessHours } from './keep-hours.ts';
import { openingAt, type Opening } from './opening.ts';

const asCalendar = (hours: Pick<AccessHours, 'timeZone'>, week: Week, by: Calendar): Calendar =>
  hours.timeZone === null
    ? { ...by, week }
    : { site: by.site, timeZone: hours.timeZone, week, holidays: new Set<string>() };

/** What hours of access say of these people at an instant; who is not among them may come in at any time. */
export const openingsOf = async (
  db: Queryable,
  identityIds: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, Opening>> => {
  const hoursOf = await accessHoursOf(db, identityIds);
  if (hoursOf.size === 0) return new Map();
  const calendars = await calendarsOfSites(
    db,
    at,
    [...hoursOf.values()].flatMap(({ site }) => site ?? []),
  );
  return new Map(
    [...hoursOf].map(([id, hours]) => [
      id,
      openingAt(asCalendar(hours, readWeek(hours.hours), calendars.of(hours.site)), at),
    ]),
  );
};

/** Hours in one line, as people read them. */
export const saidHours = ({ hours, timeZone, site }: AccessHours): string =>
  `${hours.join(', ')} (${timeZone ?? `calendar ${site ?? ''}`})`;

/**
 * Lets nobody in outside their hours of access. Returns until when they may stay; null: no hours say an end. Throws
 * `access.outside_hours`, with when they may come in.
 */
export const requireOpen = async (tx: Tx, identityId: string): Promise<Date | null> => {
  const opening = (await openingsOf(tx, [identityId], tx.now)).get(identityId);
  if (opening === undefined || opening.open) return opening?.closesAt ?? null;
  const hours = (await accessHoursOf(tx, [identityId])).get(identityId);
  throw new AppError({
    code: 'access.outside_hours',
    status: 403,
    detail: `access for you is open ${hours === undefined ? 'at no time' : saidHours(hours)} only`,
    fix:
      opening.opensAt === null
        ? 'Ask your sponsor for other hours.'
        : `Come back at ${opening.opensAt.toISOString()}, or ask your sponsor for other hours.`,
  });
};

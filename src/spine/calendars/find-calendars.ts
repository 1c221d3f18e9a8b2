import { sql, type Queryable } from '#kit/db/index.ts';
import { HOUSE } from './store.ts';
import { readWeek, USUAL_HOURS } from './week-hours.ts';
import { afterWorkingHours, type Calendar } from './working-time.ts';

const DAY = 86_400_000;

/** A house that never said otherwise works Monday to Friday from nine to five, in the time zone of its server. */
const usual = (): Calendar => ({
  site: HOUSE,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  week: readWeek(USUAL_HOURS),
  holidays: new Set(),
});

interface Row {
  readonly site: string;
  readonly timeZone: string;
  readonly hours: readonly string[];
  readonly holidays: readonly string[];
}

/** Calendars by site, and that of the house. Holidays before yesterday are left out. */
export const calendarsOfSites = async (
  db: Queryable,
  now: Date,
  sites: readonly string[],
): Promise<{ readonly of: (site: string | null) => Calendar }> => {
  const rows = await db.many<Row>(sql`
    select c.site, c.time_zone, c.hours,
           (select coalesce(array_agg(h.holiday_on::text), '{}') from calendar_holiday h
             where h.site = c.site and h.holiday_on >= ${new Date(now.getTime() - 2 * DAY)}::timestamptz::date) as holidays
      from calendar c where c.site = any(${[...new Set([...sites, HOUSE])]}::text[])`);
  const known = new Map(
    rows.map(({ site, timeZone, hours, holidays }) => [
      site,
      { site, timeZone, week: readWeek(hours), holidays: new Set(holidays) },
    ]),
  );
  const house = known.get(HOUSE) ?? usual();
  return { of: (site) => known.get(site ?? HOUSE) ?? house };
};

/** The calendar of each of these people: of the site they have among their attributes, else of their location, else of the house. */
export const calendarsOf = async (
  db: Queryable,
  now: Date,
  identityIds: readonly string[],
): Promise<(identityId: string) => Calendar> => {
  const rows = await db.many<{ id: string; site: string | null }>(sql`
    select f.identity_id as id, lower(btrim(coalesce(
             case when jsonb_typeof(f.attributes -> 'site') = 'string' then nullif(btrim(f.attributes ->> 'site'), '') end,
             case when jsonb_typeof(f.attributes -> 'location') = 'string' then nullif(btrim(f.attributes ->> 'location'), '') end))) as site
      from identity_facts f
     where f.identity_id = any(${[...new Set(identityIds)]}::uuid[])
       and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})`);
  const siteOf = new Map(rows.map(({ id, site }) => [id, site]));
  const calendars = await calendarsOfSites(
    db,
    now,
    rows.flatMap(({ site }) => site ?? []),
  );
  return (id) => calendars.of(siteOf.get(id) ?? null);
};

/**
 * When the first of these people has had so many hours of work since `from`. Never later than sixty days on, so that
 * what waits for them goes on whatever their calendars say. Of nobody it is after as many hours of the house.
 */
export const firstAfterWorkingHours = async (
  db: Queryable,
  identityIds: readonly string[],
  from: Date,
  hours: readonly number[],
): Promise<readonly Date[]> => {
  const calendarOf = await calendarsOf(db, from, identityIds);
  const calendars = identityIds.length === 0 ? [calendarOf('')] : [...new Set(identityIds.map(calendarOf))];
  return hours.map(
    (some) => new Date(Math.min(...calendars.map((calendar) => afterWorkingHours(calendar, from, some).getTime()))),
  );
};

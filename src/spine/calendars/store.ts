import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import type { DayOff } from '#kit/icalendar/index.ts';

/** The site of everybody whose own has no calendar. */
export const HOUSE = 'house';

/** A calendar as it is kept. */
export interface CalendarRow {
  readonly site: string;
  readonly timeZone: string;
  readonly hours: readonly string[];
  readonly holidays: number;
  readonly lastHoliday: string | null;
  readonly changedAt: Date | null;
}

/** The name of a site as it is compared: case and outer blanks do not count. */
export const siteNamed = (name: string): string => name.trim().toLowerCase();

export const listCalendars = (db: Queryable): Promise<CalendarRow[]> =>
  db.many<CalendarRow>(sql`
    select c.site, c.time_zone, c.hours, c.changed_at, (select count(*)::int from calendar_holiday h where h.site = c.site) as holidays,
           (select max(holiday_on)::text from calendar_holiday h where h.site = c.site) as last_holiday
      from calendar c order by c.site = ${HOUSE} desc, c.site`);

export const putCalendar = async (
  tx: Tx,
  calendar: {
    readonly site: string;
    readonly timeZone: string;
    readonly hours: readonly string[];
    readonly by: string;
  },
): Promise<void> => {
  await tx.run(sql`
    insert into calendar as c (site, time_zone, hours, changed_at, changed_by)
    values (${calendar.site}, ${calendar.timeZone}, ${calendar.hours}::text[], ${tx.now}, ${calendar.by})
    on conflict on constraint calendar_pkey do update set time_zone = excluded.time_zone, hours = excluded.hours,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
};

export const deleteCalendar = async (tx: Tx, site: string): Promise<boolean> =>
  (await tx.run(sql`delete from calendar where site = ${site}`)) === 1;

export const replaceHolidays = async (tx: Tx, site: string, days: readonly DayOff[]): Promise<void> => {
  await tx.run(sql`delete from calendar_holiday where site = ${site}`);
  await tx.run(sql`
    insert into calendar_holiday (site, holiday_on, name)
    select ${site}, d.holiday_on, d.name
      from unnest(${sql.array(days.map((d) => d.on))}::date[], ${sql.array(days.map((d) => d.name))}::text[]) as d (holiday_on, name)`);
};

export const holidaysOf = (db: Queryable, site: string, from: string): Promise<DayOff[]> =>
  db.many<DayOff>(sql`
    select holiday_on::text as on, name from calendar_holiday where site = ${site} and holiday_on >= ${from}::date
     order by holiday_on limit 1000`);

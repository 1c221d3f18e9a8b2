import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { accessHoursChanged } from '../events.ts';
import { hoursIn, timeZoneIn } from '../hours-in.ts';
import { HOUSE, listCalendars, siteNamed } from '../store.ts';

/** When in a week somebody may come in: lines such as `tue 09:00-17:00`, by a time zone or by the calendar of a site. */
export interface AccessHours {
  readonly hours: readonly string[];
  /** Null: that of the calendar of `site`, whose days off count too. */
  readonly timeZone: string | null;
  readonly site: string | null;
}

/** Hours as somebody says them; without a time zone and a calendar they go by the calendar of the house. */
export interface SaidHours {
  readonly hours: readonly string[];
  readonly timeZone?: string | undefined;
  readonly calendar?: string | undefined;
}

/** The hours of access of these people; who is not among them may come in at any time. */
export const accessHoursOf = async (
  db: Queryable,
  identityIds: readonly string[],
): Promise<ReadonlyMap<string, AccessHours>> => {
  const rows = await db.many<AccessHours & { readonly identityId: string }>(sql`
    select identity_id, hours, time_zone, site from access_hours where identity_id = any(${sql.array(identityIds)}::uuid[])`);
  return new Map(rows.map(({ identityId, hours, timeZone, site }) => [identityId, { hours, timeZone, site }]));
};

/** What hours as they were said come to. Throws `input.invalid` for what is no hours, no time zone or no calendar. */
export const accessHoursIn = async (tx: Tx, said: SaidHours): Promise<AccessHours> => {
  const hours = hoursIn(said.hours);
  if (said.timeZone !== undefined && said.calendar !== undefined)
    throw invalid('/calendar', 'cannot be given beside a time zone', 'give one of the two');
  if (said.timeZone !== undefined) return { hours, timeZone: timeZoneIn(said.timeZone), site: null };
  const site = siteNamed(said.calendar ?? HOUSE);
  if (site !== HOUSE && !(await listCalendars(tx)).some((c) => c.site === site))
    throw invalid('/calendar', `there is no calendar of ${site}`, 'see them: reeve calendar ls');
  return { hours, timeZone: null, site };
};

/** Says when somebody may come in; null: at any time. What goes on outside of it ends within the minute. */
export const setAccessHours = async (
  ctx: Ctx,
  permit: Permit,
  identityId: string,
  to: AccessHours | null,
): Promise<void> => {
  const before = (await accessHoursOf(ctx.tx, [identityId])).get(identityId);
  if (to === null && before === undefined) return;
  await (to === null
    ? ctx.tx.run(sql`delete from access_hours where identity_id = ${identityId}`)
    : ctx.tx.run(sql`
        insert into access_hours (identity_id, hours, time_zone, site, changed_at, changed_by)
        values (${identityId}, ${sql.array(to.hours)}::text[], ${to.timeZone}, ${to.site}, ${ctx.now}, ${`${ctx.principal.kind}:${ctx.principal.id}`})
        on conflict on constraint access_hours_pk do update set hours = excluded.hours, time_zone = excluded.time_zone, site = excluded.site,
          changed_at = excluded.changed_at, changed_by = excluded.changed_by`));
  await ctx.record(permit, {
    event: accessHoursChanged,
    subject: identityId,
    data: {
      identityId,
      before: before === undefined ? [] : [...before.hours],
      hours: to === null ? [] : [...to.hours],
      timeZone: to?.timeZone ?? undefined,
      site: to?.site ?? undefined,
    },
  });
};

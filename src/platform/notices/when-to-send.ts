import {
  afterQuietHours,
  nextMorning,
  nextWorkingHour,
  type Calendar,
  type QuietHours,
} from '#spine/calendars/index.ts';
import { TEMPLATES } from './templates.ts';

/** When somebody wants mails. */
export interface Preference {
  readonly delivery: 'at_once' | 'hourly' | 'daily';
  readonly quiet: QuietHours | null;
}

/** Of whoever never said otherwise. */
export const AT_ONCE: Preference = { delivery: 'at_once', quiet: null };

/** What has to be answered is not kept back where less than this would be left for it. */
const HOURS_TO_ANSWER = 4;

const URGENT_KINDS = /^(?:emergency|break_glass|security|session|alert)\./;

/** Whether mails of a template never wait. */
export const isUrgent = (template: string): boolean =>
  URGENT_KINDS.test(template) || TEMPLATES.get(template)?.urgent === true;

/**
 * Until when a mail is kept back for somebody; undefined: it goes out at once, as does everything urgent and what would
 * leave too little time to answer.
 */
export const keptUntil = (
  preference: Preference,
  calendar: Calendar,
  now: Date,
  mail: { readonly template: string; readonly urgent?: boolean | undefined; readonly answerBy?: Date | undefined },
): Date | undefined => {
  if (mail.urgent === true || isUrgent(mail.template)) return undefined;
  const { delivery, quiet } = preference;
  const ready =
    delivery === 'at_once' ? now : delivery === 'hourly' ? nextWorkingHour(calendar, now) : nextMorning(calendar, now);
  const until = quiet === null ? ready : afterQuietHours(calendar.timeZone, quiet, ready);
  if (until <= now) return undefined;
  const left = (mail.answerBy?.getTime() ?? Infinity) - until.getTime();
  return left < HOURS_TO_ANSWER * 3_600_000 ? undefined : until;
};

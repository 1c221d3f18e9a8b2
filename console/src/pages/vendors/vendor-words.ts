import type { Vendor, VendorCompany } from '../../api/shapes/vendors.ts';

/** A company as it is called; whom nobody named one for is of none. */
export const companyName = ({ employer }: Pick<VendorCompany, 'employer'>): string =>
  employer === '' ? 'No company named' : employer;

/** The hours of somebody in one line. */
export const hoursWords = ({ access }: Vendor): string =>
  access === null
    ? 'at any time'
    : `${access.hours.join(', ')} ${access.timeZone ?? `as in the calendar of ${access.site ?? ''}`}`;

/** The time zone of whoever types. */
export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export { isWithin } from './is-within.ts';
export { accessHoursIn, accessHoursOf, setAccessHours, type AccessHours, type SaidHours } from './keep-hours.ts';
export type { Opening } from './opening.ts';
export { openingsOf, requireOpen, saidHours } from './require-open.ts';

export { readDaysOff, type DayOff } from './read-days-off.ts';

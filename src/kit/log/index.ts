export { silentLog, type Log } from './port.ts';
export { openLog, type LogLevel } from './open-log.ts';

import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { Log } from './port.ts';
import { safeFields } from './safe-fields.ts';
import { scrubText } from './scrub-text.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * A log of JSON lines, to standard output unless told otherwise. Only fields classified public are printed; all
 * others appear as `[redacted]`, so that forgetting to classify one never leaks it.
 */
export function openLog(options: { readonly level: LogLevel; readonly to?: { write(line: string): void } }): Log {
  const settings = {
    level: options.level,
    base: { pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const to: DestinationStream | undefined = options.to;
  return wrap(to === undefined ? pino(settings) : pino(settings, to));
}

const wrap = (logger: Logger): Log => {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Record<string, unknown> = {}): void => {
      if (logger.isLevelEnabled(level)) logger[level](safeFields(fields), scrubText(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(safeFields(fields))),
  };
};

import { AppError } from '#kit/errors/index.ts';
import { scrubText } from './scrub-text.ts';

/** Technical facts an error may carry, by name: SQLSTATE and names of constraints, error codes of Node. */
const FACTS = [
  'code',
  'status',
  'fix',
  'sqlstate',
  'constraint',
  'table',
  'column',
  'statement',
  'syscall',
  'errno',
  'retry',
];
const FRAMES = 12;
const DEPTH = 4;

/**
 * An error as it may be printed: class, code, message, the places in the code, and its causes. Nothing else it
 * carries, since libraries hang requests, rows and whole configurations on errors.
 */
export function safeError(error: unknown, depth = 0): unknown {
  if (typeof error === 'string') return { type: 'string', message: scrubText(error) };
  if (!(error instanceof Error)) return { type: typeof error, message: '[redacted]' };
  const safe: Record<string, unknown> = { type: error.name, message: messageOf(error) };
  for (const name of FACTS) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'number' || typeof value === 'boolean') safe[name] = value;
    if (typeof value === 'string') safe[name] = scrubText(value);
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  if (frames.length > 0) safe['stack'] = frames.slice(0, FRAMES).map((line) => line.trim());
  if (depth < DEPTH) {
    if (error.cause !== undefined) safe['cause'] = safeError(error.cause, depth + 1);
    if (error instanceof AggregateError) safe['errors'] = error.errors.slice(0, 5).map((e) => safeError(e, depth + 1));
  }
  return safe;
}

function messageOf(error: Error): string {
  if (error instanceof AppError) return scrubText(error.message);
  // Parsers quote what they could not parse.
  const message = error.name === 'SyntaxError' ? error.message.replace(/["'`][\s\S]*/, '…') : error.message;
  return scrubText(message).slice(0, 500);
}

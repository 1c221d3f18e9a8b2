import { PUBLIC_FIELDS } from './public-fields.ts';
import { safeError } from './safe-error.ts';
import { scrubText } from './scrub-text.ts';

const REDACTED = '[redacted]';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DEPTH = 5;

/** The fields as they may be printed: classified public, or not at all. */
export function safeFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) safe[key] = safeField(key, value, depth);
  }
  return safe;
}

function safeField(key: string, value: unknown, depth: number): unknown {
  if (key === 'error' || key === 'err' || value instanceof Error) return safeError(value);
  if (/(^id|Ids?)$/.test(key)) {
    if (typeof value === 'string' && UUID.test(value)) return value;
    if (Array.isArray(value) && value.every((v) => typeof v === 'string' && UUID.test(v))) return value;
  }
  if (!PUBLIC_FIELDS.has(key)) return REDACTED;
  return safeValue(value, depth);
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? REDACTED : value.toISOString();
  if (typeof value !== 'object' || depth >= DEPTH || Buffer.isBuffer(value) || ArrayBuffer.isView(value))
    return REDACTED;
  if (Array.isArray(value)) return value.slice(0, 50).map((each) => safeValue(each, depth + 1));
  return safeFields(value as Record<string, unknown>, depth + 1);
}

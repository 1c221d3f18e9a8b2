/** Where a reading goes on, and the mark of one that is whole, as text. */
import { z } from 'zod';
import { TargetError } from '../../port.ts';
import type { Fingerprint } from './fingerprint.ts';
import { grantKinds } from './grant-tables.ts';

const print = { salt: z.string().regex(/^[0-9a-f]{32}$/u), sum: z.string().max(64) };
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/u);

const point = z.strictObject({
  v: z.literal(1),
  ...print,
  phase: z.enum(['accounts', ...grantKinds]),
  /** Bytes of the last key that was read, in hexadecimal; absent at the beginning of a phase. */
  after: z.array(hex).max(8).optional(),
  /** What was told already of the thing that key is about. */
  told: z.array(z.string()).max(100).optional(),
});
const mark = z.strictObject({ v: z.literal(1), ...print });

export type ResumePoint = z.infer<typeof point>;

export const packResume = (at: Omit<ResumePoint, 'v'>): string => JSON.stringify({ v: 1, ...at });
export const packMark = ({ salt, sum }: Fingerprint): string => JSON.stringify({ v: 1, salt, sum });

/** Throws TargetError `failed` for text that is not of {@link packResume}: the reading has to begin anew. */
export function unpackResume(text: string): ResumePoint {
  const found = point.safeParse(parsed(text));
  if (found.success) return found.data;
  throw new TargetError('failed', 'this reading cannot go on where it broke off; read anew');
}

/** Undefined for text that is not of {@link packMark}. */
export const unpackMark = (text: string): Fingerprint | undefined => mark.safeParse(parsed(text)).data;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

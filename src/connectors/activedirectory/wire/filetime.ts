/** Instants as Active Directory keeps them: 100 ns since 1601 (MS-DTYP 2.3.3) as a decimal number, and generalized time. */
import { malformed } from './identifiers.ts';

const EPOCH_DIFFERENCE_MS = 11_644_473_600_000n;
/** `accountExpires` and others mean "never" by 0 or by the largest number. */
const NEVER = 0x7fff_ffff_ffff_ffffn;

/** ISO instant, milliseconds; undefined for 0 and "never". Throws TargetError `failed` for what is no such number. */
export function filetimeInstant(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^-?\d{1,19}$/u.test(text)) throw malformed('a time');
  const ticks = BigInt(text);
  if (ticks <= 0n || ticks >= NEVER) return undefined;
  const milliseconds = ticks / 10_000n - EPOCH_DIFFERENCE_MS;
  // JavaScript's dates end in the year 275760; what lies beyond is never.
  return milliseconds > 8_640_000_000_000_000n ? undefined : new Date(Number(milliseconds)).toISOString();
}

/** The number for an instant, as filters and attributes take it. */
export const filetimeOf = (at: Date): string => String((BigInt(at.getTime()) + EPOCH_DIFFERENCE_MS) * 10_000n);

/** A negative length of time in 100 ns, as the domain's policy keeps it, in milliseconds; undefined for "for ever". */
export function intervalMs(text: string | undefined): number | undefined {
  if (text === undefined || text === '0') return 0;
  if (!/^-\d{1,19}$/u.test(text)) throw malformed('a length of time');
  const ticks = -BigInt(text);
  return ticks > NEVER ? undefined : Number(ticks / 10_000n);
}

/** ISO instant of `20261125205921.0Z` (ASN.1 generalized time). */
export function generalizedInstant(text: string | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/u.exec(text ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}

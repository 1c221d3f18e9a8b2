import { Extension } from './value.ts';

const DAY = 86_400_000n;
const fits = (n: bigint): boolean => n >= -(2n ** 63n) && n < 2n ** 63n;

/** Cedar `duration`: whole milliseconds, 64 bits, signed. */
export class Duration extends Extension {
  readonly name = 'duration';
  readonly ms: bigint;
  constructor(ms: bigint) {
    super();
    this.ms = ms;
  }
  get canonical(): string {
    return this.ms.toString();
  }
}

/** Cedar `datetime`: milliseconds since 1970-01-01T00:00:00Z, 64 bits, no leap seconds. */
export class Datetime extends Extension {
  readonly name = 'datetime';
  readonly ms: bigint;
  constructor(ms: bigint) {
    super();
    this.ms = ms;
  }
  get canonical(): string {
    return this.ms.toString();
  }
  /** Undefined on overflow, as all that follow. */
  offset(by: Duration): Datetime | undefined {
    const ms = this.ms + by.ms;
    return fits(ms) ? new Datetime(ms) : undefined;
  }
  durationSince(start: Datetime): Duration | undefined {
    const ms = this.ms - start.ms;
    return fits(ms) ? new Duration(ms) : undefined;
  }
  toDate(): Datetime | undefined {
    const ms = this.ms - this.#sinceMidnight();
    return fits(ms) ? new Datetime(ms) : undefined;
  }
  toTime(): Duration {
    return new Duration(this.#sinceMidnight());
  }
  #sinceMidnight(): bigint {
    const rest = this.ms % DAY;
    return rest < 0n ? rest + DAY : rest;
  }
}

/** `-?` then days, hours, minutes, seconds, milliseconds in that order, each at most once, at least one. */
export const parseDuration = (text: string): Duration | undefined => {
  const m = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/.exec(text);
  if (m === null || text === '' || text === '-') return undefined;
  const sign = m[1] === '-' ? -1n : 1n;
  let total = 0n;
  // INVARIANT: terms are added smallest unit first and each partial sum is checked, in Cedar's order.
  for (const [index, unit] of [
    [6, 1n],
    [5, 1000n],
    [4, 60_000n],
    [3, 3_600_000n],
    [2, DAY],
  ] as const) {
    const count = BigInt(m[index] ?? '0');
    // Cedar reads a count as an unsigned number first and multiplies without its sign.
    const amount = count * unit;
    if (!fits(unit === 1n ? sign * amount : amount)) return undefined;
    total += sign * amount;
    if (!fits(total)) return undefined;
  }
  return new Duration(total);
};

/** `YYYY-MM-DD`, or that and `Thh:mm:ss(.SSS)?(Z|±hhmm)`. */
export const parseDatetime = (text: string): Datetime | undefined => {
  const m =
    /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?$/.exec(
      text,
    );
  if (m === null) return undefined;
  const n = (i: number): number => Number(m[i] ?? '0');
  const [year, month, day, hour, minute, second] = [n(1), n(2), n(3), n(4), n(5), n(6)];
  const [offsetHours, offsetMinutes] = [n(9), n(10)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (offsetHours * 60 + offsetMinutes) * (m[8] === '-' ? -1 : 1);
  return new Datetime(BigInt(date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + n(7)));
};

import { Datetime, Duration } from './values/datetime.ts';
import { Decimal } from './values/decimal.ts';
import { Fault } from './values/fault.ts';
import { Ip } from './values/ip.ts';
import { toLong } from './values/long.ts';
import { CONSTRUCTORS } from './values/read-value.ts';
import type { Value } from './values/value.ts';

/** One extension function, its arguments already evaluated. */
export type Call = (first: Value, second: Value) => Value;

/** Makes the function, with its faults made once. Arity was checked when the policy was read. */
export const compileCall = (name: string): Call => {
  const construct = CONSTRUCTORS.get(name);
  if (construct !== undefined) {
    const refused = new Fault(`\`${name}\` cannot read its argument`);
    return (text) => {
      const made = typeof text === 'string' ? construct(text) : undefined;
      if (made === undefined) throw refused;
      return made;
    };
  }
  const make = METHODS.get(name);
  if (make === undefined) throw new Error(`no extension function is called ${name}`);
  return make(new Fault(`\`${name}\` was asked of a value of another type`), new Fault(`\`${name}\` overflows`));
};

type Make = (wrongType: Fault, overflow: Fault) => Call;

const ip = (v: Value, fault: Fault): Ip => {
  if (v instanceof Ip) return v;
  throw fault;
};
const decimal = (v: Value, fault: Fault): bigint => {
  if (v instanceof Decimal) return v.units;
  throw fault;
};
const datetime = (v: Value, fault: Fault): Datetime => {
  if (v instanceof Datetime) return v;
  throw fault;
};
const duration = (v: Value, fault: Fault): Duration => {
  if (v instanceof Duration) return v;
  throw fault;
};
const present = <T>(made: T | undefined, fault: Fault): T => {
  if (made === undefined) throw fault;
  return made;
};

// Integer division in bigint truncates towards zero, as Cedar's does.
const inUnitsOf =
  (ms: bigint): Make =>
  (wrongType, overflow) =>
  (v) =>
    present(toLong(duration(v, wrongType).ms / ms), overflow);

const METHODS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['isIpv4', (wrong) => (v) => ip(v, wrong).bits === 32],
  ['isIpv6', (wrong) => (v) => ip(v, wrong).bits === 128],
  ['isLoopback', (wrong) => (v) => ip(v, wrong).isLoopback()],
  ['isMulticast', (wrong) => (v) => ip(v, wrong).isMulticast()],
  ['isInRange', (wrong) => (v, range) => ip(v, wrong).isInRange(ip(range, wrong))],
  ['lessThan', (wrong) => (a, b) => decimal(a, wrong) < decimal(b, wrong)],
  ['lessThanOrEqual', (wrong) => (a, b) => decimal(a, wrong) <= decimal(b, wrong)],
  ['greaterThan', (wrong) => (a, b) => decimal(a, wrong) > decimal(b, wrong)],
  ['greaterThanOrEqual', (wrong) => (a, b) => decimal(a, wrong) >= decimal(b, wrong)],
  ['offset', (wrong, overflow) => (at, by) => present(datetime(at, wrong).offset(duration(by, wrong)), overflow)],
  [
    'durationSince',
    (wrong, overflow) => (end, start) => present(datetime(end, wrong).durationSince(datetime(start, wrong)), overflow),
  ],
  ['toDate', (wrong, overflow) => (at) => present(datetime(at, wrong).toDate(), overflow)],
  ['toTime', (wrong) => (at) => datetime(at, wrong).toTime()],
  ['toMilliseconds', inUnitsOf(1n)],
  ['toSeconds', inUnitsOf(1000n)],
  ['toMinutes', inUnitsOf(60_000n)],
  ['toHours', inUnitsOf(3_600_000n)],
  ['toDays', inUnitsOf(86_400_000n)],
]);

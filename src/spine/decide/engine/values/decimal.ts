import { Extension } from './value.ts';

/** Cedar `decimal`: up to four digits after the point, held as a 64-bit count of ten-thousandths. */
export class Decimal extends Extension {
  readonly name = 'decimal';
  readonly units: bigint;
  constructor(units: bigint) {
    super();
    this.units = units;
  }
  get canonical(): string {
    return this.units.toString();
  }
}

/** Undefined when `text` is no decimal or needs more than 64 bits. */
export const parseDecimal = (text: string): Decimal | undefined => {
  const m = /^(-?)([0-9]+)\.([0-9]{1,4})$/.exec(text);
  if (m === null) return undefined;
  const units = BigInt(`${m[2]}${(m[3] ?? '').padEnd(4, '0')}`) * (m[1] === '-' ? -1n : 1n);
  return units < -(2n ** 63n) || units >= 2n ** 63n ? undefined : new Decimal(units);
};

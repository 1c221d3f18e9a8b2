import { mac, sha256 } from '#kit/crypto/index.ts';

/** A share as it is printed: in groups of four, with a check against mistyping. */
export function printedShare(kit: string, number: number, share: Buffer): string {
  const groups = share.toString('hex').match(/.{1,4}/g) ?? [];
  return `RK1 ${kit} ${number} ${groups.join(' ')} ${sha256(share).toString('hex').slice(0, 8)}`;
}

/** The code that the opened kit gives for a drill. */
export const drillCode = (drillKey: Buffer, number: number): string =>
  mac(drillKey, String(number)).toString('hex').slice(0, 20);

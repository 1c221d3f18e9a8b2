import { Extension } from './value.ts';

/**
 * Cedar `ip`: an IPv4 or IPv6 address with a prefix length. Two ranges are equal only when address and prefix are,
 * as in Cedar: `10.0.0.1/24` is not `10.0.0.0/24`.
 */
export class Ip extends Extension {
  readonly name = 'ipaddr';
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
  constructor(bits: 32 | 128, address: bigint, prefix: number) {
    super();
    this.bits = bits;
    this.address = address;
    this.prefix = prefix;
  }
  get canonical(): string {
    return `${this.bits}:${this.address}/${this.prefix}`;
  }
  isLoopback(): boolean {
    return this.bits === 32
      ? this.address >> 24n === 127n && this.prefix >= 8
      : this.address === 1n && this.prefix === 128;
  }
  isMulticast(): boolean {
    return this.bits === 32
      ? this.address >> 28n === 0xen && this.prefix >= 4
      : this.address >> 120n === 0xffn && this.prefix >= 8;
  }
  isInRange(range: Ip): boolean {
    if (this.bits !== range.bits || this.prefix < range.prefix) return false;
    const host = BigInt(this.bits - range.prefix);
    return this.address >> host === range.address >> host;
  }
}

const parseV4 = (text: string): bigint | undefined => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || part.length > 3 || Number(part) > 255) return undefined;
    address = (address << 8n) | BigInt(part);
  }
  return address;
};

const groups = (text: string): bigint[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((p) => /^[0-9a-fA-F]{1,4}$/.test(p) && p.length <= 4)
    ? parts.map((p) => BigInt(`0x${p}`))
    : undefined;
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '');
  const tail = halves.length === 2 ? groups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return all.reduce((address, group) => (address << 16n) | group, 0n);
};

/** Undefined for what Cedar refuses: leading zeros, IPv4 written inside IPv6, zones, prefixes out of range. */
export const parseIp = (text: string): Ip | undefined => {
  if (text.length > 43) return undefined;
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const v6 = address.includes(':');
  const bits = v6 ? 128 : 32;
  const parsed = v6 ? parseV6(address) : parseV4(address);
  if (parsed === undefined) return undefined;
  if (slash < 0) return new Ip(bits, parsed, bits);
  const written = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(written) || Number(written) > bits) return undefined;
  return new Ip(bits, parsed, Number(written));
};

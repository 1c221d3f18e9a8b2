import { BlockList, isIP, isIPv4 } from 'node:net';

/** IPv4 that is not of the public Internet (IANA special-purpose registry, RFC 6890 and what came after). */
const SPECIAL_V4 = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'a private network'],
  ['100.64.0.0/10', 'shared by a carrier'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local, where clouds keep their metadata'],
  ['172.16.0.0/12', 'a private network'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'for documentation'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'a private network'],
  ['198.18.0.0/15', 'for benchmarks'],
  ['198.51.100.0/24', 'for documentation'],
  ['203.0.113.0/24', 'for documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
] as const;

/** IPv6 is public in 2000::/3 only, save these: they are reserved, or carry an IPv4 address inside. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Reads ranges such as `10.0.0.0/8`, `fd00::/8` or a single address. Throws a RangeError that names one it cannot read. */
export const addressRanges = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits, ...more] = range.split('/');
    const family = isIP(address);
    const widest = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? widest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (family === 0 || more.length > 0 || prefix < 0 || prefix > widest)
      throw new RangeError(`"${range}" is no range of addresses: write 10.20.0.0/16, fd00::/8 or one address`);
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
};

const named = SPECIAL_V4.map(([range, what]) => ({ list: addressRanges([range]), what }));
const publicV6 = addressRanges(['2000::/3']);
const specialV6 = addressRanges(SPECIAL_V6);
const loopback = addressRanges(['127.0.0.0/8', '::1']);

const has = (list: BlockList, address: string): boolean => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

/** The IPv4 address inside an IPv4-mapped one, which the system connects to as such. */
const unmapped = (address: string): string => {
  const text = address.toLowerCase().replace(/%.*$/, '');
  if (isIPv4(text) || isIP(text) === 0) return text;
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};

/** Whether an address is this machine itself. */
export const isLoopback = (address: string): boolean => has(loopback, unmapped(address));

/** Where clouds keep what a machine proves itself with, and whatever else answers only because one is there. */
const machineOnly = addressRanges(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32']);

/** Whether an address, however it is written, answers only who is on that machine: link-local, and metadata services. */
export const isMachineOnly = (address: string): boolean => {
  const plain = unmapped(address.replace(/^\[|\]$/g, ''));
  return isIP(plain) !== 0 && has(machineOnly, plain);
};

/** Why nothing is sent to this address; undefined where it may be. `allowed` are ranges the house opened. */
export const judgeAddress = (address: string, allowed: BlockList): string | undefined => {
  const plain = unmapped(address);
  if (isIP(plain) === 0) return 'no address';
  if (has(allowed, plain)) return undefined;
  if (isIPv4(plain)) return named.find(({ list }) => list.check(plain, 'ipv4'))?.what;
  if (has(loopback, plain)) return 'loopback';
  return publicV6.check(plain, 'ipv6') && !specialV6.check(plain, 'ipv6') ? undefined : 'not a public address';
};

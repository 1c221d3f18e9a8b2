import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

const list = (...ranges: readonly (readonly [string, number])[]): BlockList => {
  const made = new BlockList();
  for (const [address, bits] of ranges) made.addSubnet(address, bits, isIPv4(address) ? 'ipv4' : 'ipv6');
  return made;
};
const LOOPBACK = list(['127.0.0.0', 8], ['::1', 128]);
/** Where nobody's application is: this network, link-local with the metadata of clouds, multicast, reserved. */
const NEVER = list(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['168.63.129.16', 32],
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
);

const has = (ranges: BlockList, address: string): boolean => ranges.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

/** What of this machine may be reached. */
export interface OwnPlaces {
  readonly loopback: BlockList;
  readonly ownPorts: ReadonlySet<number>;
}

/** Why nothing is sent to an address; undefined where an application may be there. Told of the address that is connected to, not of a name. */
export function refuseAddress(address: string, port: number, own: OwnPlaces): string | undefined {
  const plain = unmapped(address);
  if (isIP(plain) === 0) return 'is no address';
  if (has(NEVER, plain)) return 'is an address that only this machine or its network answers';
  const here = has(LOOPBACK, plain);
  if (here && !has(own.loopback, plain)) return 'is on loopback, which web_allow_loopback does not name';
  if (own.ownPorts.has(port) && (here || ownAddresses().has(plain))) return 'is Reeve itself';
  return undefined;
}

/** BlockList sees an IPv4 address within IPv6 only where it is written as one. */
function unmapped(address: string): string {
  const text = address.toLowerCase().replace(/%.*$/, '');
  if (isIPv4(text) || isIP(text) === 0) return text;
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

const ownAddresses = (): ReadonlySet<string> =>
  new Set(
    Object.values(networkInterfaces())
      .flat()
      .map((one) => unmapped(one?.address ?? '')),
  );

/** Reads addresses and ranges of loopback; anything else of them is left out. */
export function loopbackRanges(ranges: readonly string[]): BlockList {
  const allowed = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (isIP(address) !== 0) allowed.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return allowed;
}

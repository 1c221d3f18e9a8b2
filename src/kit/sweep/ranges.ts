import { BlockList, isIPv4 } from 'node:net';
import { invalid } from '#kit/errors/index.ts';

const MOST_ADDRESSES = 4_096;

/** Ports by which machines are administered, with what usually listens there. */
const services: ReadonlyMap<number, string> = new Map([
  [22, 'ssh'],
  [23, 'telnet'],
  [389, 'ldap'],
  [445, 'smb'],
  [512, 'rexec'],
  [513, 'rlogin'],
  [514, 'rsh'],
  [636, 'ldaps'],
  [873, 'rsync'],
  [1433, 'mssql'],
  [1521, 'oracle'],
  [2049, 'nfs'],
  [2375, 'docker'],
  [2376, 'docker'],
  [2379, 'etcd'],
  [3306, 'mysql'],
  [3389, 'rdp'],
  [5432, 'postgres'],
  [5900, 'vnc'],
  [5985, 'winrm'],
  [5986, 'winrm'],
  [6379, 'redis'],
  [6443, 'kubernetes'],
  [8006, 'proxmox'],
  [9200, 'elasticsearch'],
  [10250, 'kubelet'],
  [11211, 'memcached'],
  [27017, 'mongodb'],
]);
export const ADMINISTRATIVE_PORTS: readonly number[] = [...services.keys()];

/** What a service is: by what it says of itself, else by its port. */
export function serviceOf(port: number, banner: string): string {
  if (banner.startsWith('SSH-')) return 'ssh';
  if (/^RFB \d/u.test(banner)) return 'vnc';
  if (/mariadb|mysql/iu.test(banner)) return 'mysql';
  if (banner.startsWith('@RSYNCD')) return 'rsync';
  return services.get(port) ?? 'unknown';
}

/** Private, shared and loopback: what a house may look at as its own. */
const own = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['198.18.0.0', 15],
] as const)
  own.addSubnet(net, bits, 'ipv4');

/** The addresses of ranges (`10.0.0.0/24`, `10.0.0.7`). Refuses others' addresses, and more than {@link MOST_ADDRESSES}. */
export function addressesOf(ranges: readonly string[]): readonly string[] {
  const found = new Set<string>();
  ranges.forEach((range, at) => {
    const [, net = '', bits = '32'] = /^([\d.]+)(?:\/(\d{1,2}))?$/u.exec(range.trim()) ?? [];
    const length = Number(bits);
    if (!isIPv4(net) || length > 32)
      throw invalid(`/ranges/${at}`, 'is no range of IPv4 addresses', 'write it as 10.0.0.0/24, or one address');
    const size = 2 ** (32 - length);
    const first = Math.floor(toNumber(net) / size) * size;
    if (size > MOST_ADDRESSES)
      throw invalid(
        `/ranges/${at}`,
        `has ${size} addresses, and ${MOST_ADDRESSES} are swept at most`,
        'name smaller ranges',
      );
    if (!own.check(toText(first)) || !own.check(toText(first + size - 1)))
      throw invalid(
        `/ranges/${at}`,
        'is not private: addresses of others are not swept',
        'name ranges of your own networks (RFC 1918, 100.64.0.0/10, loopback)',
      );
    // Network and broadcast addresses of a range answer nobody.
    const [skip, end] = size > 2 ? [1, size - 1] : [0, size];
    for (let one = skip; one < end; one += 1) found.add(toText(first + one));
  });
  if (found.size > MOST_ADDRESSES)
    throw invalid(
      '/ranges',
      `have ${found.size} addresses, and ${MOST_ADDRESSES} are swept at most`,
      'sweep them one after another',
    );
  return [...found];
}

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

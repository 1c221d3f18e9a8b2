/**
 * How a target is closed to everybody but the gateways: what it is to be told, whether it really is so by what it says of
 * itself, and who logged on there meanwhile. Texts hold names and addresses, never a secret.
 */
import { BlockList, isIP } from 'node:net';
import type { Target } from './target.ts';
import type { Logon } from './inspection.ts';

/** Somebody who may log on without Reeve: `*` is every account, `local` is the target itself. */
export interface Exemption {
  readonly account: string;
  readonly address: string;
}

/** Who is to get in. */
export interface IsolationPlan {
  /** Addresses or networks that sessions and readings of Reeve come from; never none. */
  readonly gateways: readonly string[];
  readonly exemptions: readonly Exemption[];
  /** The account Reeve itself works with there. */
  readonly management: string;
  /** Native ids of accounts whose password or key Reeve keeps, with what it logs on with; the management account among them. */
  readonly credentials: readonly { readonly account: string; readonly kind: 'password' | 'ssh_key' }[];
  /** Native ids of all accounts there, as last read. */
  readonly accounts: readonly string[];
  /** Keys that sign certificates of people; empty where the target was not set up for them. */
  readonly authorities: readonly string[];
}

/** What the target is called, and where. */
export type IsolationPlace = Pick<Target, 'host' | 'port' | 'pinned'> & { readonly name: string };

/** One thing to be put on the target. */
export interface IsolationPart {
  readonly name: 'sshd' | 'nftables' | 'pg_hba' | 'accounts' | 'keys';
  /** Where it belongs; null where it is not a file of its own. */
  readonly file: string | null;
  readonly text: string;
  /** Commands that check and apply it, and those that take it back. */
  readonly apply: readonly string[];
  readonly remove: readonly string[];
}

/** One thing that was proved, or not. */
export interface IsolationCheck {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'unknown';
  /** What was looked at and what it said: one line, no secret. */
  readonly evidence: string;
}

/** What was read since a mark. */
export interface LogonsSeen {
  readonly logons: readonly Logon[];
  /** Where the next look goes on, as the target writes it. */
  readonly mark: string;
  /** Log-ons that could have been missed, in words. */
  readonly leftOut: readonly string[];
}

/** A connection that stays open and tells log-ons as they happen. */
export interface Lookout {
  /** Without a mark nothing is told: it is where looking begins. */
  look(mark?: string): Promise<LogonsSeen>;
  close(): Promise<void>;
}

/** For kinds that can be closed to everybody but the gateways. */
export interface Isolation {
  parts(place: IsolationPlace, plan: IsolationPlan): readonly IsolationPart[];
  /** Reads the configuration that is in effect. Only reads. */
  prove(target: Target, plan: IsolationPlan): Promise<readonly IsolationCheck[]>;
  lookOut(target: Target): Promise<Lookout>;
}

/** Whether a text is an address or a network in CIDR form, and nothing else. */
export function isAddress(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined || address.includes('%')) return false;
  return bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * The network that a text in CIDR form means, where the text is not the network itself: `10.0.0.0/8` for `10.0.0.5/8`. Some
 * programs take the one for the other, and sshd takes no part of a line that holds such a thing.
 */
export function networkMeant(text: string): string | undefined {
  const [address = '', bits] = text.split('/');
  if (bits === undefined || !isAddress(text)) return undefined;
  const groups = isIP(address) === 6 ? groupsOf(address) : address.split('.').map(Number);
  const size = isIP(address) === 6 ? 16 : 8;
  const kept = groups.map((group, i) => {
    const ones = Math.min(size, Math.max(0, Number(bits) - i * size));
    return group & ~((1 << (size - ones)) - 1);
  });
  if (kept.every((group, i) => group === groups[i])) return undefined;
  if (size === 8) return `${kept.join('.')}/${bits}`;
  return `${kept.map((group) => group.toString(16)).join(':')}/${bits}`;
}

/** The eight groups of an address of IPv6. */
function groupsOf(address: string): readonly number[] {
  const four = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/u.exec(address);
  const [a = 0, b = 0, c = 0, d = 0] = four?.slice(2).map(Number) ?? [];
  const text = four === null ? address : `${four[1] ?? ''}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const [head = '', tail] = text.split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [read(head), tail === undefined ? [] : read(tail)];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/** `::ffff:192.0.2.1` is 192.0.2.1. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/iu, '');

/** Whether an address is one of these addresses, or in one of these networks. What is no address is in none. */
export function isWithin(address: string, places: readonly string[]): boolean {
  const list = new BlockList();
  for (const place of places) {
    const [base = '', bits] = place.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(base) === 0) continue;
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  const asked = plain(address);
  return isIP(asked) !== 0 && list.check(asked, isIP(asked) === 6 ? 'ipv6' : 'ipv4');
}

/** Whether every address of a network is in one of these; networks that are only together as large are not looked for. */
export function isCovered(network: string, places: readonly string[]): boolean {
  const [address = '', bits] = network.split('/');
  const whole = isIP(address) === 6 ? 128 : 32;
  const size = bits === undefined ? whole : Number(bits);
  return places.some((place) => {
    const [base = '', placeBits] = place.split('/');
    return (
      isIP(base) === isIP(plain(address)) &&
      (placeBits === undefined ? whole : Number(placeBits)) <= size &&
      isWithin(address, [place])
    );
  });
}

/** Whether a log-on is one of those that may be without Reeve. */
export const isExempt = (
  logon: { readonly account: string; readonly from: string },
  exemptions: readonly Exemption[],
): boolean =>
  exemptions.some(
    ({ account, address }) =>
      (account === '*' || account === logon.account) &&
      (address === 'local' ? logon.from === '' : isWithin(logon.from, [address])),
  );

/** What stands before the text of every part. */
export const heading = (name: string): string =>
  `# Reeve: isolation of ${name}. \`reeve isolate show ${name}\` writes this; it holds no secret.`;

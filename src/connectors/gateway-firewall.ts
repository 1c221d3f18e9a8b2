/** A firewall of nftables that lets only the gateways to one port: a table of its own, put in whole and taken out whole. */
import { isIP } from 'node:net';
import {
  heading,
  isCovered,
  type IsolationCheck,
  type IsolationPart,
  type IsolationPlace,
  type IsolationPlan,
} from './isolation.ts';

/** The one table that is Reeve's. Nothing else of the ruleset is touched. */
export const TABLE = 'reeve_isolation';
const FILE = '/etc/nftables.d/reeve-isolation.nft';

const ofFamily = (addresses: readonly string[], family: 4 | 6): readonly string[] =>
  [...new Set(addresses)].filter((address) => isIP(address.split('/')[0] ?? '') === family);

/** Who the firewall lets through: it tells addresses apart, and no accounts. */
export const admitted = (plan: IsolationPlan): readonly string[] => [
  ...new Set([
    ...plan.gateways,
    ...plan.exemptions.map(({ address }) => address).filter((address) => address !== 'local'),
  ]),
];

const set = (name: string, type: string, addresses: readonly string[]): string =>
  [
    `  set ${name} {`,
    `    type ${type}`,
    '    flags interval',
    '    auto-merge',
    ...(addresses.length === 0 ? [] : [`    elements = { ${addresses.join(', ')} }`]),
    '  }',
  ].join('\n');

/** The table as a file for `nft -f`. Read again it is the same; connections from elsewhere that are open end as well. */
export function firewallPart(place: IsolationPlace, plan: IsolationPlan): IsolationPart {
  const port = String(place.port);
  const text = `${heading(place.name)}
# A chain that drops cannot be overruled by another that accepts, so this holds whatever other tables say.
# The two lines before the table make reading this file again replace it.
table inet ${TABLE}
delete table inet ${TABLE}
table inet ${TABLE} {
${set('admitted4', 'ipv4_addr', ofFamily(admitted(plan), 4))}
${set('admitted6', 'ipv6_addr', ofFamily(admitted(plan), 6))}
  chain input {
    type filter hook input priority -10; policy accept;
    iif "lo" tcp dport ${port} accept
    ip saddr @admitted4 tcp dport ${port} accept
    ip6 saddr @admitted6 tcp dport ${port} accept
    tcp dport ${port} counter drop
  }
}
`;
  return {
    name: 'nftables',
    file: FILE,
    text,
    apply: [`nft -c -f ${FILE}`, `nft -f ${FILE}`, `# at every start: include "${FILE}" in /etc/nftables.conf`],
    remove: [`nft delete table inet ${TABLE}`, `rm ${FILE}`],
  };
}

/** Parts of what `nft -j` prints that are looked at. */
interface Nft {
  readonly nftables?: readonly {
    readonly chain?: { readonly name?: string; readonly type?: string; readonly hook?: string };
    readonly set?: { readonly name?: string; readonly elem?: readonly unknown[] };
    readonly rule?: { readonly chain?: string; readonly expr?: readonly Readonly<Record<string, unknown>>[] };
  }[];
}

/** What `nft -j list table inet reeve_isolation` says, held against what it should be. */
export function checkFirewall(json: string, port: number, plan: IsolationPlan): IsolationCheck {
  const failed = (evidence: string): IsolationCheck => ({ name: 'firewall', outcome: 'failed', evidence });
  let read: Nft;
  try {
    read = JSON.parse(json) as Nft;
  } catch {
    return { name: 'firewall', outcome: 'unknown', evidence: 'nft answered something that is no JSON' };
  }
  const all = read.nftables ?? [];
  const chain = all.find((one) => one.chain?.hook === 'input')?.chain;
  if (chain?.type !== 'filter') return failed(`the table inet ${TABLE} has no chain that filters what comes in`);
  const rules = all.flatMap(({ rule }) => (rule !== undefined && rule.chain === chain.name ? [rule.expr ?? []] : []));
  const at = rules.findIndex((rule) => drops(rule, port));
  if (at < 0) return failed(`no rule of inet ${TABLE} drops what comes to port ${String(port)}`);
  // `return`, a map of verdicts, and what is not known here may let in as `accept` does
  const before = rules.slice(0, at).filter((rule) => !rule.every(letsNobodyIn));
  const open = before.find((rule) => !isLoopback(rule) && admittedSet(rule) === undefined);
  if (open !== undefined)
    return failed(
      `a rule of inet ${TABLE} before the one that drops accepts others: ${JSON.stringify(open).slice(0, 200)}`,
    );
  const let_in = all.flatMap((one) => (one.set?.elem ?? []).map(addressOf));
  const strange = let_in.filter((address) => !isCovered(address, admitted(plan)));
  if (strange.length > 0) return failed(`inet ${TABLE} lets ${strange.join(', ')} to port ${String(port)} as well`);
  return {
    name: 'firewall',
    outcome: 'passed',
    evidence: `inet ${TABLE} drops what comes to port ${String(port)} but from ${let_in.join(', ') || 'nobody'}`,
  };
}

type Rule = readonly Readonly<Record<string, unknown>>[];
interface Match {
  readonly left?: {
    readonly payload?: { readonly protocol?: string; readonly field?: string };
    readonly meta?: { readonly key?: string };
  };
  readonly right?: unknown;
  readonly op?: string;
}
const LETS_NOBODY_IN = ['match', 'counter', 'log', 'drop', 'reject'];
const letsNobodyIn = (part: Rule[number]): boolean => Object.keys(part).every((key) => LETS_NOBODY_IN.includes(key));
const matches = (rule: Rule): readonly Match[] =>
  rule.flatMap((part) => ('match' in part ? [part['match'] as Match] : []));

/** It drops all that comes to the port: a rule that drops only some of it does not count. */
const drops = (rule: Rule, port: number): boolean =>
  rule.some((part) => 'drop' in part || 'reject' in part) &&
  rule.every(letsNobodyIn) &&
  matches(rule).every(
    ({ left, right, op }) =>
      left?.payload?.protocol === 'tcp' && left.payload.field === 'dport' && right === port && op === '==',
  );
const isLoopback = (rule: Rule): boolean =>
  matches(rule).some(({ left, right, op }) => left?.meta?.key === 'iif' && right === 'lo' && op !== '!=');
const admittedSet = (rule: Rule): string | undefined =>
  matches(rule)
    .filter(({ left, op }) => left?.payload?.field === 'saddr' && op !== '!=')
    .map(({ right }) => right)
    .find((right): right is string => right === '@admitted4' || right === '@admitted6');

/** An element is an address, a prefix or a range; a range is covered only where its ends say one network. */
function addressOf(element: unknown): string {
  if (typeof element === 'string') return element;
  const { prefix, elem } = element as { prefix?: { addr: string; len: number }; elem?: { val: unknown } };
  if (prefix !== undefined) return `${prefix.addr}/${String(prefix.len)}`;
  if (elem !== undefined) return addressOf(elem.val);
  return JSON.stringify(element);
}

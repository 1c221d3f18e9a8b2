import { describe, expect, test } from 'vitest';
import { checkFirewall, firewallPart } from './gateway-firewall.ts';
import {
  isAddress,
  isCovered,
  isExempt,
  isWithin,
  networkMeant,
  type IsolationPlace,
  type IsolationPlan,
} from './isolation.ts';
import { linuxConnector } from './linux/index.ts';
import { cutOf } from './linux/isolation/log-ons.ts';
import { mysqlConnector } from './mysql/index.ts';
import { postgresConnector } from './postgres/index.ts';

const place: IsolationPlace = { name: 'web1', host: '198.51.100.11', port: 22, pinned: [] };
const plan: IsolationPlan = {
  gateways: ['198.51.100.1', '2001:db8::1'],
  exemptions: [
    { account: 'breakglass', address: '198.51.100.9' },
    { account: '*', address: '198.51.100.32/28' },
    { account: 'postgres', address: 'local' },
  ],
  management: 'reeve',
  credentials: [
    { account: 'reeve', kind: 'ssh_key' },
    { account: 'deploy', kind: 'password' },
  ],
  accounts: [],
  authorities: [],
};
const textOf = (parts: readonly { name: string; text: string }[], name: string): string =>
  parts.find((part) => part.name === name)?.text ?? '';

describe('addresses', () => {
  test('what is no address and no network is none', () => {
    for (const good of ['192.0.2.1', '192.0.2.0/28', '2001:db8::1', '2001:db8::/64'])
      expect(isAddress(good)).toBe(true);
    for (const bad of [
      '',
      'web1',
      '192.0.2.1/33',
      '192.0.2.0/',
      '192.0.2.1/8/8',
      'fe80::1%eth0',
      '192.0.2.1 }',
      '1',
      '*',
    ])
      expect(isAddress(bad), bad).toBe(false);
  });

  test('an address of IPv4 written as one of IPv6 is the same', () => {
    expect(isWithin('::ffff:198.51.100.1', ['198.51.100.0/24'])).toBe(true);
    expect(isWithin('198.51.100.1', ['198.51.100.2', '203.0.113.0/24'])).toBe(false);
    expect(isWithin('', ['0.0.0.0/0'])).toBe(false);
  });

  test('a network is covered by one that is as large, not by one of its addresses', () => {
    expect(isCovered('198.51.100.0/24', ['198.51.100.1'])).toBe(false);
    expect(isCovered('198.51.100.0/28', ['198.51.100.0/24'])).toBe(true);
    expect(isCovered('0.0.0.0/0', ['198.51.100.0/24'])).toBe(false);
    expect(isCovered('all', ['198.51.100.0/24'])).toBe(false);
  });

  test('an address within a network is no network: what was meant is told', () => {
    expect(networkMeant('10.0.0.5/8')).toBe('10.0.0.0/8');
    expect(networkMeant('198.51.100.9/28')).toBe('198.51.100.0/28');
    expect(networkMeant('2001:db8::1/32')).toBe('2001:db8:0:0:0:0:0:0/32');
    for (const right of [
      '10.0.0.0/8',
      '198.51.100.9',
      '198.51.100.9/32',
      '0.0.0.0/0',
      '2001:db8::/32',
      '::1/128',
      'all',
    ])
      expect(networkMeant(right), right).toBeUndefined();
  });

  test('an exemption holds for its account from its address, and for nothing else', () => {
    const from = (account: string, address: string): boolean => isExempt({ account, from: address }, plan.exemptions);
    expect(from('breakglass', '198.51.100.9')).toBe(true);
    expect(from('breakglass', '198.51.100.10')).toBe(false);
    expect(from('root', '198.51.100.9')).toBe(false);
    expect(from('root', '198.51.100.40')).toBe(true);
    expect(from('postgres', '')).toBe(true);
    expect(from('root', '')).toBe(false);
  });
});

describe('what a target is to be told', () => {
  test('a name that the server would take for a pattern is not written into pg_hba.conf', () => {
    const text = textOf(
      postgresConnector.isolation?.parts(place, {
        ...plan,
        exemptions: ['/^', '/.*', 'keeper'].map((account) => ({ account, address: '198.51.100.9' })),
      }) ?? [],
      'pg_hba',
    );
    expect(text).toContain('"keeper"');
    expect(text).not.toContain('"/');
  });

  test('a name that is more than a name is not written into it', () => {
    const hostile = ['x\nPermitRootLogin yes', 'a,root', '*', '!root', 'a b', '"', '-x'];
    const text = linuxConnector.isolation
      ?.parts(place, {
        ...plan,
        exemptions: hostile.filter((name) => name !== '*').map((account) => ({ account, address: '198.51.100.9' })),
        credentials: hostile.map((account) => ({ account, kind: 'ssh_key' as const })),
      })
      .map((part) => part.text)
      .join('\n');
    expect(text).not.toMatch(/PermitRootLogin|^Match User/mu);
  });

  test('in pg_hba.conf a name stands in quotes, so that no word of the file is one', () => {
    const parts = postgresConnector.isolation?.parts(place, {
      ...plan,
      exemptions: [
        { account: 'all', address: '198.51.100.9' },
        { account: 'a"b', address: '198.51.100.9' },
        { account: 'x\nhost all all all trust', address: '198.51.100.9' },
      ],
    });
    const text = textOf(parts ?? [], 'pg_hba');
    expect(text).toContain('hostssl all,replication "all" 198.51.100.9/32 scram-sha-256');
    expect(text).toContain('hostssl all,replication "a""b" 198.51.100.9/32 scram-sha-256');
    expect(text).not.toContain('trust');
    expect(text.trimEnd().split('\n').slice(-3)).toEqual([
      'host    all             all all reject',
      'host    replication     all all reject',
      '# reeve end: isolation',
    ]);
  });

  test('accounts of MariaDB that may come from elsewhere are renamed, and only they', () => {
    const accounts = [
      'app',
      'app@10.0.0.%',
      'reeve@198.51.100.1',
      'root@localhost',
      "'o''dd'@%.example",
      'monitor@198.51.100.32/255.255.255.240',
    ];
    const text = textOf(mysqlConnector.isolation?.parts(place, { ...plan, accounts }) ?? [], 'accounts');
    expect(text.split('\n').filter((line) => line.startsWith('rename'))).toEqual([
      'rename user `app`@`%` to `app`@`198.51.100.1`;',
      'rename user `app`@`10.0.0.%` to `app`@`198.51.100.1`;',
      "rename user `o'dd`@`%.example` to `o'dd`@`198.51.100.1`;",
    ]);
  });

  test('the firewall lets gateways and exempt addresses through, of either family', () => {
    const { text } = firewallPart(place, plan);
    expect(text).toContain('elements = { 198.51.100.1, 198.51.100.9, 198.51.100.32/28 }');
    expect(text).toContain('elements = { 2001:db8::1 }');
  });
});

describe('what a firewall says of itself', () => {
  const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
  const port = (right: unknown) => match({ payload: { protocol: 'tcp', field: 'dport' } }, right);
  const saddr = (right: unknown) => match({ payload: { protocol: 'ip', field: 'saddr' } }, right);
  const table = (rules: readonly (readonly object[])[], elem: readonly unknown[] = ['198.51.100.1']): string =>
    JSON.stringify({
      nftables: [
        { metainfo: {} },
        { set: { name: 'admitted4', elem } },
        { chain: { name: 'input', type: 'filter', hook: 'input' } },
        ...rules.map((expr) => ({ rule: { chain: 'input', expr } })),
      ],
    });
  const good = [
    [saddr('@admitted4'), port(22), { accept: null }],
    [port(22), { counter: {} }, { drop: null }],
  ];
  const outcome = (json: string): string => checkFirewall(json, 22, plan).outcome;

  test('it passes as it was written', () => expect(outcome(table(good))).toBe('passed'));
  test.each([
    ['nothing is dropped', table(good.slice(0, 1))],
    ['only some of it is dropped', table([[saddr('203.0.113.9'), port(22), { drop: null }]])],
    ['another port is dropped', table([[port(23), { drop: null }]])],
    [
      'every other port is dropped',
      table([[match({ payload: { protocol: 'tcp', field: 'dport' } }, 22, '!='), { drop: null }]]),
    ],
    [
      'what is no TCP is dropped',
      table([[match({ payload: { protocol: 'udp', field: 'dport' } }, 22), { drop: null }]]),
    ],
    ['a rule before it accepts everybody', table([[port(22), { accept: null }], ...good])],
    ['a rule before it accepts a stranger', table([[saddr('203.0.113.9'), { accept: null }], ...good])],
    [
      'everybody but gateways is accepted',
      table([[match({ payload: { field: 'saddr' } }, '@admitted4', '!='), { accept: null }], ...good]),
    ],
    ['a rule before it ends the chain', table([[port(22), { return: null }], ...good])],
    [
      'a map before it accepts everybody',
      table([
        [{ vmap: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: { set: [[22, { accept: null }]] } } }],
        ...good,
      ]),
    ],
    [
      'no more than so many a minute are dropped',
      table([[port(22), { limit: { rate: 1, per: 'minute' } }, { drop: null }]]),
    ],
    ['a rule before it goes elsewhere', table([[{ jump: { target: 'other' } }], ...good])],
    ['a stranger is in the set', table(good, ['198.51.100.1', '198.51.100.77'])],
    ['a network is in the set', table(good, [{ prefix: { addr: '198.51.100.0', len: 24 } }])],
    ['a range is in the set', table(good, [{ range: ['198.51.100.1', '198.51.100.9'] }])],
    ['it filters nothing', '{"nftables":[]}'],
  ])('it fails where %s', (_, json) => expect(outcome(json)).toBe('failed'));
  test('what cannot be read proves nothing', () => expect(outcome('Error: No such file')).toBe('unknown'));
});

test('a log with more log-ons in it than are looked at is told of', () => {
  const told = (lines: number): readonly string[] =>
    cutOf([{ words: ['accepted'], text: 'Accepted password for a from b port 1\n'.repeat(lines) }]);
  expect(told(2000)).toEqual([]);
  expect(told(2001)).toEqual(['more than 2000 log-ons between two looks: only the latest were looked at']);
});

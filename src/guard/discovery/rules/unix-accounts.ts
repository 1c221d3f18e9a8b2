import { said, texts, type Rule } from '../model.ts';

export const uidZero: Rule = ({ account, facts }) => [
  {
    kind: 'uid_zero',
    severity: facts['root'] === true ? 'high' : 'critical',
    power: true,
    restsOn: 'credential',
    reason: facts['root'] === true ? 'is root (uid 0)' : `has uid 0: ${account} is root under another name`,
    byHand:
      facts['root'] === true
        ? 'root stays; keep its password in the vault'
        : `give ${account} a uid of its own, or remove it: userdel ${account}`,
  },
];

const asGoodAsRoot = new Set([
  'sudo',
  'wheel',
  'admin',
  'docker',
  'lxd',
  'incus-admin',
  'disk',
  'microk8s',
  'podman',
  'root',
  'libvirt',
]);

export const group: Rule = ({ facts, about }) => {
  const name = said(facts['group']);
  return [
    {
      kind: 'group',
      severity: asGoodAsRoot.has(name) ? 'high' : 'medium',
      power: true,
      restsOn: 'credential',
      reason: `in group ${about.slice('group:'.length)}: ${said(facts['why'])}`,
      ...(facts['primary'] === true ? { byHand: 'give it another primary group: usermod -g' } : { entitlement: about }),
    },
  ];
};

export const serviceShell: Rule = ({ account, facts }, around) => {
  const ways = texts(facts['ways']);
  const own = account === around.management;
  return [
    {
      kind: 'service_shell',
      severity: own || ways.length === 0 ? 'low' : 'medium',
      power: false,
      restsOn: 'credential',
      reason: own
        ? 'is the account Reeve works with, which can open a shell'
        : `is a service account with a shell (${said(facts['shell'])})${ways.length === 0 ? '' : `, opened by ${ways.join(', ')}`}`,
      byHand: `give it no shell: usermod -s /usr/sbin/nologin ${account}`,
    },
  ];
};

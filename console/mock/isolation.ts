import { days, type Routes } from './answer.ts';

const shown = {
  systemName: 'web1',
  kind: 'linux',
  host: '198.51.100.11',
  port: 22,
  isSet: true,
  gateways: ['198.51.100.1'],
  gatewaysSaid: ['198.51.100.1'],
  exemptions: ['breakglass@198.51.100.9'],
  everySeconds: 20,
  parts: [
    {
      name: 'sshd',
      file: '/etc/ssh/sshd_config.d/00-reeve-isolation.conf',
      text: '# Reeve: isolation of web1.\nMatch Address *,!198.51.100.1\n    PubkeyAuthentication no\n',
      apply: ['sshd -t', 'systemctl reload ssh'],
      remove: ['rm /etc/ssh/sshd_config.d/00-reeve-isolation.conf', 'systemctl reload ssh'],
    },
    {
      name: 'nftables',
      file: '/etc/nftables.d/reeve-isolation.nft',
      text: '# Reeve: isolation of web1.\ntable inet reeve_isolation\n',
      apply: ['nft -f /etc/nftables.d/reeve-isolation.nft'],
      remove: ['nft delete table inet reeve_isolation'],
    },
  ],
  proof: {
    state: 'failed',
    at: days(-0.01),
    provedAt: days(-3),
    checks: [
      {
        name: 'through_reeve',
        outcome: 'passed',
        evidence: 'Reeve logs on, and the host sees it come from 198.51.100.1',
      },
      {
        name: 'sshd_elsewhere',
        outcome: 'passed',
        evidence: 'sshd -T: from 192.0.2.1 none of 14 accounts has a way to log on',
      },
      {
        name: 'firewall',
        outcome: 'failed',
        evidence: 'inet reeve_isolation lets 198.51.100.77 to port 22 as well',
      },
    ],
  },
  lookout: { lookedAt: days(-0.0002), blindSince: null, problem: null, leftOut: [] },
};

/** That only the gateways reach a system. */
export const isolation: Routes = {
  'GET /v1/systems/{systemId}/isolation': (ask) => ({ systemId: ask.params['systemId'], ...shown }),
  'PUT /v1/systems/{systemId}/isolation': (ask) => ({ systemId: ask.params['systemId'], ...shown }),
  'POST /v1/systems/{systemId}/isolation/proof': (ask) => ({ systemId: ask.params['systemId'], ...shown }),
};

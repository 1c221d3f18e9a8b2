import type { Authority, Certificate, Lease } from '../src/api/shapes/timed-access.ts';
import { days, id, minutes, missing, page, type Ask, type Routes } from './answer.ts';
import { person, systems } from './people.ts';

const system = (n: number) => ({ systemId: systems[n]?.id ?? '', systemName: systems[n]?.name ?? '' });

const certificates: Certificate[] = Array.from({ length: 24 }, (_, n) => ({
  id: id('ce', n),
  serial: String(240 - n),
  kind: n === 5 ? 'host' : 'user',
  ...system(n % 3),
  identityId: n === 5 ? null : person(n % 7).id,
  identityName: n === 5 ? null : person(n % 7).name,
  grantIds: [id('67', 0)],
  principals: [`${n % 3 === 0 ? 'root' : 'lena.berg'}@${system(n % 3).systemName}`],
  keyFingerprint: `SHA256:${String(n).padStart(43, 'k')}`,
  validFrom: minutes(-4 - n * 30),
  validTo: n === 5 ? days(29) : minutes(n < 3 ? 4 - n : 1 - n * 30),
  issuedAt: minutes(-4 - n * 30),
  revokedAt: n % 8 === 2 ? minutes(-1) : null,
  revokedBecause: n % 8 === 2 ? 'the grant it rests on ended: revoked in a review' : null,
}));

const authority: Authority = {
  authorities: (['host', 'user'] as const).map((purpose, n) => ({
    id: id('ca', n),
    purpose,
    generation: 1,
    publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI reeve',
    fingerprint: `SHA256:${purpose.padEnd(43, 'q')}`,
    madeAt: days(-40),
  })),
  hosts: [0, 1].map((n) => ({
    ...system(n),
    names: [`${system(n).systemName}.larkspur.example`],
    state: n === 1 ? 'failed' : 'certified',
    problem: n === 1 ? 'sshd shows /etc/ssh/other-cert.pub already' : null,
    askedAt: days(-2),
    validTo: n === 1 ? null : days(28),
    provedAt: n === 1 ? null : days(-2),
  })),
  systems: [0, 1, 2].map((n) => ({
    ...system(n),
    scope: system(n).systemName,
    state: n === 2 ? 'failed' : 'set_up',
    problem: n === 2 ? 'a log-on with a certificate was not possible, so it is as it was' : null,
    longestSeconds: 900,
    extensions: ['permit-pty'],
    sourceAddress: false,
    revokedNumber: '41',
    askedAt: days(-2),
    setUpAt: n === 2 ? null : days(-2),
    checkedAt: days(-1),
    behindSince: n === 1 ? minutes(-3) : null,
  })),
  revocations: { number: '41', changedAt: minutes(-1), serials: 3 },
};

const leases: Lease[] = Array.from({ length: 9 }, (_, n) => ({
  id: id('1e', n),
  templateId: id('1f', n % 2),
  templateName: n % 2 === 0 ? 'orders-reporting' : 'billing-support',
  ...system(3 + (n % 2)),
  identityId: person(n % 5).id,
  identityName: person(n % 5).name,
  account: `rvl_${String(n).padStart(12, 'kq7')}`,
  state: n < 3 ? 'live' : n === 3 ? 'ending' : 'ended',
  askedAt: minutes(-20 - n * 200),
  endsAt: minutes(n < 3 ? 40 + n * 7 : -n * 100),
  latestAt: minutes(n < 3 ? 400 : -n * 100),
  takenAt: minutes(-19 - n * 200),
  endingBecause: n < 3 ? null : n % 2 === 0 ? 'its time was over' : 'its holder has left',
  endedAt: n < 4 ? null : minutes(-n * 100 + 1),
  overdue: n === 3,
  problem: n === 3 ? 'db2.larkspur.example:5432 cannot be reached: ECONNREFUSED' : null,
}));

const ended = (ask: Ask): Lease => {
  const found = leases.find((row) => row.id === ask.params['id']);
  if (found === undefined) throw missing('lease');
  return Object.assign(found, { state: 'ending', endingBecause: 'ended by who is in charge' });
};

/** The authority, its certificates, and leases of database users. */
export const timedAccess: Routes = {
  'GET /v1/ssh-ca': () => authority,
  'GET /v1/ssh-certificates': (ask) => page(certificates, ask),
  'POST /v1/ssh-certificates/{id}/revoke': (ask) => ({ id: ask.params['id'], number: '42' }),
  'GET /v1/systems/{systemId}/ssh-terms': (ask) => ({
    systemId: ask.params['systemId'],
    forwardTo: ['127.0.0.1:5432'],
    listenOn: [],
    agent: false,
    files: 'from_target',
    deniedPaths: ['/etc/shadow', '/srv/keys'],
  }),
  'GET /v1/leases': (ask) => page(leases, ask),
  'GET /v1/me/leases': (ask) => page(leases.slice(0, 2), ask),
  'POST /v1/leases/{id}/end': ended,
};

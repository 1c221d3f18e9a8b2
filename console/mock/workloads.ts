import type { Kit } from '../src/api/kits.ts';
import type { Authority, Binding, CertificateRule, Issuer, WorkloadHost } from '../src/api/workloads.ts';
import { days, id, type Routes } from './answer.ts';
import { person, systems } from './people.ts';

const scopes = ['secret_folder.fetch'];
const given = (n: number) => ({ identityId: person(n).id, scopes, seconds: 900, madeAt: days(-20) });
const issuers: Issuer[] = [
  {
    id: id('15', 0),
    name: 'ci',
    issuer: 'https://ci.example',
    keysUrl: 'https://ci.example/keys',
    audience: 'reeve',
    madeAt: days(-90),
  },
];
const bindings: Binding[] = [
  { id: id('b1', 0), issuerId: id('15', 0), claims: { sub: 'repo:shop:deploy', ref: 'main' }, ...given(7) },
];
const authorities: Authority[] = [0, 1].map((n) => ({
  id: id('ca1', n),
  name: n === 0 ? 'mesh' : 'office',
  subject: n === 0 ? 'O=Example, CN=Mesh root' : 'O=Example, CN=Office root',
  fingerprint: 'AB:CD',
  notAfter: days(1_200),
  listsChangedAt: n === 0 ? days(-2) : null,
  madeAt: days(-90),
}));
const rules: CertificateRule[] = [
  { id: id('cb', 0), authorityId: id('ca1', 0), kind: 'uri', value: 'spiffe://example.org/shop/deploy', ...given(7) },
  { id: id('cb', 1), authorityId: id('ca1', 1), kind: 'subject', value: 'O=Example, CN=backup', ...given(9) },
];
const hosts: WorkloadHost[] = [
  {
    id: id('cc', 0),
    systemId: systems[0]?.id ?? '',
    systemName: systems[0]?.name ?? '',
    pinned: ['SHA256:3f9a11c07b2e4d5890b1d2c3e4f5a61700aabbccdde'],
    ...given(9),
  },
];
const kits: Kit[] = [0, 1].map((n) => ({
  id: id('c17', n),
  name: n === 0 ? 'core' : 'network',
  threshold: 2,
  holders: [1, 2, 3].map((holder) => ({ id: person(n === 0 ? holder : 0).id, taken: n === 0 && holder < 3 })),
  secrets: n === 0 ? 12 : 4,
  stale: n === 0 ? [] : ['fw1/admin'],
  drillEveryDays: 90,
  drills: n === 0 ? 3 : 0,
  lastOpenedAt: n === 0 ? days(-30) : null,
  drillDueAt: days(n === 0 ? 60 : -4),
  drillOverdue: n === 1,
  madeBy: person(2).id,
  madeAt: days(-94),
}));
const lines = (more: string) =>
  [
    ['legacy/mail', 'made', null],
    ['legacy/shop/db', 'there', 'a secret of that name is there already'],
    [null, 'wrong', 'has no value'],
  ].map(([name, outcome, problem], n) => ({
    at: `${more} ${String(n + 1)}`,
    name,
    kind: name === null ? null : 'password',
    username: null,
    outcome,
    problem,
  }));

export const workloadRoutes: Routes = {
  'GET /v1/workloads/issuers': () => ({ items: issuers }),
  'GET /v1/workloads/bindings': () => ({ items: bindings }),
  'GET /v1/workloads/authorities': () => ({ items: authorities }),
  'GET /v1/workloads/certificates': () => ({ items: rules }),
  'GET /v1/workloads/hosts': () => ({ items: hosts }),
  'GET /v1/vault/kits': () => ({ items: kits }),
  'POST /v1/vault/kits/{id}/share': () => ({ share: `RK1 core 2 ${'a1b2 '.repeat(16)}0c1d2e3f` }),
  'POST /v1/vault/kits/{id}/envelope': () => ({ envelope: '{"kit":"core","sealed":"…"}' }),
  'POST /v1/vault/kits/{id}/drills': () => kits[0],
  'POST /v1/vault/import': ({ body }) => ({ dryRun: body['dryRun'] === true, lines: lines('row') }),
  'POST /v1/vault/import/kv': ({ body }) => ({
    dryRun: body['dryRun'] === true,
    lines: lines(body['after'] === undefined ? 'app/a' : 'app/b'),
    next: body['after'] === undefined ? 'app/a 3' : null,
  }),
};

import type { BoardRotation, CredentialCheck, RotationPolicy, RotationRun } from '../src/api/rotations.ts';
import { days, id, minutes, missing, page, where, type Ask, type Routes } from './answer.ts';
import { accounts, systems } from './people.ts';

const STATES = ['applied', 'done', 'failed', 'done', 'promoted', 'done', 'planned', 'done'];
const CAUSES = ['age', 'checkout', 'drift', 'leaver', 'asked', 'wave', 'wave', 'incident'];

/** Rotations in every state a person can meet. */
export const rotations: BoardRotation[] = STATES.map((state, n) => ({
  id: id('40', n),
  accountId: accounts[n]?.id ?? '',
  accountName: n % 2 === 0 ? 'root' : 'svc-backup',
  systemId: systems[n % systems.length]?.id ?? '',
  systemName: systems[n % systems.length]?.name ?? '',
  secretId: id('5c', n),
  secretKind: n === 3 ? 'ssh_key' : 'password',
  because: n === 2 ? 'its credential was changed behind Reeve' : 'returned after a checkout',
  cause: CAUSES[n] ?? 'asked',
  state,
  through: n === 2 ? 'reconcile' : 'connection',
  runId: n === 5 || n === 6 ? id('4a', 0) : null,
  wave: n === 5 ? 0 : n === 6 ? 1 : null,
  tries: n === 2 ? 3 : 1,
  problem:
    n === 2
      ? 'reports on web1: /etc/reports.env has no line `DB_PASSWORD=…`; everything has the old value again'
      : null,
  plannedAt: minutes(-n * 40 - 1),
  endedAt: ['done', 'failed'].includes(state) ? minutes(-n * 40) : null,
}));

const runs: RotationRun[] = ['running', 'stopped', 'done'].map((state, n) => ({
  id: id('4a', n),
  because: ['Quarter of spring', 'INC-4711: laptop of an operator stolen', 'First rotation of web hosts'][n] ?? '',
  incident: n === 1,
  state,
  canary: 1,
  waveSize: 20,
  mayFail: 0,
  window: n === 0 ? { days: [6, 7], from: '22:00', to: '04:00', timeZone: 'Europe/Berlin' } : null,
  releasedTo: n === 2 ? 2 : n === 1 ? 0 : 1,
  lastWave: 2,
  plannedAt: days(-n * 9),
  endedAt: state === 'done' ? days(-n * 9) : null,
  problem: n === 1 ? '1 failed up to wave 0; none may' : null,
  planned: n === 2 ? 0 : 20,
  underWay: n === 0 ? 3 : 0,
  done: n === 1 ? 0 : 21,
  failed: n === 1 ? 1 : 0,
  cancelled: 0,
}));

const checks: CredentialCheck[] = systems.map((system, n) => ({
  secretId: id('5c', n),
  secretName: `systems/${system.name}/root`,
  systemId: system.id,
  accountId: accounts[n]?.id ?? null,
  state: n === 1 ? 'refused' : n === 2 ? 'unknown' : 'works',
  version: 3 + n,
  checkedAt: minutes(-n * 11),
  since: days(-n - 1),
  nextAt: minutes(60),
  problem:
    n === 1
      ? 'the target refuses it, though Reeve did not change it'
      : n === 2
        ? 'no connection to 10.0.0.7:22 within 10 s'
        : null,
}));

const policies: RotationPolicy[] = [
  {
    id: id('4b', 0),
    systemId: null,
    systemName: null,
    accountId: null,
    accountName: null,
    maxAgeDays: 90,
    maxUses: null,
    afterCheckout: true,
    afterLeaver: true,
    checkEveryHours: 24,
    onDrift: 'repair',
    generator: { length: 36, lower: true, upper: true, digits: true, signs: '-', without: '' },
    window: { days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', timeZone: 'Europe/Berlin' },
    setAt: days(-40),
  },
];

const one = <T extends { readonly id: string }>(rows: readonly T[], what: string, { params }: Ask): T => {
  const found = rows.find((row) => row.id === params['id']);
  if (found === undefined) throw missing(what);
  return found;
};

export const rotationRoutes: Routes = {
  'POST /v1/accounts/{accountId}/rotate': () => rotations[0],
  'GET /v1/rotations': (ask) =>
    page(
      where(rotations, ask, 'state', (row) => (row.endedAt === null ? 'open' : row.state)),
      ask,
    ),
  'GET /v1/rotations/{id}': (ask) => ({
    ...one(rotations, 'rotation', ask),
    steps: ['seal', 'set', 'prove', 'dependant shop', 'withdraw the old one'].map((step, n) => ({
      position: n + 1,
      step,
      outcome: n === 1 ? 'trouble' : 'done',
      detail: n === 1 ? 'no connection to 10.0.0.7:22 within 10 s' : null,
      tries: n === 1 ? 3 : 1,
      at: minutes(-30 + n),
    })),
    dependants: [
      { dependantId: id('4d', 0), name: 'shop', systemName: 'web1', position: 1, state: 'updated', problem: null },
    ],
  }),
  'GET /v1/rotation-runs': (ask) => page(runs, ask),
  'POST /v1/rotation-runs': () => ({ id: id('4a', 0), massChangeId: id('4a', 0), rotations: 41, held: false }),
  'POST /v1/rotation-runs/{id}/resume': (ask) => one(runs, 'rotation_run', ask),
  'POST /v1/rotation-runs/{id}/cancel': (ask) => ({ id: one(runs, 'rotation_run', ask).id, cancelled: 20 }),
  'GET /v1/rotation-policies': () => ({ items: policies }),
  'PUT /v1/rotation-policies': () => ({ id: id('4b', 0) }),
  'DELETE /v1/rotation-policies/{id}': (ask) => one(policies, 'rotation_policy', ask),
  'GET /v1/credential-checks': (ask) =>
    page(
      where(checks, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/vault/secrets/{id}/check': (ask) => ({ id: ask.params['id'] }),
};

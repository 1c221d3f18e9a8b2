import { id, type Routes } from './answer.ts';

const days = (n: number): string => new Date(Date.now() + n * 86_400_000).toISOString();

const classes = [
  {
    id: id('c1', 0),
    name: 'payment',
    place: 10,
    protocol: null,
    systemIds: [id('5f', 0), id('5f', 1)],
    days: 3650,
    countsFrom: days(-40),
  },
  { id: id('c1', 1), name: 'shells', place: 100, protocol: 'ssh', systemIds: [], days: 365, countsFrom: days(3) },
];
const holds = [
  {
    id: id('c2', 0),
    scope: 'system',
    on: id('5f', 0),
    onName: 'pay1',
    reason: 'audit of the third quarter',
    placedBy: id('1d', 2),
    placedAt: days(-20),
    liftAskedBy: id('1d', 3),
    liftAskedAt: days(-1),
    liftBecause: 'the audit is over',
    liftedBy: null,
    liftedAt: null,
  },
  {
    id: id('c2', 1),
    scope: 'session',
    on: id('5e5', 4),
    onName: id('5e5', 4),
    reason: 'case 2026-114',
    placedBy: id('1d', 2),
    placedAt: days(-3),
    liftAskedBy: null,
    liftAskedAt: null,
    liftBecause: null,
    liftedBy: null,
    liftedAt: null,
  },
];
const purges = [
  { id: id('c3', 1), state: 'held', counted: 1_204, purged: 0, asOf: days(-0.3), judgedBy: null, because: null },
  { id: id('c3', 0), state: 'done', counted: 12, purged: 12, asOf: days(-1.3), judgedBy: null, because: null },
];

export const keepingRoutes: Routes = {
  'GET /v1/recording-keeping': () => ({ classes, holds, due: [{ class: 'shells', recordings: 1_204 }], purges }),
  'PUT /v1/recording-classes/{name}': () => classes[1] ?? {},
  'DELETE /v1/recording-classes/{name}': (ask) => ({ name: ask.params['name'] ?? '' }),
  'POST /v1/recording-holds': () => holds[1] ?? {},
  'POST /v1/recording-holds/{id}/ask-to-lift': () => holds[0] ?? {},
  'POST /v1/recording-holds/{id}/lift': () => holds[0] ?? {},
  'POST /v1/recording-purges/{id}/accept': () => purges[0] ?? {},
  'POST /v1/recording-purges/{id}/decline': () => purges[0] ?? {},
};

import type { Item } from '../src/api/shapes/of-contract.ts';
import { days, id, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';

type Run = Item<'sources.runs'>;
const counts = {
  rows: 304,
  joined: 3,
  moved: 2,
  changed: 6,
  left: 1,
  returned: 0,
  unchanged: 292,
  missing: 0,
  skipped: 0,
};
const runOf = (n: number, more: Partial<Run>): Run => ({
  id: id('f0', n),
  sourceId: id('f5', 0),
  state: 'applied',
  verdict: 'trusted',
  startedAt: days(-n),
  startedBy: 'nightly',
  settledAt: days(-n),
  baseline: false,
  rows: 304,
  counts,
  problems: [],
  heldBecause: [],
  plannedRows: 12,
  appliedRows: 12,
  acceptedBy: null,
  acceptedAt: null,
  acceptedBecause: null,
  ...more,
});
const runs: Run[] = [
  runOf(0, {
    state: 'held',
    settledAt: null,
    appliedRows: 0,
    plannedRows: 84,
    counts: { ...counts, left: 77 },
    heldBecause: [
      {
        code: 'left.too_many',
        detail: 'more people would leave at once than the limit allows',
        count: 77,
        allowed: 15,
      },
    ],
  }),
  runOf(1, {
    state: 'refused',
    verdict: 'untrusted',
    rows: 0,
    plannedRows: 0,
    appliedRows: 0,
    problems: [{ code: 'feed.empty', detail: 'the file has no row', fix: 'export it again' }],
  }),
  runOf(2, {}),
];
const decide = (wanted: string | undefined, state: string): Run | undefined => {
  const at = runs.findIndex((run) => run.id === wanted);
  const found = runs[at];
  if (found !== undefined) runs[at] = { ...found, state };
  return runs[at];
};

export const sourceRoutes: Routes = {
  'GET /v1/sources': () => ({ items: [{ id: id('f5', 0), name: 'hr', kind: 'csv' }], nextCursor: null }),
  'GET /v1/sources/{source}/runs': (ask) =>
    page(
      where(runs, ask, 'state', (run) => run.state),
      ask,
    ),
  'GET /v1/runs/{id}/plan': (ask) =>
    page(
      [0, 1, 2].map((n) => ({
        position: n,
        rowNumber: n,
        externalId: String(n),
        identityId: person(n + 9).id,
        displayName: person(n + 9).name,
        what: 'leave',
        changed: ['state'],
        values: null,
        skipped: null,
      })),
      ask,
    ),
  'POST /v1/runs/{id}/accept': ({ params }) => decide(params['id'], 'applying'),
  'POST /v1/runs/{id}/decline': ({ params }) => decide(params['id'], 'declined'),
  'POST /v1/sources/{source}/feeds': () => runs[0],
};

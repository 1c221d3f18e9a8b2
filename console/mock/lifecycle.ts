import type { Item, Out } from '../src/api/shapes/of-contract.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { person, systems } from './people.ts';

type Case = Item<'correlation.list'>;
type Receipt = Out<'receipts.show'>;

const candidate = (n: number, score: number): Case['candidates'][number] => ({
  identityId: person(n).id,
  name: person(n).name,
  username: `user${String(n)}`,
  score,
  parts: [
    { attribute: 'full_name', score },
    { attribute: 'email', score: score / 2 },
  ],
});
let cases: Case[] = [0, 1, 2].map((n) => ({
  id: id('cc', n),
  accountId: id('a1', n),
  accountName: ['mlopez', 'jsmith2', 'backup'][n] ?? '',
  systemId: systems[n]?.id ?? '',
  systemName: systems[n]?.name ?? '',
  state: 'open',
  candidates: n === 2 ? [] : [candidate(n + 4, 0.78), candidate(n + 7, 0.74)],
  openedAt: days(-n - 1),
  resolvedAt: null,
  resolvedBy: null,
  identityId: null,
}));

const receipts: Receipt[] = (['left', 'moved', 'joined'] as const).map((what, n) => ({
  id: id('4c', n),
  identityId: person(n + 12).id,
  identityName: person(n + 12).name,
  what,
  because: what === 'left' ? 'HR says the last day was yesterday' : `HR says so since ${String(n)} days`,
  runId: null,
  effectiveAt: days(-n),
  at: minutes(-1_440 * n + 1),
  open: what === 'left' ? 1 : 0,
  items: [
    {
      what: 'grant',
      subjectId: id('67', n),
      name: 'docker on web1',
      dueAt: days(-n),
      doneAt: days(-n),
      provenAt: days(-n),
      problem: null,
    },
    {
      what: 'session',
      subjectId: id('5e5', n),
      name: 'root@web1',
      dueAt: days(-n),
      doneAt: days(-n),
      provenAt: null,
      problem: null,
    },
    ...(what === 'left'
      ? [
          {
            what: 'account',
            subjectId: id('a1', n),
            name: 'mlopez on orders',
            dueAt: days(-n),
            doneAt: null,
            provenAt: null,
            problem: 'orders could not be reached',
          },
        ]
      : []),
  ],
}));

/** Whose accounts are, and what followed for those who came and left. */
export const lifecycleRoutes: Routes = {
  'GET /v1/correlation/cases': (ask) =>
    page(
      where(cases, ask, 'state', (row) => row.state),
      ask,
    ),
  'POST /v1/correlation/cases/{id}/resolve': ({ params, body }) => {
    const identityId = typeof body['identityId'] === 'string' ? body['identityId'] : null;
    cases = cases.map((row) =>
      row.id === params['id'] ? { ...row, state: identityId === null ? 'nobody' : 'linked', identityId } : row,
    );
    const found = cases.find((row) => row.id === params['id']);
    if (found === undefined) throw missing('correlation_case');
    return found;
  },
  'POST /v1/correlation/look': () => ({ queued: true }),
  'GET /v1/receipts': (ask) =>
    page(
      where(receipts, ask, 'what', (row) => row.what),
      ask,
    ),
  'GET /v1/receipts/{id}': ({ params }) => {
    const found = receipts.find((row) => row.id === params['id']);
    if (found === undefined) throw missing('receipt');
    return found;
  },
  'POST /v1/identities/{id}/finish-leaving': ({ params }) => ({ id: params['id'] }),
};

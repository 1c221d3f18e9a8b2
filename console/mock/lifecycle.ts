import type { Out } from '../src/api/shapes/of-contract.ts';
import { days, id, minutes, missing, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';

type Receipt = Out<'receipts.show'>;

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

/** What followed for those who came and left. */
export const lifecycleRoutes: Routes = {
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

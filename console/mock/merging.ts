import type { Out } from '../src/api/shapes/of-contract.ts';
import { days, id, type Routes } from './answer.ts';
import { person } from './people.ts';

const party = (n: number) => ({
  identityId: person(n).id,
  displayName: person(n).name,
  username: person(n).name.toLowerCase().replace(' ', '.'),
  state: 'active',
  isNew: false,
});
const plan = (from: number, to: number): Out<'identities.mergePreview'> => ({
  from: party(from),
  to: party(to),
  refusals: [],
  warnings: [
    '"Deploy and approve" (medium): deploys (deploy) and approves (approve); they would meet from 2026-03-02 without an end',
  ],
  facts: { from: [], to: [{ fact: 'email', before: null, after: 'lena@hollow-oak.example' }] },
  accounts: [{ id: id('ac', 70), name: 'lena2@web-17' }],
  records: [{ source: 'hr', externalId: 'E1042', what: 'put_aside' }],
  grants: [
    { id: id('67', 70), name: 'sudo on web-17', origin: 'request', until: days(9), what: 'moves' },
    { id: id('67', 71), name: 'readers on wiki', origin: 'birthright', until: null, what: 'same' },
  ],
  charges: [{ id: person(9).id, name: person(9).name, what: 'reports' }],
});

export const mergingRoutes: Routes = {
  'POST /v1/identities/{identity}/merge/preview': () => plan(0, 3),
  'POST /v1/identities/{identity}/merge': () => ({
    id: id('ae', 70),
    duplicateId: person(0).id,
    survivorId: person(3).id,
    mergedAt: days(0),
  }),
  'POST /v1/identities/{identity}/unmerge/preview': () => plan(3, 60),
  'POST /v1/identities/{identity}/unmerge': () => ({ identityId: person(3).id, otherId: person(60).id }),
};

import type { Item } from '../src/api/shapes/of-contract.ts';
import { days, id, page, where, type Routes } from './answer.ts';
import { person } from './people.ts';

type Row = Item<'directGrants.list'>;

const row = (n: number, more: Partial<Row>): Row => ({
  id: id('d6', n),
  identityId: person(n + 2).id,
  identityName: person(n + 2).name,
  entitlementId: id('e1', n),
  roleId: null,
  name: 'docker',
  systemName: 'web1',
  privileged: false,
  state: 'live',
  validFrom: days(-3 - n),
  validTo: days(27 - n),
  reason: 'INC-4812: the shop is down and its owner is on leave',
  endedBecause: null,
  givenBy: person(1).name,
  ...more,
});
const rows: readonly Row[] = [
  row(0, { privileged: true }),
  row(1, { name: 'shop_read', systemName: 'orders', state: 'planned', validFrom: days(2) }),
  row(2, { name: 'Security officer', systemName: 'reeve', validTo: null, reason: 'appointed by the board' }),
  row(3, { entitlementId: null, roleId: id('40', 0), name: 'Payables clerk', systemName: null, validTo: null }),
  row(4, { state: 'ended', validTo: days(-1), endedBecause: 'the incident is over' }),
];

export const directGrantRoutes: Routes = {
  'GET /v1/direct-grants': (ask) =>
    page(
      where(
        where(rows, ask, 'state', (one) => one.state),
        ask,
        'end',
        (one) => (one.validTo === null ? 'none' : 'set'),
      ),
      ask,
    ),
  'POST /v1/grants': () => ({ id: id('d6', 9), validFrom: days(0), validTo: null }),
};

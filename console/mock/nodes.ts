import type { ReeveNode } from '../src/api/nodes.ts';
import { days, id, minutes, missing, page, type Routes } from './answer.ts';

const node = (n: number, given: Partial<ReeveNode>): ReeveNode => ({
  id: id('70de', n),
  name: `reeve-${String(n + 1)}`,
  roles: ['gateway'],
  version: '0.1.0',
  state: 'serving',
  liveSessions: 0,
  startedAt: days(-3),
  seenAt: minutes(0),
  drainAskedAt: null,
  endedAt: null,
  ...given,
});
const nodes: ReeveNode[] = [
  node(0, { roles: ['api', 'worker'] }),
  node(1, { liveSessions: 41 }),
  node(2, { liveSessions: 7, state: 'draining', drainAskedAt: minutes(-12) }),
  node(3, { state: 'lost', seenAt: days(-1), endedAt: days(-1) }),
];

/** The processes Reeve consists of. */
export const nodeRoutes: Routes = {
  'GET /v1/nodes': (ask) =>
    page(
      nodes.filter(({ endedAt }) => ask.query.get('all') === 'true' || endedAt === null),
      ask,
    ),
  'POST /v1/nodes/{id}/drain': ({ params }) => {
    const found = nodes.find((one) => one.id === params['id']);
    if (found === undefined) throw missing('node');
    return { ...found, drainAskedAt: minutes(0) };
  },
};

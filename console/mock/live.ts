import type { Followed, Lock } from '../src/api/shapes/live.ts';
import { days, id, minutes, missing, page, type Routes } from './answer.ts';
import { person, systems } from './people.ts';

const locks: Lock[] = [
  { scope: 'system', onName: systems[1]?.name ?? '', reason: 'unknown log-ons since this morning', holds: true },
  { scope: 'identity', onName: person(3).name, reason: 'laptop reported stolen', holds: true },
  { scope: 'everything', onName: 'everything', reason: 'incident drill', holds: false },
].map(({ scope, onName, reason, holds }, n) => ({
  id: id('10c', n),
  scope: scope as Lock['scope'],
  onName,
  reason,
  holds,
  identityId: scope === 'identity' ? person(3).id : null,
  accountId: null,
  systemId: scope === 'system' ? (systems[1]?.id ?? '') : null,
  placedBy: person(1).id,
  placedByName: person(1).name,
  placedAt: holds ? minutes(-40 - n * 300) : days(-20),
  endsAt: n === 0 ? minutes(440) : null,
  liftedAt: holds ? null : days(-20),
  liftedBy: holds ? null : person(1).id,
  liftedByName: holds ? null : person(1).name,
  liftedBecause: holds ? null : 'the drill is over',
}));

const followed = (after: number): Followed => ({
  state: 'live',
  held: null,
  endedBecause: null,
  size: { cols: 90, rows: 20 },
  events:
    after === 0
      ? [
          { t: 0, code: 'm', data: 'shell' },
          { t: 20, code: 'o', data: '\u001b[1;34mlena@web1\u001b[0m:~$ sudo systemctl status nginx\r\n' },
          { t: 40, code: 'o', data: '\u001b[1;32m●\u001b[0m nginx.service - web server\r\n' },
          { t: 60, code: 'o', data: '   Active: \u001b[1;32mactive (running)\u001b[0m since Monday\r\n' },
          { t: 80, code: 'o', data: '\u001b[1;34mlena@web1\u001b[0m:~$ ' },
        ]
      : [],
  next: 1,
  finished: false,
});

/** Sessions as they run, and locks. */
export const liveRoutes: Routes = {
  'POST /v1/sessions/{id}/watch': () => ({ watchId: id('aaa', 0) }),
  'POST /v1/sessions/{id}/observe': () => ({ watchId: id('aaa', 0) }),
  'GET /v1/session-watches/{id}': async ({ query }) => {
    await new Promise((resolve) => setTimeout(resolve, Number(query.get('waitMs') ?? 0)));
    return followed(Number(query.get('after') ?? 0));
  },
  'POST /v1/session-watches/{id}/leave': ({ params }) => ({ id: params['id'] }),
  'POST /v1/sessions/{id}/message': ({ params }) => ({ id: params['id'] }),
  'POST /v1/sessions/{id}/pause': ({ params }) => ({ id: params['id'] }),
  'POST /v1/sessions/{id}/resume': ({ params }) => ({ id: params['id'] }),
  'GET /v1/locks': (ask) => {
    const identityId = ask.query.get('identityId');
    const systemId = ask.query.get('systemId');
    const state = ask.query.get('state');
    return page(
      locks.filter(
        (lock) =>
          (identityId === null || lock.identityId === identityId) &&
          (systemId === null || lock.systemId === systemId) &&
          (state === null || lock.holds === (state === 'holding')),
      ),
      ask,
    );
  },
  'POST /v1/locks': () => locks[0],
  'POST /v1/locks/{id}/lift': ({ params }) => {
    const found = locks.find((lock) => lock.id === params['id']);
    if (found === undefined) throw missing('lock');
    return found;
  },
};

import type { HeldCommand, KeptCommandRules } from '../src/api/command-rules.ts';
import { days, id, minutes, type Routes } from './answer.ts';

const kept: KeptCommandRules[] = [
  {
    accountId: null,
    accountName: null,
    revision: 4,
    rules: [
      { pattern: 'drop database*', does: 'alert' },
      { pattern: 'reboot*', does: 'ask' },
      { pattern: '*/etc/shadow*', does: 'end' },
    ],
    askSeconds: 120,
    changedAt: days(-2),
  },
];
const held: HeldCommand[] = [
  {
    id: id('4e', 1),
    sessionId: id('5e5', 1),
    identityId: id('1d', 7),
    identityName: 'Lena Weber',
    accountName: 'root',
    systemName: 'web1',
    pattern: 'reboot*',
    command: 'sudo reboot --force',
    askedAt: minutes(-1),
    until: minutes(1),
  },
];

/** What happens at which commands, and one that waits for a word. */
export const commandRules: Routes = {
  'GET /v1/systems/{id}/command-rules': () => ({ items: kept }),
  'PUT /v1/systems/{id}/command-rules': ({ body }) => {
    const said = body as unknown as KeptCommandRules;
    kept[0] = { ...said, accountName: null, revision: (kept[0]?.revision ?? 0) + 1, changedAt: days(0) };
    return { items: kept };
  },
  'GET /v1/held-commands': () => ({ items: held }),
  'POST /v1/held-commands/{id}/decide': ({ params, body }) => {
    held.splice(0);
    return { id: params['id'], decision: body['decision'] };
  },
};

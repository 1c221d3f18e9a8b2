/** API keys of accounts, as a description says: made with a label, and taken back by it. */
import { TargetError, type ApiKeyIssuer } from '../../port.ts';
import type { Description } from '../description/schema.ts';
import { checkAccount } from '../names.ts';
import { readList } from '../pages.ts';
import { lookAt } from '../read/look.ts';
import { asking } from '../request.ts';
import { withServer, type Server } from '../server.ts';
import { plain, type Scope } from '../values/template.ts';
import { valueAt } from '../values/pointer.ts';

function describedBy({ description, at }: Server): NonNullable<Description['api_keys']> {
  if (description.api_keys !== undefined) return description.api_keys;
  throw new TargetError('unsupported', `the description of ${at} does not say how API keys are made (\`api_keys\`)`);
}

async function scopeOf(server: Server, account: string): Promise<Scope> {
  checkAccount(account);
  const look = await lookAt(server, account);
  if (look === undefined) throw new TargetError('refused', `${server.at} has no account \`${account}\``);
  return { name: account, account: look.account.item };
}

export const apiKeys: ApiKeyIssuer = {
  issue: (target, account, label) =>
    withServer(target, async (server) => {
      const { issue } = describedBy(server);
      const what = `make an API key of ${account}`;
      const answer = await server.ask(asking(issue, { ...(await scopeOf(server, account)), label }));
      const key = valueAt(server.jsonOfGood(answer, what), issue.key);
      if (typeof key === 'string' && key !== '') return key;
      throw new TargetError('failed', `${server.at} shows no key at \`${issue.key}\` when it is made`);
    }),
  revokeLabelled: (target, account, label) =>
    withServer(target, async (server) => {
      const { list, id, label: labelAt, revoke } = describedBy(server);
      const scope = await scopeOf(server, account);
      const what = `take back API keys of ${account}`;
      for (const key of await readList(server, list, scope, `list API keys of ${account}`)) {
        if (plain(valueAt(key, labelAt)) !== label) continue;
        const keyId = plain(valueAt(key, id));
        if (keyId === undefined) throw new TargetError('failed', `${server.at} shows a key without id at \`${id}\``);
        const answer = await server.ask(asking(revoke, { ...scope, key_id: keyId, key }));
        if (server.isAmong(revoke.done_already ?? [404], answer)) continue;
        server.mustBeGood(answer, what);
      }
    }),
};

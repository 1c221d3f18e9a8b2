import { readFileSync } from 'node:fs';
import { startGlewlwyd, type LabGlewlwyd } from '#lab/index.ts';
import type { Target } from '../port.ts';

/** The description in the how-to page: what people copy is what is tried here. */
export const GLEWLWYD = /```yaml\n([\s\S]*?)```/u.exec(
  readFileSync(new URL('../../../docs/how-to/describe-a-rest-api.md', import.meta.url), 'utf8'),
)?.[1] as string;

/** The same with pages so small that there are several. */
export const IN_SMALL_PAGES = GLEWLWYD.replaceAll('size: 100', 'size: 3');

/** A server with a few people and scopes, as another administrator left them. */
export async function labServer(): Promise<LabGlewlwyd> {
  const server = await startGlewlwyd();
  for (const name of ['crm', 'mail', 'wiki'])
    await server.ask('POST', '/scope/', { name, display_name: `The ${name}`, password_required: true });
  const person = (username: string, scope: readonly string[], more: Readonly<Record<string, unknown>> = {}) =>
    server.ask('POST', '/user/', { username, name: `${username} of Larkspur`, enabled: true, scope, ...more });
  await person('amara', ['g_admin', 'crm']);
  await person('priya', ['crm', 'wiki'], { email: 'priya@larkspur.example' });
  await person('tomas', []);
  await person('gone.soon', ['mail'], { enabled: false });
  return server;
}

export const targetOf = (server: LabGlewlwyd, settings: Readonly<Record<string, unknown>> = {}): Target => ({
  systemId: 'sso',
  kind: 'rest',
  host: server.host,
  port: server.port,
  settings: { description: IN_SMALL_PAGES, ...settings },
  pinned: [`tls-sha256:${server.tls.fingerprint256}`],
  credential: { kind: 'token', username: server.admin.username, token: server.token },
});

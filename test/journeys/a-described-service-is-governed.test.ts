import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restConnector } from '#connectors/rest/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { startGlewlwyd, whyNoGlewlwyd, type LabGlewlwyd } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

const skip = whyNoGlewlwyd();
if (skip !== undefined) console.log(`SKIP a described service governed by Reeve: ${skip}`);

/** As it is printed in the how-to page. */
const page = readFileSync(new URL('../../docs/how-to/describe-a-rest-api.md', import.meta.url), 'utf8');
const description = /```yaml\n([\s\S]*?)```/u.exec(page)?.[1] ?? '';

let house: GuardedHouse;
let target: LabGlewlwyd;
let systemId: string;
let admin: string;

interface GlewlwydUser {
  readonly username: string;
  readonly enabled: boolean;
  readonly scope: readonly string[];
}
/** The service as its own administrator sees it. */
const user = async (name: string): Promise<GlewlwydUser | undefined> => {
  const all = JSON.parse(await target.ask('GET', '/user/')) as readonly GlewlwydUser[];
  return all.find(({ username }) => username === name);
};
const onTarget = () => ({
  systemId: 'outside',
  kind: 'rest',
  host: target.host,
  port: target.port,
  settings: { description },
  pinned: [`tls-sha256:${target.tls.fingerprint256}`],
  credential: { kind: 'token', username: target.admin.username, token: target.token } as const,
});

describe.skipIf(skip !== undefined)('a service that only a description knows', () => {
  beforeAll(async () => {
    [house, target] = await Promise.all([guardedHouse(), startGlewlwyd()]);
    await target.ask('POST', '/scope/', { name: 'wiki', display_name: 'The wiki', password_required: true });
    await target.ask('POST', '/user/', { username: 'mikael', enabled: true, scope: ['g_admin'], name: 'Mikael' });
    await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      for (const name of ['first-admin', 'ada']) {
        const facts = { displayName: name, username: name };
        const made = await createIdentity(ctx, permit, { kind: 'person', facts });
        if (name === 'first-admin') admin = made.id;
      }
      await startGrant(ctx, permit, {
        identityId: admin,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
    });
    const { host, port, pinned, credential } = onTarget();
    const connected = await house.perform<{ id: string }>(
      'systems.connect',
      {
        name: 'sso',
        kind: 'rest',
        host,
        port,
        settings: { description },
        pinned,
        username: credential.username,
        secret: { kind: 'api_key', value: credential.token },
      },
      admin,
    );
    systemId = connected.id;
    await house.perform('discovery.read', { id: systemId }, admin);
    await house.settle(30_000);
  });
  afterAll(async () => {
    await house?.close();
    await target?.stop();
  });

  test('is read, and who is privileged on it is a finding with what shows it', async () => {
    const { items } = await house.perform<{ items: { accountName: string; reason: string; evidence: string }[] }>(
      'findings.list',
      { systemId, kind: 'privileged', limit: 100 },
      admin,
    );
    expect(items.map(({ accountName }) => accountName).toSorted()).toEqual(['admin', 'mikael']);
    expect(items[0]).toMatchObject({ reason: 'holds what is privileged', evidence: 'g_admin' });
  });

  test('is given what a grant says, with an account for it, and rid of it when the grant ends', async () => {
    const entitlement = await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'scope:wiki'`,
    );
    const given = await house.perform<{ id: string }>(
      'grants.give',
      { identity: 'ada', entitlementId: entitlement.id, because: 'test' },
      admin,
    );
    const holds = async (): Promise<boolean> => (await user('ada'))?.scope.includes('wiki') === true;
    await until(holds, { timeoutMs: 30_000, what: 'the scope' });
    await house.settle(30_000);
    await house.perform('grants.end', { id: given.id, because: 'done' }, admin);
    await until(async () => !(await holds()), { timeoutMs: 30_000, what: 'its end' });
    await house.settle(30_000);
    expect(await user('ada')).toMatchObject({ scope: [] });
  });

  test('is described anew, and a description that is wrong is refused by its places before it is kept', async () => {
    const wrong = description.replace('id: /username', 'ids: /username').replace('version: 1', 'version: 3');
    const places = [
      { pointer: '/settings/description/version', detail: 'is 1, the version of this format' },
      { pointer: '/settings/description/accounts/map/id', detail: 'is missing' },
      { pointer: '/settings/description/accounts/map', detail: '`ids` is not known here; did you mean `id`?' },
    ];
    const refused = { code: 'system.settings_wrong', status: 422, errors: places };
    const connect = { name: 'other', kind: 'rest', settings: { description: wrong } };
    await expect(house.perform('systems.connect', connect, admin)).rejects.toMatchObject(refused);
    const configure = (input: object) => house.perform('systems.configure', { id: systemId, ...input }, admin);
    await expect(configure({ description: wrong })).rejects.toMatchObject(refused);
    await expect(configure({})).rejects.toMatchObject({ status: 422 });
    const kept = async (): Promise<unknown> =>
      (await house.perform<{ settings: unknown }>('graph.showSystem', { system: 'sso' }, admin)).settings;
    expect(await kept()).toEqual({ description });

    const anew = description.replace('mail: /email', 'mail: /email, source: /source');
    await configure({ description: anew, settings: { timeoutSeconds: 20 } });
    expect(await kept()).toEqual({ description: anew, timeoutSeconds: 20 });
    house.clock.advance(60_000);
    await house.perform('discovery.read', { id: systemId }, admin);
    await house.settle(30_000);
    const { attributes } = await house.db.one<{ attributes: Record<string, unknown> }>(
      sql`select attributes from account where native_id = 'mikael' and system_id = ${systemId} and valid_to is null`,
    );
    expect(attributes).toMatchObject({ full_name: 'Mikael', source: 'database' });
    const { count } = await house.db.one<{ count: number }>(
      sql`select count(*)::int as count from audit_event where type = 'system.changed'`,
    );
    expect(count).toBeGreaterThan(0);
  });

  test('takes passwords Reeve rotates, proved by logging in', async () => {
    const old = 'Old-Password-4711';
    await target.ask('PUT', '/user/mikael', { password: old });
    const login = { kind: 'password', username: 'mikael', password: old } as const;
    expect(await restConnector.verify(onTarget(), login)).toBe(true);
    const account = await house.db.one<{ id: string }>(
      sql`select id from account where native_id = 'mikael' and system_id = ${systemId} and valid_to is null`,
    );
    await house.perform('rotations.plan', { accountId: account.id }, admin);
    await house.settle(30_000);
    const { items } = await house.perform<{ items: { state: string; problem: string | null }[] }>(
      'rotations.list',
      { accountId: account.id, limit: 10 },
      admin,
    );
    expect(items[0]).toMatchObject({ state: 'done', problem: null });
    expect(await restConnector.verify(onTarget(), login)).toBe(false);
  });
});

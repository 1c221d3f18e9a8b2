import { expect } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { makeSshKey, startHosts, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

/** A house with one real target and its gateway, and the steps in which the functions of the standard are said. */

/** A function of the standard, the operation it is, and what shows that it is. */
export type NistFunction = readonly [name: string, operation: string, run: () => Promise<void>];

export let house: GuardedHouse;
let hosts: LabHosts;
let ssh: SshUser;
export let sudo = '';
export const who: Record<string, string> = {};
export const role: Record<string, string> = {};
export const known: Record<string, string> = {};
export const called = new Set<string>();

export const api = async <T = Record<string, unknown>>(operation: string, input: unknown, as = 'admin'): Promise<T> => {
  called.add(operation);
  return await house.perform<T>(operation, input, who[as]);
};
export type List<T> = { readonly items: readonly T[] };

export async function beginStory(): Promise<void> {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, entitlementId] of [
      ['admin', ADMIN_ROLES.administrator],
      ['officer', ADMIN_ROLES.security_officer],
      ['lena', undefined],
    ] as const) {
      const facts = { displayName: name, username: name };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
      if (entitlementId !== undefined)
        await startGrant(ctx, permit, { identityId: who[name] ?? '', entitlementId, origin: 'admin', reason: 'test' });
    }
  });
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, who['lena'] ?? '', key.publicKey);
  ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
  const host = hosts.get('web1');
  const { management } = host;
  const { id } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: host.host,
      port: host.port,
      pinned: [host.hostKeyFingerprint],
      username: management.username,
      secret: { kind: 'ssh_key', value: management.privateKey },
    },
    who['admin'],
  );
  await house.perform('discovery.read', { id }, who['admin']);
  await house.settle(60_000);
  const found = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${id} and native_id = 'sudo:ALL'`,
  );
  sudo = found.id;
}

export async function endStory(): Promise<void> {
  ssh?.forget();
  await house?.close();
  await hosts?.stop();
}

export const make = async (name: string): Promise<void> => {
  role[name] = (await api<{ id: string }>('roleVersions.createRole', { name, description: 'test' })).id;
};
/** Looked at, and published by another. What the target is read for meanwhile makes a report stale: then once more. */
const putOut = async (id: string): Promise<string> => {
  await api('roleVersions.look', { id });
  await house.settle(30_000);
  try {
    const { state } = await api<{ state: string }>('roleVersions.show', { id });
    if (state === 'draft') await api('roleVersions.ask', { id });
    await api('roleVersions.publish', { id, because: 'test' }, 'officer');
    return 'published';
  } catch (error) {
    if ((error as { code?: string }).code === 'role_version.report_stale') return 'stale';
    throw error;
  }
};
/** Drafted by one, and published by another. */
export const publish = async (name: string, content: object): Promise<void> => {
  house.clock.advance(1_000);
  const drafted = await api<{ id: string }>('roleVersions.draft', {
    role: role[name],
    kind: 'it',
    reason: 'test',
    ...content,
  });
  await expect.poll(() => putOut(drafted.id), { timeout: 30_000 }).toBe('published');
  await house.settle(30_000);
};
export const assign = async (name: string): Promise<void> => {
  const given = await api<{ id: string }>('grants.give', { identity: 'lena', roleId: role[name], because: 'test' });
  known[name] = given.id;
  await house.settle(60_000);
};
export const deassign = async (name: string): Promise<void> => {
  await api('grants.end', { id: known[name], because: 'test' }, 'officer');
  await house.settle(60_000);
};
export const holders = async (name: string): Promise<string[]> =>
  (await api<List<{ identity: { name: string } }>>('roleVersions.holders', { role: role[name] })).items.map(
    ({ identity }) => identity.name,
  );
export const show = (name: string) =>
  api<{ entitlements: { id: string }[]; roles: { id: string }[] }>('graph.showRole', { role: role[name] });
export interface Reached {
  readonly entitlementId?: string;
  readonly path: readonly { readonly kind: string; readonly id: string }[];
}
export const why = async (): Promise<readonly Reached[]> =>
  (await api<List<Reached>>('graph.why', { identity: 'lena', system: 'web1' })).items;
export interface Session {
  readonly id: string;
  readonly state: string;
  readonly grantIds: readonly string[];
}
export const liveSessions = async (): Promise<readonly Session[]> =>
  (await api<List<Session>>('sessions.list', { state: 'live' })).items;
let going: Promise<unknown> = Promise.resolve();
/** When the session that was opened is over. */
export const over = (): Promise<unknown> => going;
/** Opens a session that stays, and waits until it is there. */
export const begin = async (): Promise<void> => {
  going = ssh.run('lena@web1', ['sleep', '120']);
  await expect.poll(liveSessions, { timeout: 20_000 }).toHaveLength(1);
};
export const tryIn = async (): Promise<string> => {
  const ran = await ssh.run('lena@web1', ['true']);
  await house.settle(30_000);
  return ran.code === 0 ? 'in' : (/\((\w+\.\w+)\)/.exec(ran.out + ran.err)?.[1] ?? ran.err);
};
export const rules = async () =>
  (
    await api<List<{ id: string; name: string; mode: string; functions: unknown[] }>>('sod.listRules', {}, 'officer')
  ).items.filter(({ name }) => name.includes('excludes') || name.includes('not all three'));
export const markOf = async (name: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(sql`
      select e.id from entitlement e join role_content c on c.entitlement_id = e.id
       where e.kind = 'role_member' and c.role_id = ${role[name]}`)
  ).id;
export const apart = (other: string, kind: 'static' | 'dynamic' = 'static') => ({
  roleId: role[other],
  kind,
  mode: 'enforce',
});

/** Root on the target. */
export const root = () => ({ entitlements: [{ id: sudo }] });

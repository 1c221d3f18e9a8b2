import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHost, type SshKey } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { newRawKey, type RawKey } from '../ssh-rig/raw-client.ts';
import { guardedHouse, type GuardedHouse } from './guarded-house.ts';
import { registerKey } from './register-key.ts';

/** Somebody with a key registered with Reeve. */
export interface KeyHolder {
  readonly id: string;
  readonly key: SshKey;
  /** Another key of theirs, for a client without manners. */
  readonly raw: RawKey;
}

/** What the record says of a session. */
export interface SessionRow {
  readonly id: string;
  readonly state: string;
  readonly who: string;
  readonly account: string;
  readonly endedBecause: string | null;
}

/**
 * A Reeve with one real Linux host, web1, its SSH gateway before it, and two people: lena, who may be given every sudo
 * right on it and then has an account of her own name there, and tomas, who has a key and nothing else.
 */
export interface AuthorisedHouse extends GuardedHouse {
  readonly web1: LabHost;
  readonly systemId: string;
  readonly admin: string;
  readonly lena: KeyHolder;
  readonly tomas: KeyHolder;
  /** Gives lena the right and waits until it is real on the host; answers the grant. */
  give(): Promise<string>;
  /** Ends a grant, as an administrator does; answers when it was on the record, in `performance.now()`. */
  end(grantId: string): Promise<number>;
  /** Every session so far, oldest first. */
  sessions(): Promise<readonly SessionRow[]>;
  /** Waits until no session is live, and answers them all. */
  quiet(): Promise<readonly SessionRow[]>;
  /** What is on the record of a session, refusals too. */
  events(sessionId: string): Promise<readonly { readonly type: string; readonly detail: string }[]>;
}

export async function authorisedHouse(): Promise<AuthorisedHouse> {
  const hosts = await startHosts({ names: ['web1'] });
  const web1 = hosts.get('web1');
  const house = await guardedHouse();
  const [admin, lenaId, tomasId] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const person = async (displayName: string, username: string, managerId?: string): Promise<string> => {
      const facts = { displayName, username, ...(managerId === undefined ? {} : { managerId }) };
      return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    };
    const boss = await person('Admin', 'admin');
    await startGrant(ctx, permit, {
      identityId: boss,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return [boss, await person('Lena Test', 'lena', boss), await person('Tomas Test', 'tomas', boss)] as const;
  });
  const withKey = async (id: string, comment: string): Promise<KeyHolder> => {
    const key = await makeSshKey(comment);
    const raw = newRawKey();
    for (const publicKey of [key.publicKey, `ssh-ed25519 ${raw.blob.toString('base64')} raw`])
      await registerKey(house, id, publicKey);
    return { id, key, raw };
  };
  const [lena, tomas] = [await withKey(lenaId, 'lena@laptop'), await withKey(tomasId, 'tomas@laptop')];
  const { id: systemId } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    },
    admin,
  );
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(60_000);
  const sudo = await house.db.one<{ id: string }>(
    sql`select id from entitlement where system_id = ${systemId} and native_id = 'sudo:ALL'`,
  );
  const sessions = (): Promise<readonly SessionRow[]> =>
    house.db.many<SessionRow>(sql`
      select s.id, s.state, f.username as who, a.name as account, s.ended_because from session s
      join identity_facts f on f.identity_id = s.identity_id join account a on a.id = s.account_id
      order by s.started_at, s.id`);
  return {
    ...house,
    web1,
    systemId,
    admin,
    lena,
    tomas,
    give: async () => {
      house.clock.advance(1000);
      const { id } = await house.perform<{ id: string }>(
        'grants.give',
        { identity: 'lena', entitlementId: sudo.id, because: 'test' },
        admin,
      );
      await house.settle(60_000);
      return id;
    },
    end: async (id) => {
      await house.perform('grants.end', { id, because: 'test' }, admin);
      return performance.now();
    },
    sessions,
    quiet: async () => {
      await until(async () => (await sessions()).every((s) => s.state === 'ended'), {
        timeoutMs: 20_000,
        what: 'every session to end',
      });
      return await sessions();
    },
    events: async (sessionId) =>
      (await house.perform<{ events: { type: string; detail: string }[] }>('sessions.show', { id: sessionId }, admin))
        .events,
    close: async () => {
      await house.close();
      await hosts.stop();
    },
  };
}

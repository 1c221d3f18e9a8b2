import { TOTP } from 'otpauth';
import { gatewayPorts } from '#guard/sessions/index.ts';
import type { Sql } from '#kit/db/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { openAccount, type OpenAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/** Somebody with a password and a one-time code app. */
export interface Enrolled {
  readonly caller: Caller;
  readonly password: string;
  readonly secret: string;
}
interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** A house in which everything that is sealed is there twice: once of lena's, `a`, and once of ines', `b`. */
export interface SealedWorld {
  readonly house: PeopledHouse;
  readonly officer: Caller;
  readonly people: Pair<Enrolled>;
  /** Secrets of the vault; `a` has two versions. */
  readonly vault: Pair<string>;
  /** Accounts of the gateway, `lena` on `host-lena` and `ines` on `host-ines`. */
  readonly accounts: Pair<OpenAccount>;
  /** A session of each in which a command was run. */
  readonly sessions: Pair<string>;
  /** Two events of lena's from two places: the same key, the same field. */
  readonly events: Pair<string>;
  /** The one-time code of that app now. */
  code(secret: string): string;
  /** Checks out secret `a` and in again; answers the first. */
  checkOut(): Promise<Answer>;
  /** Signs lena in, half a minute later so that her code is a new one. */
  signIn(): Promise<Answer>;
  /** Opens an account for its person as the gateway does, runs a command, and ends it. */
  session(username: 'lena' | 'ines'): Promise<string>;
  /** Does this by SQL, looks, and undoes it. */
  changed<T>(change: readonly Sql[], undo: readonly Sql[], look: () => Promise<T>): Promise<T>;
}

export async function sealedWorld(): Promise<SealedWorld> {
  const house = await peopledHouse();
  const officer = await house.person('joaquin', {}, ['security_officer']);
  const code = (secret: string): string =>
    new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
  const both = async <T>(make: (at: 'a' | 'b', username: 'lena' | 'ines') => Promise<T>): Promise<Pair<T>> => ({
    a: await make('a', 'lena'),
    b: await make('b', 'ines'),
  });
  const enrolled = async (username: string): Promise<Enrolled> => {
    const caller = await house.person(username);
    const token = await house
      .as('boot')
      .act({ action: 'enrolment.create' }, (ctx, permit) =>
        makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId: caller.id, hours: 1 }),
      );
    const begun = must<{ totpUri: string }>(await house.stranger.call('POST', '/v1/enrolment/begin', { token }));
    const secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
    const password = `a long password of ${username}`;
    must(
      await house.stranger.call('POST', '/v1/enrolment/finish', { token, password: { password, code: code(secret) } }),
    );
    return { caller, password, secret };
  };
  const people = await both((_at, username) => enrolled(username));
  const vault = await both(
    async (at) =>
      must<{ id: string }>(
        await officer.call('POST', '/v1/vault/secrets', {
          name: `team/${at}`,
          kind: 'password',
          username: 'root',
          value: `one of ${at}`,
        }),
      ).id,
  );
  must(await officer.call('POST', `/v1/vault/secrets/${vault.a}/versions`, { username: 'root', value: 'two of a' }));
  const accounts = await both((at, username) =>
    openAccount(house, {
      system: `host-${username}`,
      host: '127.0.0.1',
      port: 22,
      hostKeyFingerprint: 'SHA256:none',
      account: username,
      privateKey: `the key of ${username}`,
      holder: people[at].caller.id,
    }),
  );
  const session: SealedWorld['session'] = async (username) => {
    const admission = await gatewayPorts(house.edges).admit({
      identityId: (username === 'lena' ? people.a : people.b).caller.id,
      account: username,
      system: `host-${username}`,
      protocol: 'ssh',
      clientAddress: '127.0.0.1',
      clientVersion: 'test',
    });
    if (!admission.admitted) throw new Error(admission.message);
    admission.ticket.event({ atMs: 1, type: 'exec', detail: `mysql -p${username}-password` });
    await admission.ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
    return admission.ticket.sessionId;
  };
  const sessions = await both((_at, username) => session(username));
  const create = house.registry.operations.get('tokens.create');
  if (create === undefined) throw new Error('no operation tokens.create');
  const events = await both(async (at) => {
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    const { eventIds } = await house.operator.perform(
      create,
      { name: at, scopes: ['read'], endsAt },
      {
        principal: { kind: 'identity', id: people.a.caller.id },
        origin: { via: 'console', address: at === 'a' ? '192.0.2.1' : '192.0.2.2' },
        trace: `trace-${at}`,
      },
    );
    return eventIds[0] ?? '';
  });
  return {
    house,
    officer,
    people,
    vault,
    accounts,
    sessions,
    events,
    code,
    session,
    checkOut: async () => {
      const answer = await officer.call('POST', `/v1/vault/secrets/${vault.a}/checkout`, { reason: 'looking' });
      if (answer.status === 200)
        await officer.call('POST', `/v1/vault/checkouts/${String(answer.body['checkoutId'])}/checkin`);
      return answer;
    },
    signIn: async () => {
      house.clock.advance(31_000);
      return await house.stranger.call('POST', '/v1/signin/password', {
        username: 'lena',
        password: people.a.password,
        code: code(people.a.secret),
      });
    },
    changed: async (change, undo, look) => {
      for (const statement of change) await house.db.run(statement);
      try {
        return await look();
      } finally {
        for (const statement of undo) await house.db.run(statement);
      }
    },
  };
}

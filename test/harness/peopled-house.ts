import { hashToken, newToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { createClientAuthenticator } from '#govern/scim/index.ts';
import { createAuthenticator } from '#platform/signin/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { mountScim } from '#surfaces/scim/index.ts';
import { freePort } from '#lab/loopback.ts';
import { mountBrowser } from '#surfaces/browser/index.ts';
import { browserParts } from '../../src/browser-parts.ts';
import { guardedHouse, type GuardedHouse, type GuardedHouseOptions } from './guarded-house.ts';

/** What came back over the wire, whatever it was. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the answer was no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** How a call differs from what the console would send. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, in place of a body made into JSON. */
  readonly raw?: string | Buffer;
}

/** Somebody signed in, who speaks HTTP. */
export interface Caller {
  readonly id: string;
  readonly username: string;
  /** The console's cookie; empty for somebody who has not signed in. */
  readonly cookie: string;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
}

/** Who somebody is, as far as a test cares. */
export interface PersonFacts {
  readonly kind?: 'person' | 'service';
  readonly managerId?: string;
  readonly ownerId?: string;
  readonly department?: string;
}

/** The assembled product in this process: every module, the SSH gateway, the HTTP surface, and people signed in to it. */
export interface PeopledHouse extends GuardedHouse {
  readonly url: string;
  /** Where browsers find gateways of databases; a test that has one says where. */
  readonly databases: Record<
    'postgres' | 'mysql',
    { host: string; port: number; certificate: () => Promise<string | null> }
  >;
  /** Makes somebody, appoints them, and signs them in as a browser would be; for 30 days, also unused. */
  person(username: string, facts?: PersonFacts, roles?: readonly AdminRole[]): Promise<Caller>;
  /** Signs in somebody who is there already. */
  signIn(identityId: string, username: string): Promise<Caller>;
  /** Somebody who has not signed in. */
  readonly stranger: Caller;
}

/** Calls `url` as whoever the headers say. */
export const callWith =
  (url: string, who: Readonly<Record<string, string>>): Caller['call'] =>
  async (method, path, body, options = {}) => {
    const sent = options.raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: { ...who, ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
      ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: objectIn(text) };
  };

function objectIn(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Opens the house. One for a test file; every person costs two statements and no password hashing. `consoleDir`: the
 * built console, where a test looks at it. `browsers`: they may open accounts, as pages of `http://localhost:PORT`.
 */
export async function peopledHouse(
  options: GuardedHouseOptions & { readonly consoleDir?: string; readonly browsers?: true } = {},
): Promise<PeopledHouse> {
  // whose pages may connect is said before the port is had
  const port = options.browsers === true ? await freePort() : 0;
  const house = await guardedHouse(
    options.browsers === true ? { publicUrl: `http://localhost:${port}`, ...options } : options,
  );
  const authenticate = createAuthenticator(house.db, house.clock);
  const nowhere = { host: '127.0.0.1', port: 1, certificate: () => Promise.resolve(null) };
  const databases: PeopledHouse['databases'] = { postgres: nowhere, mysql: nowhere };
  const server = await serveHttp({
    ...(options.consoleDir === undefined ? {} : { consoleDir: options.consoleDir }),
    registry: house.registry,
    operator: house.operator,
    log: options.log ?? silentLog,
    authenticate,
    host: '127.0.0.1',
    port,
    publicUrl: 'http://localhost',
    mount: async (app) => {
      await mountScim({
        operator: house.operator,
        log: silentLog,
        authenticate: createClientAuthenticator(house.db, house.clock),
        publicUrl: 'http://localhost',
      })(app);
      if (options.browsers !== true) return;
      mountBrowser(
        browserParts({
          ...house,
          log: options.log ?? silentLog,
          publicUrl: `http://localhost:${port}`,
          authenticate,
          ownGateway: { ...house.gateway, address: '127.0.0.1', port: house.gateway.address.port },
          databaseGateways: databases,
          mostFileBytes: 8 * 1024 * 1024,
        }),
      )(app);
    },
    ready: () => Promise.resolve(true),
  });
  const signIn: PeopledHouse['signIn'] = async (id, username) => {
    const token = newToken('rvs');
    const now = house.clock.now();
    await house.db.run(sql`
      insert into signin (id, token_hash, identity_id, method, started_at, last_seen_at, ends_at)
      values (${newId()}, ${hashToken(token)}, ${id}, 'passkey', ${now}, ${now}::timestamptz + interval '30 days',
              ${now}::timestamptz + interval '30 days')`);
    return {
      id,
      username,
      cookie: token,
      call: callWith(server.url, { cookie: `reeve_session=${token}`, 'x-reeve-csrf': '1' }),
    };
  };
  const person: PeopledHouse['person'] = async (username, facts = {}, roles = []) => {
    const { kind = 'person', ...rest } = facts;
    const made = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
      const displayName = `${username.slice(0, 1).toUpperCase()}${username.slice(1)} Example`;
      const { id } = await createIdentity(ctx, permit, { kind, facts: { displayName, username, ...rest } });
      for (const role of roles)
        await startGrant(ctx, permit, {
          identityId: id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
      return id;
    });
    return await signIn(made, username);
  };
  return {
    ...house,
    url: server.url,
    databases,
    person,
    signIn,
    stranger: { id: '', username: '', cookie: '', call: callWith(server.url, { 'x-reeve-csrf': '1' }) },
    close: async () => {
      await server.stop();
      await house.close();
    },
  };
}

/**
 * A SCIM service provider that is not ours: SCIMMY speaks the protocol behind Express, over TLS, with a bearer token.
 * Only where it keeps what it is given is ours: a list in memory.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { SCIMMY, SCIMMYRouters } from 'scimmy-routers';
import { makeLabDirectory, sweepLeftovers } from './lab-directory.ts';
import { freePort } from './loopback.ts';
import { makeCertificate, type LabCertificate } from './tls-certificate.ts';

/** What it was made to keep, in place of what: `before` is absent where it is new, `after` where it is gone. */
export interface ScimWrite {
  readonly kind: 'users' | 'groups';
  readonly before?: ScimResource;
  readonly after?: ScimResource;
}

/** A user or a group as SCIM writes it (RFC 7643 §4). */
export type ScimResource = Readonly<Record<string, unknown>> & { readonly id: string };

export interface LabScim {
  readonly host: string;
  readonly port: number;
  readonly basePath: string;
  readonly token: string;
  readonly tls: LabCertificate;
  /** What it keeps now. */
  readonly users: readonly ScimResource[];
  readonly groups: readonly ScimResource[];
  /** Requests that came with a token, and every method and path with its query, oldest first. */
  readonly attempts: () => number;
  readonly asked: readonly string[];
  /** What its callers made it keep, oldest first; what was planted is not among it. */
  readonly writes: readonly ScimWrite[];
  /** Puts a resource there without anybody asking, as another administrator would. */
  plant(kind: 'users' | 'groups', resource: Readonly<Record<string, unknown>>): ScimResource;
  /** Answers every request with this instead, for what goes wrong; undefined ends it. */
  answer:
    | ((
        method: string,
        path: string,
      ) => { status: number; headers?: Record<string, string>; body?: string } | undefined)
    | undefined;
  /** Cuts every connection and takes no more; what it keeps stays. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

interface Store {
  users: ScimResource[];
  groups: ScimResource[];
  writes: ScimWrite[];
}
type Kind = ScimWrite['kind'];
interface Asked {
  readonly id?: string | undefined;
  readonly filter?: { match(values: unknown[]): unknown[] } | undefined;
}

const { Error: ScimError } = SCIMMY.Types;
const notFound = (id: string): Error => new ScimError(404, '', `no resource ${id}`);

/** SCIMMY has one set of handlers a process; each is handed the store of the server that was asked. */
const handlersOf = (kind: Kind, unique: (one: Readonly<Record<string, unknown>>) => string | undefined) => ({
  egress: (asked: Asked, store: Store): unknown[] => {
    if (asked.id === undefined) {
      const all = structuredClone(store[kind]);
      return asked.filter === undefined ? all : asked.filter.match(all);
    }
    const found = store[kind].find(({ id }) => id === asked.id);
    if (found === undefined) throw notFound(asked.id);
    return [structuredClone(found)];
  },
  ingress: (asked: Asked, given: unknown, store: Store): unknown => {
    const said = JSON.parse(JSON.stringify(given)) as Readonly<Record<string, unknown>>;
    const before = asked.id === undefined ? undefined : store[kind].find(({ id }) => id === asked.id);
    if (asked.id !== undefined && before === undefined) throw notFound(asked.id);
    const name = unique(said);
    if (name !== undefined && store[kind].some((one) => one.id !== asked.id && unique(one) === name))
      throw new ScimError(409, 'uniqueness', `${name} is taken`);
    const after = keep(store, kind, said, before?.id);
    store.writes.push({ kind, after, ...(before === undefined ? {} : { before }) });
    return structuredClone(after);
  },
  degress: (asked: Asked, store: Store): void => {
    const at = store[kind].findIndex(({ id }) => id === asked.id);
    if (at < 0) throw notFound(asked.id ?? '');
    for (const before of store[kind].splice(at, 1)) store.writes.push({ kind, before });
  },
});

function keep(
  store: Store,
  kind: Kind,
  said: Readonly<Record<string, unknown>>,
  id: string = randomUUID(),
): ScimResource {
  const at = store[kind].findIndex((one) => one.id === id);
  const now = new Date().toISOString();
  const created = (store[kind][at]?.['meta'] as { created?: string } | undefined)?.created ?? now;
  const { schemas: _schemas, ...rest } = said;
  const kept: ScimResource = { ...rest, id, meta: { created, lastModified: now } };
  if (at < 0) store[kind].push(kept);
  else store[kind][at] = kept;
  return kept;
}

const lower = (value: unknown): string | undefined => (typeof value === 'string' ? value.toLowerCase() : undefined);
const users = handlersOf('users', (one) => lower(one['userName']));
const groups = handlersOf('groups', (one) => lower(one['displayName']));
let declared = false;
function declare(): void {
  if (declared) return;
  declared = true;
  SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
  SCIMMY.Resources.declare(
    SCIMMY.Resources.User.ingress(users.ingress as never)
      .egress(users.egress as never)
      .degress(users.degress as never),
  );
  SCIMMY.Resources.declare(
    SCIMMY.Resources.Group.ingress(groups.ingress as never)
      .egress(groups.egress as never)
      .degress(groups.degress as never),
  );
}

const BASE = '/scim/v2';

/** Starts one on loopback; needs openssl for its certificate. */
export async function startScim(options: { readonly port?: number } = {}): Promise<LabScim> {
  declare();
  await sweepLeftovers();
  const directory = makeLabDirectory();
  const host = '127.0.0.1';
  const port = options.port ?? (await freePort(host));
  const tls = await makeCertificate(directory.path, { name: 'scim', address: host, user: undefined });
  if (tls === undefined) throw new Error('the SCIM target needs openssl for its certificate');
  const token = randomBytes(24).toString('base64url');
  const store: Store = { users: [], groups: [], writes: [] };
  const asked: string[] = [];
  let attempts = 0;

  const app = express();
  app.use((request, response, next) => {
    // Express 5 parses a query anew at each look, and SCIMMY casts startIndex and count in place: without this it pages nothing.
    Object.defineProperty(request, 'query', { value: { ...request.query } });
    asked.push(`${request.method} ${request.originalUrl}`);
    if (request.header('authorization') !== undefined) attempts += 1;
    const instead = lab.answer?.(request.method, request.originalUrl);
    if (instead === undefined) return next();
    response
      .status(instead.status)
      .set(instead.headers ?? {})
      .send(instead.body ?? '');
  });
  app.use(
    BASE,
    new SCIMMYRouters({
      type: 'bearer',
      handler: (request) => {
        if (request.header('authorization') !== `Bearer ${token}`) throw new Error('the token is not valid');
        return 'reeve';
      },
      context: () => store,
    }),
  );
  const server = createServer(
    { key: readFileSync(join(directory.path, 'server.key')), cert: tls.certificate, minVersion: 'TLSv1.2' },
    app,
  );
  const up = async (): Promise<void> => {
    if (server.listening) return;
    server.listen(port, host);
    await once(server, 'listening');
  };
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await up();

  const lab: LabScim = {
    host,
    port,
    basePath: BASE,
    token,
    tls,
    users: store.users,
    groups: store.groups,
    attempts: () => attempts,
    asked,
    writes: store.writes,
    plant: (kind, resource) => keep(store, kind, resource),
    answer: undefined,
    down,
    up,
    stop: async () => {
      await down();
      directory.remove();
    },
  };
  return lab;
}

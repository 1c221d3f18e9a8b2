import {
  callWith,
  peopledHouse,
  type Answer,
  type CallOptions,
  type Caller,
  type PeopledHouse,
} from '../harness/peopled-house.ts';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
export const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

export type Json = Record<string, unknown>;

/** A directory with a token, calling below /scim/v2. */
export interface Directory {
  readonly id: string;
  readonly sourceId: string;
  readonly name: string;
  readonly token: string;
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Makes a user; throws where that fails. */
  user(userName: string, more?: Json): Promise<Json & { readonly id: string }>;
  group(displayName: string, members?: readonly string[]): Promise<Json & { readonly id: string }>;
  patch(path: string, ...operations: readonly Json[]): Promise<Answer>;
}

export interface ScimHouse extends PeopledHouse {
  /** An administrator. */
  readonly boss: Caller;
  directory(name: string, settings?: Json): Promise<Directory>;
}

/** The whole product, with an administrator and directories let in by them. */
export async function scimHouse(): Promise<ScimHouse> {
  const house = await peopledHouse();
  const boss = await house.person('boss', {}, ['administrator']);
  return { ...house, boss, directory: (name, settings) => letIn(house, boss, name, settings) };
}

async function letIn(house: PeopledHouse, boss: Caller, name: string, settings: Json = {}): Promise<Directory> {
  const tokenEndsAt = new Date(house.clock.now().getTime() + 30 * 86_400_000).toISOString();
  const made = must(await boss.call('POST', '/v1/scim/clients', { name, tokenEndsAt, ...settings }));
  const token = String(made['token']);
  const call = directoryCall(house.url, token);
  return {
    id: String(made['id']),
    sourceId: String(made['sourceId']),
    name,
    token,
    call,
    user: async (userName, more = {}) =>
      must(await call('POST', '/Users', { schemas: [USER], userName, ...more })) as Json & { id: string },
    group: async (displayName, members = []) =>
      must(
        await call('POST', '/Groups', { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) }),
      ) as Json & { id: string },
    patch: (path, ...Operations) => call('PATCH', path, { schemas: [PATCH], Operations }),
  };
}

/** Calls as whoever holds the token, with SCIM's media type. */
export const directoryCall =
  (url: string, token: string): Directory['call'] =>
  (method, path, body, options = {}) =>
    callWith(`${url}/scim/v2`, { authorization: `Bearer ${token}` })(method, path, body, {
      ...options,
      headers: {
        ...(body === undefined && options.raw === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...options.headers,
      },
    });

/** The answer's body where it came with 2xx; throws with all of it otherwise. */
export function must(answer: Answer): Json {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body;
}

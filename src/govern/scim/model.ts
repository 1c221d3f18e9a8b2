import type { HeldBecause, PeopleSource } from '#govern/lifecycle/index.ts';
import type { Body } from './schema/json.ts';

/** What a client's token may do at most. */
export const SCOPES = ['read', 'write', 'users.read', 'users.write', 'groups.read', 'groups.write'] as const;
export type Scope = (typeof SCOPES)[number];

/** A directory that pushes, as a use-case knows it. */
export interface ScimClient {
  readonly id: string;
  readonly sourceId: string;
  readonly name: string;
  /** The service identity it acts as. */
  readonly identityId: string;
  readonly scopes: readonly Scope[];
  /** What of a userName becomes the username of the person: all of it, what is before the `@`, or nothing. */
  readonly usernameFrom: 'local_part' | 'whole' | 'none';
  /** Until then it is in its first load. */
  readonly baselineUntil: Date;
  readonly createdAt: Date;
}

/** A resource as it is kept. */
export interface ResourceRow {
  readonly id: string;
  readonly type: 'User' | 'Group';
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly identityId: string | null;
  readonly nameKey: string;
  readonly body: Body;
}

/** A client and the source it pushes to, held until the transaction ends. */
export interface Pusher {
  readonly client: ScimClient;
  readonly source: PeopleSource;
  /** Identities who know a live token of it. */
  readonly pushers: readonly string[];
}

/** What a write came to. */
export type Written =
  | { readonly row: ResourceRow; readonly held?: undefined; readonly changed: boolean }
  | { readonly row?: undefined; readonly held: Held };

/** Why a write waits. It changed nothing; accepted, Reeve carries it out by itself. */
export interface Held {
  readonly runId: string;
  readonly because: readonly HeldBecause[];
  readonly detail: string;
}

export const etagOf = (version: number): string => `W/"${version}"`;

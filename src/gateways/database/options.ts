import type { DoorLimits } from '#kit/door/index.ts';

/** What a gateway for a database can be told. Everything but key and certificate has a working default. */
export interface DatabaseGatewayOptions {
  /** Where to listen; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  readonly port?: number;
  /** PEM. Clients verify it before they send their password; the caller makes and keeps it. */
  readonly key: Buffer | string;
  readonly certificate: Buffer | string;
  readonly limits?: Partial<DatabaseGatewayLimits>;
}

export interface DatabaseGatewayLimits extends DoorLimits {
  /** From TCP accept to a password that was taken, whatever happens in between. */
  readonly loginMs: number;
  /** To reach, verify and log in to the target. */
  readonly targetMs: number;
  /** Longest message with a statement or its values. Bulk data flows and has no limit. */
  readonly longestMessage: number;
  /** How long the last words may take to leave when a session is ended; then the socket is destroyed. */
  readonly lastWordsMs: number;
}

export const DEFAULT_LIMITS: DatabaseGatewayLimits = {
  preAuth: 200,
  preAuthPerSource: 100,
  connections: 2000,
  connectionsPerPerson: 200,
  loginMs: 15_000,
  targetMs: 20_000,
  longestMessage: 64 * 1024 * 1024,
  lastWordsMs: 50,
};

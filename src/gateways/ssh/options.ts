/** What the gateway can be told. Everything but the host key has a working default. */
export interface SshGatewayOptions {
  /** Where to listen; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  readonly port?: number;
  /** An Ed25519 private key, PEM or OpenSSH format. The caller makes and keeps it. */
  readonly hostKey: Buffer;
  readonly limits?: Partial<GatewayLimits>;
}

export interface GatewayLimits {
  /** Connections that have not proved who they are, in all and from one source address (a /64 for IPv6). */
  readonly preAuth: number;
  readonly preAuthPerSource: number;
  /** Connections in all, and of one person who has logged in. */
  readonly connections: number;
  readonly connectionsPerPerson: number;
  /** From TCP accept to a verified signature, whatever happens in between. */
  readonly loginMs: number;
  /** Refused keys, offered or signed with, before the connection is dropped. */
  readonly authTries: number;
  readonly channelsPerConnection: number;
  /** To reach, verify and log in to the target. */
  readonly targetMs: number;
  readonly keepaliveMs: number;
  readonly keepaliveMisses: number;
  /** How long the last sentence may take to leave when a session is ended; then the socket is destroyed. */
  readonly lastWordsMs: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  preAuth: 100,
  preAuthPerSource: 20,
  connections: 2000,
  connectionsPerPerson: 200,
  loginMs: 30_000,
  authTries: 8,
  channelsPerConnection: 64,
  targetMs: 20_000,
  keepaliveMs: 30_000,
  keepaliveMisses: 4,
  lastWordsMs: 50,
};

import type { DoorLimits } from '#kit/door/index.ts';

/** What the gateway can be told. */
export interface HttpGatewayOptions {
  /** Where to listen; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  readonly port?: number;
  /** Sites are one label below it: `wiki` of `web.example.org` is `wiki.web.example.org`. */
  readonly domain: string;
  /** The port people see, where something in front of the gateway has another. */
  readonly publicPort?: number;
  /** Where the console is, for whoever comes without having signed in. */
  readonly consoleUrl: string;
  /** PEM, for every name below the domain. */
  readonly key: Buffer | string;
  readonly certificate: Buffer | string;
  /** Loopback addresses at which applications may be. None: an application on this machine is not reached. */
  readonly allowLoopback?: readonly string[];
  /** Ports of Reeve itself: never reached on an address of this machine. */
  readonly ownPorts?: readonly number[];
  readonly limits?: Partial<HttpGatewayLimits>;
}

export interface HttpGatewayLimits extends DoorLimits {
  /** From TCP accept to a request of somebody who is known. */
  readonly loginMs: number;
  /** From the first byte of a request to the last of its headers. */
  readonly headersMs: number;
  /** To reach and verify the application. */
  readonly targetMs: number;
  /** A session that nobody uses this long is over: unlike a connection, it does not end by itself. */
  readonly idleMs: number;
  /** Sessions at a time. */
  readonly sessions: number;
  /** Requests and WebSockets of one session at a time. */
  readonly openOfOne: number;
}

export const DEFAULT_LIMITS: HttpGatewayLimits = {
  preAuth: 400,
  preAuthPerSource: 100,
  connections: 4000,
  connectionsPerPerson: 200,
  loginMs: 15_000,
  headersMs: 15_000,
  targetMs: 20_000,
  idleMs: 30 * 60_000,
  sessions: 2000,
  openOfOne: 200,
};

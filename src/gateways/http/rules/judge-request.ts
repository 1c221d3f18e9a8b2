import type { RequestRules } from '../../port.ts';
import { each, plainName, type RawHeaders } from './check-framing.ts';
import { isBelow, pathOf, readPath } from './read-path.ts';

/** What a request asks for. */
export interface Asked {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly webSocket: boolean;
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
/** They send the request back with what was added to it, or open a tunnel. */
const NEVER = new Set(['TRACE', 'TRACK', 'CONNECT']);
/** By these an application is told that the request is another one. */
const OVERRIDES = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);

/** Why rules do not let a request pass; undefined where they do. */
export function refuseRequest(rules: RequestRules | undefined, asked: Asked): string | undefined {
  if (NEVER.has(asked.method.toUpperCase())) return `${asked.method} does not go through Reeve`;
  if (rules === undefined) return undefined;
  const { method, webSocket } = asked;
  if (webSocket && (rules.noWebSockets || rules.readOnly)) return 'no WebSocket is opened here';
  if (rules.readOnly && !READING.has(method)) return `${method} is not reading`;
  const named = new Set([...each(asked.headers)].map(([name]) => plainName(name)));
  if (rules.readOnly)
    for (const name of named) if (OVERRIDES.has(name)) return `the header ${name} makes a request another one`;
  for (const name of rules.denyHeaders) if (named.has(plainName(name))) return `the header ${name} may not be sent`;
  if (rules.denyPaths.length === 0) return undefined;
  const path = readPath(pathOf(asked.target));
  if ('ambiguous' in path) return `the path can be read in more than one way: ${path.ambiguous}`;
  const denied = rules.denyPaths.find((one) => isBelow(path, one));
  return denied === undefined ? undefined : `${denied} is not open`;
}

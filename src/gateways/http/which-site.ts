import type { IncomingMessage } from 'node:http';
import { valuesOf } from './rules/check-framing.ts';

const SITE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Where sites of this gateway are. */
export interface SitePlace {
  readonly domain: string;
  /** Ports a client may name: the one people see, and the one that is listened on. */
  readonly ports: readonly number[];
}

/** Origin of a site as people see it. */
export const originOf = (site: string, place: SitePlace): string => {
  const [port = 443] = place.ports;
  return `https://${site}.${place.domain}${port === 443 ? '' : `:${String(port)}`}`;
};

/** The site a request is for: one label below the domain, in `Host` and in the handshake alike. Undefined where it is none, or two. */
export function siteOf(request: IncomingMessage, servername: string | undefined, place: SitePlace): string | undefined {
  const [host = ''] = valuesOf(request.rawHeaders, 'host');
  const [, name = '', port] = /^([a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(host.toLowerCase()) ?? [];
  if (port !== undefined && !place.ports.includes(Number(port))) return undefined;
  if (port === undefined && !place.ports.includes(443)) return undefined;
  if (servername !== undefined && servername.toLowerCase() !== name) return undefined;
  const site = name.endsWith(`.${place.domain}`) ? name.slice(0, -place.domain.length - 1) : '';
  return SITE.test(site) ? site : undefined;
}

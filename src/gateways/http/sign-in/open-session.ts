import type { SiteProof, WebGatewayPorts } from '../../port.ts';
import { CredentialUnfit, WebSession, wipe, type SessionDeps } from '../relay/web-session.ts';
import type { Opened } from './signed-in.ts';

export interface OpenDeps extends SessionDeps {
  readonly ports: WebGatewayPorts;
  readonly gone: (session: WebSession, sentence: string) => void;
}

/** Takes a password and opens the session it is good for. The password's bytes are overwritten. */
export async function openSession(
  offer: SiteProof,
  from: { readonly siteOrigin: string; readonly clientVersion: string },
  deps: OpenDeps,
): Promise<Opened> {
  const { ports, metrics, log } = deps;
  const { site, address } = offer;
  const who = await ports.redeem(offer).finally(() => offer.password.fill(0));
  if (who === undefined) {
    metrics.signInsRefused += 1;
    return { refused: SIGN_IN_REFUSED };
  }
  metrics.signInsAccepted += 1;
  const admission = await ports.admit({
    protocol: 'http',
    identityId: who.identityId,
    account: who.account,
    system: who.system,
    clientAddress: address,
    clientVersion: printable(from.clientVersion),
    obeysOrders: true,
  });
  if (!admission.admitted) {
    metrics.admissionsRefused += 1;
    return refused(403, admission.code, admission.message);
  }
  const { ticket } = admission;
  try {
    const { identityId, account } = who;
    const session = new WebSession(
      { ticket, site, siteOrigin: from.siteOrigin, identityId, account, address, gone: deps.gone },
      deps,
    );
    if (session.over) return refused(403, 'web.session_ended', String(ticket.kill.reason));
    return { session };
  } catch (error) {
    const known = error instanceof CredentialUnfit;
    if (!known) log.error('http: a session did not begin', { sessionId: ticket.sessionId, error });
    wipe(ticket);
    const why = known ? error.message : 'the session did not begin';
    ticket.event({ type: 'refused', atMs: 0, detail: why });
    await ticket.ended({ reason: `target: ${why}`, bytesIn: 0, bytesOut: 0 });
    return refused(502, 'web.cannot_begin', `${why}. Ask an administrator.`);
  }
}

/** The same whatever is wrong with it. */
export const SIGN_IN_REFUSED = {
  status: 401,
  code: 'web.sign_in_refused',
  sentence: 'This sign-in is over, was used before, or is for something else. Open the application from Reeve again.',
} as const;
const refused = (status: number, code: string, sentence: string): Opened => ({ refused: { status, code, sentence } });

/** Text from elsewhere, made safe to store and show. */
const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 200);

import type { IncomingMessage } from 'node:http';
import type { OwnAnswer } from '../answer.ts';
import type { WebSession } from '../relay/web-session.ts';
import { valuesOf } from '../rules/check-framing.ts';
import type { SitePlace } from '../which-site.ts';
import { openSession, type OpenDeps } from './open-session.ts';
import { readProof } from './read-proof.ts';
import type { SignedIn } from './signed-in.ts';

export interface ServeDeps extends OpenDeps {
  readonly signedIn: SignedIn;
  readonly place: SitePlace;
  readonly consoleUrl: string;
  /** Whether the connection of a request may serve this person; counts it as theirs. */
  readonly loggedIn: (request: IncomingMessage, identityId: string) => boolean;
}

/** Longest password there is. */
export const LONGEST_PASSWORD = 256;

/** The session a request belongs to; opens it where a password comes for the first time. */
export async function whose(
  request: IncomingMessage,
  site: string,
  siteOrigin: string,
  deps: ServeDeps,
): Promise<{ readonly answer: OwnAnswer } | { readonly session: WebSession }> {
  const { signedIn } = deps;
  const address = addressOf(request);
  const proof = readProof(request.rawHeaders);
  if (proof.kind === 'none' || proof.kind === 'doubtful') return { answer: notSignedIn(deps) };
  const found =
    proof.kind === 'cookie'
      ? signedIn.find(proof.token, site, address)
      : proof.password.length > LONGEST_PASSWORD
        ? undefined
        : await signedIn.openOnce(proof.password, site, address, () =>
            open(request, proof.password, { site, siteOrigin, account: proof.account }, deps),
          );
  if (found === undefined) return { answer: notSignedIn(deps) };
  if ('elsewhere' in found) {
    deps.metrics.signInsRefused += 1;
    // somebody else has it; whoever it is of cannot go on with it either
    const { elsewhere: stolen } = found;
    stolen.refused('what names this session was shown on another site or from another address; it was ended');
    stolen.end('shown from elsewhere', 'this session was used on another site or from another address, and was ended');
    return { answer: notSignedIn(deps) };
  }
  if ('endedBecause' in found) return { answer: ended(found.endedBecause, deps) };
  if ('refused' in found) return { answer: found.refused };
  const { session } = found;
  if (proof.kind === 'password' && proof.account !== undefined && proof.account !== session.account)
    return { answer: notSignedIn(deps) };
  if (!deps.loggedIn(request, session.identityId)) {
    deps.metrics.refusedForLoad += 1;
    return {
      answer: {
        status: 503,
        code: 'web.too_many_connections',
        sentence: 'You have too many connections open.',
        retrySeconds: 1,
      },
    };
  }
  return { session };
}

/** Opens the session of a password, where there is room for one. */
export async function open(
  request: IncomingMessage,
  password: string,
  at: { readonly site: string; readonly siteOrigin: string; readonly account: string | undefined },
  deps: ServeDeps,
): ReturnType<typeof openSession> {
  if (deps.metrics.sessionsOpen >= deps.limits.sessions) {
    deps.metrics.refusedForLoad += 1;
    return {
      refused: { status: 503, code: 'web.too_many_sessions', sentence: 'There are too many sessions open here.' },
    };
  }
  const [agent = ''] = valuesOf(request.rawHeaders, 'user-agent');
  const { site, siteOrigin, account } = at;
  return await openSession(
    {
      password: Buffer.from(password),
      site,
      address: addressOf(request),
      ...(account === undefined ? {} : { account }),
    },
    { siteOrigin, clientVersion: agent },
    deps,
  );
}

/** Of whoever sent a request. */
export const addressOf = (request: IncomingMessage): string => {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
};

const openAgain = (deps: ServeDeps): NonNullable<OwnAnswer['link']> => ({ url: deps.consoleUrl, text: 'Go to Reeve' });
const notSignedIn = (deps: ServeDeps): OwnAnswer => ({
  status: 401,
  code: 'web.not_signed_in',
  sentence:
    'You are not signed in to this application. Open it from Reeve, or take a password for a program: reeve web token.',
  link: openAgain(deps),
});
/** The answer to whoever comes back to a session that is over. */
export const ended = (sentence: string, deps: ServeDeps): OwnAnswer => ({
  status: 401,
  code: 'web.session_ended',
  sentence,
  link: openAgain(deps),
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { answerOwn, answerOwnRaw, answerSignInPage, type OwnAnswer } from './answer.ts';
import { describeRequest } from './record/describe-request.ts';
import { isFramed, PassRequest } from './relay/pass-request.ts';
import { PassWebSocket, refuseUpgrade } from './relay/pass-websocket.ts';
import type { WebSession } from './relay/web-session.ts';
import { refuseFraming, valuesOf } from './rules/check-framing.ts';
import { refuseForeign } from './rules/foreign-origin.ts';
import { refuseRequest } from './rules/judge-request.ts';
import { refuseTarget } from './rules/read-path.ts';
import { OWN_PATH, SESSION_COOKIE } from './sign-in/names.ts';
import { openSession, type OpenDeps } from './sign-in/open-session.ts';
import { readProof } from './sign-in/read-proof.ts';
import type { SignedIn } from './sign-in/signed-in.ts';
import { originOf, siteOf, type SitePlace } from './which-site.ts';

export interface ServeDeps extends OpenDeps {
  readonly signedIn: SignedIn;
  readonly place: SitePlace;
  readonly consoleUrl: string;
  /** Whether the connection of a request may serve this person; counts it as theirs. */
  readonly loggedIn: (request: IncomingMessage, identityId: string) => boolean;
}

/** Longest password there is. */
const LONGEST_PASSWORD = 256;
const PAUSED_SECONDS = 5;

type Judged =
  | { readonly answer: OwnAnswer }
  | { readonly own: 'sign-in-page' | 'sign-in' | 'sign-out'; readonly site: string }
  | { readonly session: WebSession };

/** Serves a request, whatever it is. */
export async function serveRequest(request: IncomingMessage, response: ServerResponse, deps: ServeDeps): Promise<void> {
  const judged = await judge(request, false, deps);
  if ('answer' in judged) return answerOwn(request.rawHeaders, response, judged.answer);
  if ('own' in judged) {
    if (judged.own === 'sign-in-page') return answerSignInPage(response);
    return judged.own === 'sign-in' ? signIn(request, response, judged.site, deps) : signOut(request, response, deps);
  }
  if (response.destroyed) return;
  const passed = new PassRequest(judged.session, request, response, deps);
  await passed.done;
  request.resume();
}

/** Serves a request that wants the connection for something else: a WebSocket or nothing. */
export async function serveUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  deps: ServeDeps,
): Promise<void> {
  client.on('error', () => {});
  const judged = await judge(request, true, deps);
  if ('answer' in judged) return answerOwnRaw(request.rawHeaders, client, judged.answer);
  if ('own' in judged)
    return answerOwnRaw(request.rawHeaders, client, {
      status: 404,
      code: 'web.not_here',
      sentence: 'There is nothing here.',
    });
  if (client.destroyed) return;
  // oxlint-disable-next-line no-new -- it lives by its streams
  new PassWebSocket(judged.session, request, client, head, deps);
}

/** All that is asked of a request before anything of it is passed on. */
async function judge(request: IncomingMessage, upgrade: boolean, deps: ServeDeps): Promise<Judged> {
  const { metrics, place } = deps;
  const { rawHeaders, method = '', url = '' } = request;
  const broken =
    refuseFraming(rawHeaders, request.httpVersion) ??
    refuseTarget(url) ??
    (upgrade ? refuseUpgrade(request) : undefined);
  if (broken !== undefined) {
    metrics.protocolViolations += 1;
    return { answer: { status: 400, code: 'web.request_broken', sentence: `Reeve takes no request with ${broken}.` } };
  }
  const { servername } = request.socket as TLSSocket;
  const site = siteOf(request, typeof servername === 'string' && servername !== '' ? servername : undefined, place);
  if (site === undefined)
    return {
      answer: { status: 421, code: 'web.no_such_site', sentence: 'There is no application of this name here.' },
    };
  const origin = originOf(site, place);
  const foreign = refuseForeign(rawHeaders, { method, origin, webSocket: upgrade });
  if (url.startsWith(OWN_PATH)) return ownPage(url, method, site, foreign);
  const found = await whose(request, site, origin, deps);
  if ('answer' in found) return found;
  const { session } = found;
  const { pausedBecause } = session.orders;
  const asked = { method, target: url, headers: rawHeaders, webSocket: upgrade };
  const refused = foreign ?? refuseRequest(session.ticket.obligations.requests, asked);
  if (pausedBecause !== undefined)
    return {
      answer: { status: 503, code: 'web.session_paused', sentence: pausedBecause, retrySeconds: PAUSED_SECONDS },
    };
  try {
    await session.room();
  } catch {
    session.end('recording failed', 'this session can no longer be recorded and was ended');
  }
  if (session.over) return { answer: ended('this session is over', deps) };
  if (refused !== undefined) {
    metrics.requestsRefused += 1;
    const done = session.record({
      ...describeRequest(asked, { secrets: session.secrets, hide: session.hide }),
      refused,
    });
    done({ error: { code: '403', message: refused } });
    session.refused(`${method} refused: ${refused}`);
    return { answer: { status: 403, code: 'web.request_refused', sentence: `Reeve: ${refused}.` } };
  }
  if (session.openNow >= deps.limits.openOfOne)
    return {
      answer: {
        status: 503,
        code: 'web.too_many_requests',
        sentence: 'There are too many requests under way in this session.',
        retrySeconds: 1,
      },
    };
  return { session };
}

function ownPage(url: string, method: string, site: string, foreign: string | undefined): Judged {
  const name = url.slice(OWN_PATH.length).split('?', 1)[0];
  if (name === 'sign-in' && (method === 'GET' || method === 'HEAD')) return { own: 'sign-in-page', site };
  if ((name === 'sign-in' || name === 'sign-out') && method === 'POST')
    return foreign === undefined
      ? { own: name, site }
      : { answer: { status: 403, code: 'web.request_refused', sentence: `Reeve: ${foreign}.` } };
  return { answer: { status: 404, code: 'web.not_here', sentence: 'There is nothing here.' } };
}

/** The session a request belongs to; opens it where a password comes for the first time. */
async function whose(
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

async function open(
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

/** Exchanges the password of a link for a cookie that names a session. Whoever had one before has it no more. */
async function signIn(
  request: IncomingMessage,
  response: ServerResponse,
  site: string,
  deps: ServeDeps,
): Promise<void> {
  const raw = request.rawHeaders;
  const siteOrigin = originOf(site, deps.place);
  const [from] = valuesOf(raw, 'origin');
  const password = from === siteOrigin ? await bodyOf(request) : undefined;
  if (password === undefined)
    return answerOwn(raw, response, {
      status: 400,
      code: 'web.request_broken',
      sentence: 'This is no sign-in. Open the application from Reeve again.',
    });
  const before = readProof(raw);
  const opened = await open(request, password, { site, siteOrigin, account: undefined }, deps);
  if ('refused' in opened) return answerOwn(raw, response, opened.refused);
  if (before.kind === 'cookie') {
    const found = deps.signedIn.find(before.token, site, addressOf(request));
    if (found !== undefined && 'session' in found)
      found.session.end('signed in again', 'this session was ended by signing in again');
  }
  deps.loggedIn(request, opened.session.identityId);
  response.writeHead(204, [
    'Set-Cookie',
    `${SESSION_COOKIE}=${deps.signedIn.issue(opened.session)}; Path=/; Secure; HttpOnly; SameSite=Lax`,
    'Cache-Control',
    'no-store',
  ]);
  response.end();
}

async function signOut(request: IncomingMessage, response: ServerResponse, deps: ServeDeps): Promise<void> {
  const proof = readProof(request.rawHeaders);
  const site = siteOf(request, undefined, deps.place) ?? '';
  const secret = proof.kind === 'cookie' ? proof.token : proof.kind === 'password' ? proof.password : '';
  const found = deps.signedIn.find(secret, site, addressOf(request));
  if (found !== undefined && 'session' in found) {
    found.session.end('signed out', 'you signed out');
    await found.session.done;
  }
  response.writeHead(204, ['Set-Cookie', `${SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`]);
  response.end();
}

/** A password as it was posted; undefined for anything longer or else. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (!isFramed(request)) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LONGEST_PASSWORD) return undefined;
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('latin1');
  return /^[\w-]+$/.test(text) ? text : undefined;
}

const addressOf = (request: IncomingMessage): string => {
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
const ended = (sentence: string, deps: ServeDeps): OwnAnswer => ({
  status: 401,
  code: 'web.session_ended',
  sentence,
  link: openAgain(deps),
});

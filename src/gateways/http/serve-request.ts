import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { answerOwn, answerOwnRaw, answerSignInPage, type OwnAnswer } from './answer.ts';
import { describeRequest } from './record/describe-request.ts';
import { PassRequest } from './relay/pass-request.ts';
import { PassWebSocket, refuseUpgrade } from './relay/pass-websocket.ts';
import type { WebSession } from './relay/web-session.ts';
import { refuseFraming } from './rules/check-framing.ts';
import { refuseForeign } from './rules/foreign-origin.ts';
import { refuseRequest } from './rules/judge-request.ts';
import { refuseTarget } from './rules/read-path.ts';
import { OWN_PATH } from './sign-in/names.ts';
import { ended, whose, type ServeDeps } from './sign-in/whose-session.ts';
import { signIn, signOut, tellWhose } from './sign-in/exchange-link.ts';
import { originOf, siteOf } from './which-site.ts';

const PAUSED_SECONDS = 5;

type Judged =
  | { readonly answer: OwnAnswer }
  | { readonly own: 'sign-in-page' | 'whose' | 'sign-in' | 'sign-out'; readonly site: string }
  | { readonly session: WebSession };

/** Serves a request, whatever it is. */
export async function serveRequest(request: IncomingMessage, response: ServerResponse, deps: ServeDeps): Promise<void> {
  const { socket } = request;
  const ahead = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, ahead);
  if (ahead > MOST_AHEAD) return void socket.destroy();
  const over = new Promise<void>((resolve) => response.once('close', resolve)).then(
    () => void unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1),
  );
  const judged = await inTurn(request, over, deps);
  if (judged === undefined) return;
  if ('answer' in judged) return answerOwn(request.rawHeaders, response, judged.answer);
  if ('own' in judged) {
    if (judged.own === 'sign-in-page') return answerSignInPage(response);
    if (judged.own === 'whose') return tellWhose(request, response, judged.site, deps);
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
  // its answer would come in the middle of another one
  if ((unanswered.get(request.socket) ?? 0) > 0) return void client.destroy();
  const judged = await inTurn(request, undefined, deps);
  if (judged === undefined) return void client.destroy();
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

/** Requests a client may send ahead of the answers of a connection: no program does, but apt by some. */
const MOST_AHEAD = 64;
const unanswered = new WeakMap<object, number>();
/** Whether a connection goes on after the request that came last on it, once that is answered. */
const turns = new WeakMap<object, Promise<boolean>>();

/**
 * Judges requests of one connection one after the other, each when the one before is `over`: what was sent behind one that
 * is refused, or whose client left, is none. Undefined for such a one. Without `over` it is one for another protocol.
 */
async function inTurn(
  request: IncomingMessage,
  over: Promise<void> | undefined,
  deps: ServeDeps,
): Promise<Judged | undefined> {
  const { socket } = request;
  const before = turns.get(socket) ?? Promise.resolve(true);
  const judged = before.then((goesOn) =>
    goesOn && !socket.destroyed ? judge(request, over === undefined, deps) : undefined,
  );
  turns.set(
    socket,
    judged.then(
      async (how) => {
        if (how === undefined || 'answer' in how || over === undefined) return false;
        await over;
        return true;
      },
      () => false,
    ),
  );
  return await judged;
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
  const asked = { method, target: url, headers: rawHeaders, webSocket: upgrade };
  const refused = foreign ?? refuseRequest(session.ticket.obligations.requests, asked);
  try {
    await session.room();
  } catch {
    session.end('recording failed', 'this session can no longer be recorded and was ended');
  }
  if (session.over) return { answer: ended('this session is over', deps) };
  // asked last: while it waited for the record, it may have been paused
  const { pausedBecause } = session.orders;
  if (pausedBecause !== undefined)
    return {
      answer: { status: 503, code: 'web.session_paused', sentence: pausedBecause, retrySeconds: PAUSED_SECONDS },
    };
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
  if ((name === 'whose' || name === 'sign-in' || name === 'sign-out') && method === 'POST')
    return foreign === undefined
      ? { own: name, site }
      : { answer: { status: 403, code: 'web.request_refused', sentence: `Reeve: ${foreign}.` } };
  return { answer: { status: 404, code: 'web.not_here', sentence: 'There is nothing here.' } };
}

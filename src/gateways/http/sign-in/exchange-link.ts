import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOwn } from '../answer.ts';
import { isFramed } from '../relay/pass-request.ts';
import { valuesOf } from '../rules/check-framing.ts';
import { originOf, siteOf } from '../which-site.ts';
import { SESSION_COOKIE } from './names.ts';
import { SIGN_IN_REFUSED } from './open-session.ts';
import { readProof } from './read-proof.ts';
import { addressOf, LONGEST_PASSWORD, open, type ServeDeps } from './whose-session.ts';

const NO_SIGN_IN = {
  status: 400,
  code: 'web.request_broken',
  sentence: 'This is no sign-in. Open the application from Reeve again.',
} as const;

/** The password that a page of the site's own posted; undefined for anything else. */
async function posted(request: IncomingMessage, site: string, deps: ServeDeps): Promise<string | undefined> {
  const [from] = valuesOf(request.rawHeaders, 'origin');
  return from === originOf(site, deps.place) ? await bodyOf(request) : undefined;
}

/** Says whom the password of a link would sign in, so that nobody works in another one's session without a word. */
export async function tellWhose(
  request: IncomingMessage,
  response: ServerResponse,
  site: string,
  deps: ServeDeps,
): Promise<void> {
  const raw = request.rawHeaders;
  const password = await posted(request, site, deps);
  if (password === undefined) return answerOwn(raw, response, NO_SIGN_IN);
  const holder = await deps.ports.whose({ password: Buffer.from(password), site, address: addressOf(request) });
  if (holder === undefined) {
    deps.metrics.signInsRefused += 1;
    return answerOwn(raw, response, SIGN_IN_REFUSED);
  }
  const body = JSON.stringify(holder);
  response.writeHead(
    200,
    [
      ['Content-Type', 'application/json'],
      ['Content-Length', String(Buffer.byteLength(body))],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
    ].flat(),
  );
  response.end(body);
}

/** Exchanges the password of a link for a cookie that names a session. Whoever had one before has it no more. */
export async function signIn(
  request: IncomingMessage,
  response: ServerResponse,
  site: string,
  deps: ServeDeps,
): Promise<void> {
  const raw = request.rawHeaders;
  const siteOrigin = originOf(site, deps.place);
  const password = await posted(request, site, deps);
  if (password === undefined) return answerOwn(raw, response, NO_SIGN_IN);
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

/** Ends the session a request belongs to, and takes its cookie back. */
export async function signOut(request: IncomingMessage, response: ServerResponse, deps: ServeDeps): Promise<void> {
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

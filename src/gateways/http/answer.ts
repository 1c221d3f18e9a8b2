import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createHash } from 'node:crypto';
import { valuesOf, type RawHeaders } from './rules/check-framing.ts';

/** An answer of the gateway's own. */
export interface OwnAnswer {
  readonly status: number;
  readonly code: string;
  /** For the person: what is so, and what to do. */
  readonly sentence: string;
  readonly retrySeconds?: number;
  /** Where a browser can go on. */
  readonly link?: { readonly url: string; readonly text: string };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  421: 'Misdirected Request',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** Runs nothing, loads nothing, is framed nowhere and kept nowhere. */
const INERT = [
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
] as const;
const NO_SCRIPT =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => `&#${String(c.charCodeAt(0))};`);

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color:#222;background:#fff}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#9cf}}</style><main>${body}</main></html>`;

function written(answer: OwnAnswer, raw: RawHeaders): { readonly headers: string[]; readonly body: string } {
  const { status, code, sentence, link } = answer;
  const isPage = valuesOf(raw, 'accept').some((list) => list.includes('text/html'));
  const body = isPage
    ? page(
        'Reeve',
        `<h1>Reeve</h1><p>${escaped(sentence)}</p>${link === undefined ? '' : `<p><a href="${escaped(link.url)}">${escaped(link.text)}</a></p>`}<p><small>${escaped(code)}</small></p>`,
      )
    : `${JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail: sentence })}\n`;
  const headers = [
    ['Content-Type', isPage ? 'text/html; charset=utf-8' : 'application/problem+json'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Content-Security-Policy', NO_SCRIPT],
    ...INERT,
    ...(answer.retrySeconds === undefined ? [] : [['Retry-After', String(answer.retrySeconds)]]),
    // a browser would ask for a password, and would be given one that is none
    ...(status === 401 && !isPage && valuesOf(raw, 'sec-fetch-mode').length === 0
      ? [['WWW-Authenticate', 'Basic realm="Reeve", charset="UTF-8"']]
      : []),
  ].flat();
  return { headers, body };
}

/** Answers a request in the gateway's own words. What it still sends is not waited for. */
export function answerOwn(
  raw: RawHeaders,
  response: ServerResponse,
  answer: OwnAnswer,
  more: readonly string[] = [],
): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const { headers, body } = written(answer, raw);
  response.sendDate = false;
  response.writeHead(answer.status, TITLES[answer.status] ?? 'Error', [...headers, ...more, 'Connection', 'close']);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** The same where there is a connection and nothing else: a WebSocket was asked for. */
export function answerOwnRaw(raw: RawHeaders, socket: Duplex, answer: OwnAnswer): void {
  const { headers, body } = written(answer, raw);
  writeHead(socket, answer.status, TITLES[answer.status] ?? 'Error', [...headers, 'Connection', 'close']);
  socket.end(body);
}

/** A status line and headers, as they go over the wire. */
export function writeHead(socket: Duplex, status: number, message: string, headers: readonly string[]): void {
  let head = `HTTP/1.1 ${String(status)} ${message}\r\n`;
  for (let at = 0; at + 1 < headers.length; at += 2) head += `${headers[at] ?? ''}: ${headers[at + 1] ?? ''}\r\n`;
  socket.write(Buffer.from(`${head}\r\n`, 'latin1'));
}

/**
 * Hands the password in the address's fragment, which no server ever sees, to the gateway, and goes on without it; but not
 * before the person was told whose it is and agreed: a link may be somebody else's, who wants to see what they do.
 */
const SCRIPT = `const p=location.hash.slice(1),b=document.querySelector('button'),say=(t)=>{document.querySelector('p').textContent=t},post=(to)=>fetch('/.reeve/'+to,{method:'POST',headers:{'content-type':'text/plain'},body:p,cache:'no-store'}),lost=()=>say('Reeve could not be reached. Open the application from Reeve again.');history.replaceState(null,'',location.pathname);onhashchange=()=>location.reload();if(p===''){say('This link is not complete. Open the application from Reeve again.')}else{post('whose').then(async(r)=>{const a=await r.json();if(!r.ok)return say(a.detail);say('This link signs you in to '+a.system+' as '+a.person+', with the account '+a.account+'. Go on only if that is you.');b.textContent='Continue as '+a.person;b.hidden=false;b.focus();b.onclick=()=>{b.hidden=true;say('Signing in\\u2026');post('sign-in').then(async(r)=>{if(r.ok)location.replace('/');else say((await r.json()).detail)}).catch(lost)}}).catch(lost)}`;
const SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

/** The page a sign-in link opens. */
export function answerSignInPage(response: ServerResponse): void {
  const body = page(
    'Signing in',
    `<h1>Reeve</h1><p aria-live="polite">One moment…</p><button type="button" hidden style="font:inherit;padding:.5rem 1rem"></button><noscript>Signing in needs scripts. Programs send the password itself: reeve web token.</noscript><script>${SCRIPT}</script>`,
  );
  response.writeHead(
    200,
    [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Length', String(Buffer.byteLength(body))],
      ['Content-Security-Policy', `${NO_SCRIPT}; script-src ${SCRIPT_SOURCE}; connect-src 'self'`],
      ...INERT,
    ].flat(),
  );
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

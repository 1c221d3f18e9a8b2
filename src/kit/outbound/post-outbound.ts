import { lookup } from 'node:dns/promises';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressRanges, isLoopback, judgeAddress } from './judge-address.ts';

export interface OutboundRules {
  /** Ranges beyond the public Internet that may be reached all the same. */
  readonly allow?: readonly string[];
  /** Authorities trusted instead of those of this machine, as PEM. */
  readonly ca?: string;
  /** All addresses of a name; default: as this machine resolves it. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Longest time for one call altogether; default 10 s. */
  readonly timeoutMs?: number;
}

/**
 * What came of it. `answered`: with that status, whatever it is. `refused`: nothing was sent and nothing will be while
 * the address and the rules stay as they are. `unreachable`: no whole answer; it may have arrived.
 */
export type OutboundAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  | { readonly outcome: 'refused' | 'unreachable'; readonly because: string };

/** Sends to addresses that people typed in. */
export interface Outbound {
  /** What is wrong with a URL as it stands, without resolving its name; undefined where nothing is. */
  problemOf(url: string): string | undefined;
  post(
    url: string,
    message: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  ): Promise<OutboundAnswer>;
}

/** What came of asking; as OutboundAnswer, with what was answered where it is no longer than is read. */
export type OutboundText =
  | { readonly outcome: 'answered'; readonly status: number; readonly body: string | undefined }
  | { readonly outcome: 'refused' | 'unreachable'; readonly because: string };

/** Asks addresses that people typed in, by the same rules. */
export interface OutboundReader {
  get(
    url: string,
    options?: {
      readonly headers?: Readonly<Record<string, string>>;
      /** What is read of the answer instead of 64 KiB. */
      readonly mostBytes?: number;
      /** Authorities trusted for this call instead of those of this machine, as PEM. */
      readonly ca?: string | undefined;
    },
  ): Promise<OutboundText>;
}

/** What is read of an answer, unless more is asked for: after this much the line is cut. */
const MOST_BYTES = 64 * 1024;

const resolveHere = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);

class Refused extends Error {}

const parse = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
};
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');

/** A sender that keeps the rules of this folder. Throws a RangeError on a range it cannot read. */
export const outbound = (rules: OutboundRules = {}): Outbound & OutboundReader => {
  const { ca, resolve = resolveHere, timeoutMs = 10_000 } = rules;
  const allowed = addressRanges(rules.allow ?? []);

  const problemOf = (text: string): string | undefined => {
    const url = parse(text);
    if (url === undefined) return 'is no URL';
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://';
    if (url.username !== '' || url.password !== '') return 'may not hold a name or password';
    if (url.hash !== '') return 'may not hold a fragment';
    const host = hostOf(url);
    const what = isIP(host) === 0 ? undefined : judgeAddress(host, allowed);
    if (what !== undefined) return `points to ${host} (${what}), which outbound_allow does not open`;
    if (url.protocol === 'http:' && host !== 'localhost' && !isLoopback(host)) return 'must begin with https://';
    return undefined;
  };

  /** The addresses of a URL, all of them judged: of a name with one good and one bad address neither is reached. */
  const judged = async (url: URL): Promise<readonly string[]> => {
    const host = hostOf(url);
    const addresses = isIP(host) === 0 ? await resolve(host) : [host];
    if (addresses.length === 0) throw new Error('ENOTFOUND');
    for (const address of addresses) {
      const what = judgeAddress(address, allowed);
      if (what !== undefined) throw new Refused(`${host} is ${address} (${what}), which outbound_allow does not open`);
      if (url.protocol === 'http:' && !isLoopback(address)) throw new Refused('http goes to loopback only');
    }
    return addresses;
  };

  const exchange = async (
    text: string,
    message: Pick<Message, 'method' | 'headers' | 'body'> & Partial<Pick<Message, 'ca' | 'mostBytes'>>,
  ): Promise<Answered | Exclude<OutboundAnswer, { outcome: 'answered' }>> => {
    const problem = problemOf(text);
    if (problem !== undefined) return { outcome: 'refused', because: `its URL ${problem}` };
    const url = new URL(text);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const addresses = await untilAborted(judged(url), signal);
      return await send(url, addresses, { mostBytes: MOST_BYTES, ...message, signal, ca: message.ca ?? ca });
    } catch (error) {
      if (error instanceof Refused) return { outcome: 'refused', because: error.message };
      return { outcome: 'unreachable', because: signal.aborted ? `no answer within ${timeoutMs} ms` : codeOf(error) };
    }
  };

  return {
    problemOf,
    post: async (text, message) => {
      const answer = await exchange(text, { method: 'POST', ...message });
      if (answer.outcome !== 'answered') return answer;
      const { outcome, status, retryAfterSeconds } = answer;
      return { outcome, status, retryAfterSeconds };
    },
    get: async (text, { headers = {}, ...options } = {}) => {
      const accept = { accept: 'application/json', ...headers };
      const answer = await exchange(text, { method: 'GET', headers: accept, body: '', ...options });
      if (answer.outcome !== 'answered') return answer;
      const { outcome, status, body } = answer;
      return { outcome, status, body };
    },
  };
};

interface Message {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
  readonly mostBytes: number;
}
/** `body` is undefined where it was longer than is read. */
interface Answered {
  readonly outcome: 'answered';
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly body: string | undefined;
}

/** What may be told of a failure: its code, never words of the other side. */
const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z0-9_]{1,60}$/.test(code) ? `it cannot be reached: ${code}` : 'it cannot be reached';
};

const untilAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('too late')), { once: true });
    work.then(resolve, reject);
  });

/** Connects to the addresses that were judged, never asking for the name again. */
const pinnedTo =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, found) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all === true) found(null, all);
    else found(null, first?.address ?? '', first?.family);
  };

const send = (url: URL, addresses: readonly string[], message: Message): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: message.method,
      agent: false,
      signal: message.signal,
      lookup: pinnedTo(addresses),
      maxHeaderSize: 16 * 1024,
      headers: {
        'user-agent': 'Reeve',
        ...message.headers,
        'content-length': String(Buffer.byteLength(message.body)),
        connection: 'close',
      },
    };
    const request =
      url.protocol === 'http:'
        ? plainRequest(url, options)
        : tlsRequest(url, {
            ...options,
            minVersion: 'TLSv1.2',
            ...(message.ca === undefined ? {} : { ca: message.ca }),
          });
    request.on('error', reject);
    request.on('response', (response) => {
      let read = 0;
      const pieces: Buffer[] = [];
      const done = (): void => {
        const after = Number(response.headers['retry-after']);
        resolve({
          outcome: 'answered',
          status: response.statusCode ?? 0,
          retryAfterSeconds: Number.isFinite(after) && after >= 0 ? after : undefined,
          body: read > message.mostBytes ? undefined : Buffer.concat(pieces).toString('utf8'),
        });
      };
      response.on('data', (piece: Buffer) => {
        read += piece.length;
        if (read <= message.mostBytes) {
          pieces.push(piece);
          return;
        }
        done();
        request.destroy();
      });
      response.on('end', done);
      response.on('error', reject);
    });
    request.end(message.body);
  });

import { Connection } from './connection.ts';
import { dial, place, type LdapAddress } from './dial.ts';
import type {
  LdapControl,
  LdapEntry,
  LdapMessage,
  LdapModification,
  LdapRequest,
  LdapResult,
  LdapSearch,
  LdapValue,
} from './entry.ts';
import { errorOf, LdapError, oneLine } from './ldap-error.ts';
import { askForPage, nextPage } from './paged-results.ts';

export interface LdapOptions {
  readonly address: LdapAddress;
  /** Certificates the server may show, as `tls-sha256:AB:CD:…`. Empty: nobody is trusted. */
  readonly pinned: readonly string[];
  /** Longest silence while an answer is owed, in milliseconds. */
  readonly answerMs: number;
  /** Largest single message; a group comes as one message with all its members. Default 256 MiB. */
  readonly maxMessageBytes?: number;
}

export interface SearchOptions {
  readonly controls?: readonly LdapControl[];
  /** Entries a page (RFC 2696). Absent: not paged, and the server's own limit ends it with an error. */
  readonly pageSize?: number;
  /** More entries than this is an error, not an end. */
  readonly maxEntries?: number;
  /** Longest time for the whole search, in milliseconds, the reader's own time included. */
  readonly wholeMs?: number;
  /**
   * What to do about parts that another server keeps. Default `refuse`, since without them the answer is not whole; or
   * whether one that is told by these addresses may be left out.
   */
  readonly references?: 'refuse' | 'ignore' | ((urls: readonly string[]) => boolean);
}

/** A connection to a directory server that was pinned. Nobody is bound yet. */
export interface Ldap {
  /** Simple bind (RFC 4513 §5.1). Answers what the server said, yes or no. An empty name or password throws `refused`: a server may take it for a yes. */
  tryBind(dn: string, password: string, controls?: readonly LdapControl[]): Promise<LdapResult>;
  /** The same, throwing LdapError unless it is a yes. */
  bind(dn: string, password: string, controls?: readonly LdapControl[]): Promise<LdapResult>;
  /** Entries one by one as they come. Stopping early is fine. Ends without error only when the server says it is whole. */
  search(search: LdapSearch, options?: SearchOptions): AsyncGenerator<LdapEntry, LdapResult>;
  /** The same with everything a server may send between (RFC 4511 §4.13), for synchronisation. Not paged. */
  searchMessages(search: LdapSearch, controls?: readonly LdapControl[]): AsyncGenerator<LdapMessage, LdapResult>;
  /** The entry of that name; undefined when there is none, or none that may be seen. */
  readEntry(
    dn: string,
    attributes: readonly string[],
    filter?: string,
    controls?: readonly LdapControl[],
  ): Promise<LdapEntry | undefined>;
  add(
    dn: string,
    attributes: Readonly<Record<string, readonly LdapValue[]>>,
    controls?: readonly LdapControl[],
  ): Promise<LdapResult>;
  modify(dn: string, changes: readonly LdapModification[], controls?: readonly LdapControl[]): Promise<LdapResult>;
  delete(dn: string, controls?: readonly LdapControl[]): Promise<LdapResult>;
  /** Renames and moves; the old name's value is dropped. `newRdn` is escaped already. */
  modifyDn(dn: string, newRdn: string, newSuperior?: string, controls?: readonly LdapControl[]): Promise<LdapResult>;
  extended(oid: string, value?: Buffer, controls?: readonly LdapControl[]): Promise<LdapResult>;
  /** Any request but a search; answers what the server said, whatever it was. */
  ask(request: LdapRequest, controls?: readonly LdapControl[]): Promise<LdapResult>;
  close(): void;
}

/** Looks who answers and hangs up: nothing but the TLS handshake is sent. */
export async function probeLdap(address: LdapAddress): Promise<{ readonly pin: string }> {
  const line = await dial(address);
  line.stream.destroy();
  return { pin: line.pin };
}

/** Connects. Throws LdapError `untrusted` before anything is sent to a server that is not pinned. */
export async function openLdap(options: LdapOptions): Promise<Ldap> {
  const { address, pinned } = options;
  const line = await dial(address);
  if (!pinned.includes(line.pin)) {
    line.stream.destroy();
    const expected = pinned.length === 0 ? 'nothing is pinned' : `pinned is ${pinned.join(' or ')}`;
    throw new LdapError(
      'untrusted',
      `${place(address)} is not the pinned server: it shows ${line.pin}, ${expected}; nothing was sent to it`,
    );
  }
  const limits = { answerMs: options.answerMs, maxMessageBytes: options.maxMessageBytes ?? 256 * 1024 * 1024 };
  return ldapOver(new Connection(line, address, limits), place(address));
}

function ldapOver(connection: Connection, at: string): Ldap {
  async function ask(request: LdapRequest, controls: readonly LdapControl[] = []): Promise<LdapResult> {
    const message = await connection.ask(request, controls).next();
    if (message?.kind === 'result') return message.result;
    throw new LdapError('failed', `${at} answers with something that was not asked for`);
  }

  async function must(what: string, request: LdapRequest, controls?: readonly LdapControl[]): Promise<LdapResult> {
    const result = await ask(request, controls);
    if (result.code !== 0) throw errorOf(at, what, result);
    return result;
  }

  async function tryBind(dn: string, password: string, controls?: readonly LdapControl[]): Promise<LdapResult> {
    // RFC 4513 §5.1.2: a bind without a password proves nothing, and many servers answer it with success.
    if (dn === '' || password === '') throw new LdapError('refused', 'a log-in needs a name and a password');
    return ask({ op: 'bind', dn, password }, controls);
  }

  async function* searchMessages(
    search: LdapSearch,
    controls: readonly LdapControl[] = [],
  ): AsyncGenerator<LdapMessage, LdapResult> {
    const answers = connection.ask({ op: 'search', ...search }, controls);
    try {
      for (;;) {
        const message = await answers.next();
        if (message === undefined) throw new LdapError('failed', `${at} ended a search without a result`);
        if (message.kind === 'result') return message.result;
        yield message;
      }
    } finally {
      answers.abandon();
    }
  }

  async function* search(what: LdapSearch, options: SearchOptions = {}): AsyncGenerator<LdapEntry, LdapResult> {
    const end = options.wholeMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + options.wholeMs;
    let seen = 0;
    let cookie: Buffer | undefined = Buffer.alloc(0);
    for (;;) {
      const paging = options.pageSize === undefined ? [] : [askForPage(options.pageSize, cookie)];
      const page = searchMessages(what, [...(options.controls ?? []), ...paging]);
      let step = await page.next();
      try {
        for (; step.done !== true; step = await page.next()) {
          if (performance.now() > end)
            throw new LdapError('failed', `${at}: the search took longer than ${options.wholeMs} ms`);
          if (step.value.kind === 'reference' && !mayBeLeftOut(step.value.urls, options.references))
            throw new LdapError(
              'failed',
              `${at}: part of ${label(what)} is on another server (${oneLine(step.value.urls[0] ?? '')})`,
            );
          if (step.value.kind !== 'entry') continue;
          seen += 1;
          if (seen > (options.maxEntries ?? Number.POSITIVE_INFINITY))
            throw new LdapError('failed', `${at}: ${label(what)} has more than ${options.maxEntries} entries`);
          yield step.value.entry;
        }
      } finally {
        if (step.done !== true) await page.return(nobody);
      }
      const result = step.value;
      if (result.code !== 0) throw errorOf(at, `search of ${label(what)}`, result);
      cookie = options.pageSize === undefined ? undefined : nextPage(result);
      if (!cookie) return result;
    }
  }

  return {
    ask,
    tryBind,
    search,
    searchMessages,
    async bind(dn, password, controls) {
      const result = await tryBind(dn, password, controls);
      if (result.code !== 0) throw errorOf(at, `log-in as ${oneLine(dn)}`, result);
      return result;
    },
    async readEntry(dn, attributes, filter = '(objectClass=*)', controls = []) {
      const page = searchMessages({ base: dn, scope: 'base', filter, attributes }, controls);
      let found: LdapEntry | undefined;
      let step = await page.next();
      for (; step.done !== true; step = await page.next()) if (step.value.kind === 'entry') found = step.value.entry;
      if (step.value.code === 32) return undefined;
      if (step.value.code !== 0) throw errorOf(at, `read ${oneLine(dn)}`, step.value);
      return found;
    },
    add: (dn, attributes, controls) => must(`add ${oneLine(dn)}`, { op: 'add', dn, attributes }, controls),
    modify: (dn, changes, controls) => must(`modify ${oneLine(dn)}`, { op: 'modify', dn, changes }, controls),
    delete: (dn, controls) => must(`delete ${oneLine(dn)}`, { op: 'delete', dn }, controls),
    modifyDn: (dn, newRdn, newSuperior, controls) =>
      must(
        `rename ${oneLine(dn)}`,
        { op: 'modify_dn', dn, newRdn, ...(newSuperior === undefined ? {} : { newSuperior }) },
        controls,
      ),
    extended: (oid, value, controls) =>
      must(`extended operation ${oid}`, { op: 'extended', oid, ...(value ? { value } : {}) }, controls),
    close: () => connection.close(),
  };
}

const mayBeLeftOut = (urls: readonly string[], references: SearchOptions['references'] = 'refuse'): boolean =>
  typeof references === 'function' ? references(urls) : references === 'ignore';

const label = (search: LdapSearch): string => (search.base === '' ? 'the root entry' : oneLine(search.base));

const nobody: LdapResult = { code: 88, matchedDn: '', diagnostic: 'abandoned', controls: [] };

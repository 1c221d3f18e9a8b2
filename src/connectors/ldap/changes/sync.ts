/**
 * Content synchronisation (RFC 4533), the part that refreshes and ends: what was added or changed since a cookie. What is gone the
 * server tells by entryUUIDs that nobody has a name for, if it tells it at all; so that part is not asked of it (see access-log.ts).
 */
import {
  ber,
  berInteger,
  berTag,
  readBer,
  resultCode,
  type BerElement,
  type LdapControl,
  type LdapMessage,
  type LdapResult,
} from '#kit/ldap/index.ts';
import type { Directory } from '../session.ts';

const requestOid = '1.3.6.1.4.1.4203.1.9.1.1';
const stateOid = '1.3.6.1.4.1.4203.1.9.1.2';
const doneOid = '1.3.6.1.4.1.4203.1.9.1.3';

/** More changes than this are no longer worth reading one by one. */
const MOST_CHANGES = 20_000;

export interface SyncOutcome {
  readonly cookie: string;
  /** entryUUIDs of what was added or changed. */
  readonly changed: ReadonlySet<string>;
}

/** Where synchronisation begins; undefined where the server has none. */
export async function syncCookie(directory: Directory): Promise<string | undefined> {
  if (!directory.controls.has(requestOid)) return undefined;
  const { result } = await refresh(directory, 'base', undefined);
  return result.code === 0 ? cookieOf(result) : undefined;
}

/** Undefined where the server no longer knows that cookie, or so much changed that a whole reading is shorter. */
export async function syncSince(directory: Directory, cookie: string): Promise<SyncOutcome | undefined> {
  if (!directory.controls.has(requestOid)) return undefined;
  const { result, changed } = await refresh(directory, 'sub', cookie);
  if (result.code !== 0 || changed.size > MOST_CHANGES) return undefined;
  return { cookie: cookieOf(result) ?? cookie, changed };
}

async function refresh(
  { ldap, base, at }: Directory,
  scope: 'base' | 'sub',
  cookie: string | undefined,
): Promise<{ result: LdapResult; changed: ReadonlySet<string> }> {
  const refreshOnly = berInteger(1, berTag.enumerated);
  const request: LdapControl = {
    oid: requestOid,
    critical: true,
    value: ber(berTag.sequence, refreshOnly, ...(cookie === undefined ? [] : [ber(berTag.octets, cookie)])),
  };
  const changed = new Set<string>();
  const search = { base, scope, filter: '(objectClass=*)', attributes: ['1.1'] } as const;
  const messages = ldap.searchMessages(search, [request]);
  let step = await messages.next();
  for (; step.done !== true && changed.size <= MOST_CHANGES; step = await messages.next()) note(step.value, changed);
  if (step.done !== true) {
    await messages.return(given(at));
    return { result: given(at), changed };
  }
  return { result: step.value, changed };
}

const given = (at: string): LdapResult => ({
  code: resultCode.adminLimitExceeded,
  matchedDn: '',
  diagnostic: `too many changes at ${at}`,
  controls: [],
});

/** Changed entries come with their state: add (1) or modify (2); present (0) says that one is unchanged. */
function note(message: LdapMessage, changed: Set<string>): void {
  if (message.kind !== 'entry') return;
  const value = message.entry.controls.find((control) => control.oid === stateOid)?.value;
  const [state, uuid] = value ? inside(value) : [];
  if (uuid && (state?.content[0] === 1 || state?.content[0] === 2)) changed.add(uuidText(uuid.content));
}

function cookieOf(result: LdapResult): string | undefined {
  const value = result.controls.find((control) => control.oid === doneOid)?.value;
  const cookie = value && inside(value).find((field) => field.tag === berTag.octets);
  return cookie?.content.toString('utf8');
}

const inside = (value: Buffer): readonly BerElement[] => {
  const [sequence] = readBer(value);
  return sequence ? [...readBer(sequence.content)] : [];
};

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');

/** A log-in to the directory as Reeve's account, for one call. */
import {
  errorOf,
  LdapError,
  normalDn,
  openLdap,
  parseDn,
  resultCode,
  type Ldap,
  type LdapAddress,
  type LdapEntry,
  type LdapResult,
} from '#kit/ldap/index.ts';
import { TargetError, type Target } from '../port.ts';
import { shown } from './names.ts';
import { policyRequest, policyVerdict, type PolicyVerdict } from './password-policy.ts';
import { settingsOf, type LdapSettings } from './settings.ts';

export interface Directory {
  readonly ldap: Ldap;
  readonly settings: LdapSettings;
  /** `host:port` for messages. */
  readonly at: string;
  /** The account Reeve works with, in normal spelling. */
  readonly management: string;
  readonly base: string;
  readonly accountsBase: string;
  readonly groupsBase: string;
  /** The naming contexts of the server, logs and all. */
  readonly contexts: readonly string[];
  /** OIDs of controls the server takes. */
  readonly controls: ReadonlySet<string>;
}

export const addressOf = (target: Target, settings: LdapSettings): LdapAddress => ({
  host: target.host,
  port: target.port,
  tls: settings.tls,
  connectMs: settings.connectSeconds * 1000,
});

/** Connects to the pinned server; nobody is logged in yet. */
export async function connectTo(target: Target, settings: LdapSettings): Promise<Ldap> {
  return openLdap({
    address: addressOf(target, settings),
    pinned: target.pinned,
    answerMs: settings.timeoutSeconds * 1000,
  });
}

/** Logs in, acts and hangs up. LdapErrors come out as TargetErrors. */
export async function withDirectory<Result>(
  target: Target,
  act: (directory: Directory) => Promise<Result>,
): Promise<Result> {
  return asTargetError(async () => {
    const directory = await openDirectory(target);
    try {
      return await act(directory);
    } finally {
      directory.ldap.close();
    }
  });
}

/** The caller closes `ldap`. */
export async function openDirectory(target: Target): Promise<Directory> {
  const settings = settingsOf(target);
  const { credential } = target;
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', 'a directory takes passwords only; this credential is something else');
  const ldap = await connectTo(target, settings);
  try {
    const management = managementDn(credential.username);
    const at = `${target.host}:${target.port}`;
    accepted(at, credential.username, await ldap.tryBind(credential.username, credential.password, [policyRequest]));
    const root = await ldap.readEntry('', ['namingContexts', 'supportedControl']);
    const contexts = root?.texts('namingContexts') ?? [];
    const base = settings.base === '' ? onlyContext(contexts) : settings.base;
    return {
      ldap,
      settings,
      at,
      management,
      base,
      accountsBase: settings.accountsBase === '' ? base : settings.accountsBase,
      groupsBase: settings.groupsBase === '' ? base : settings.groupsBase,
      contexts,
      controls: new Set(root?.texts('supportedControl')),
    };
  } catch (error) {
    ldap.close();
    throw error;
  }
}

const why: Partial<Record<PolicyVerdict, string>> = {
  password_expired: 'its password has expired',
  account_locked: 'the account is locked',
  must_change: 'its password must be changed first',
};

/** Throws unless the log-in was accepted and is good for more than changing the password. */
function accepted(at: string, username: string, result: LdapResult): void {
  const verdict = policyVerdict(result);
  if (result.code === resultCode.success && verdict !== 'must_change') return;
  if (result.code !== resultCode.success && result.code !== resultCode.invalidCredentials)
    throw errorOf(at, `log-in as ${shown(username)}`, result);
  const reason = (verdict && why[verdict]) ?? 'name or password is wrong, or the account may not log in';
  throw new TargetError('refused', `${at} does not accept the credential of \`${shown(username)}\`: ${reason}`);
}

function managementDn(username: string): string {
  try {
    if (parseDn(username).length > 0) return normalDn(username);
  } catch {
    // Said below, with what to do.
  }
  throw new TargetError(
    'refused',
    'Reeve logs in to a directory by the whole name of its account, for instance `cn=reeve,ou=services,dc=example,dc=com`',
  );
}

/** Contexts that keep records about the server rather than people. */
const ownAffairs = /^cn=(?:accesslog|log|changelog|config|monitor|schema)$/iu;

function onlyContext(contexts: readonly string[]): string {
  const keeping = contexts.filter((context) => !ownAffairs.test(context));
  const [only] = keeping;
  if (only !== undefined && keeping.length === 1) return only;
  throw new TargetError(
    'unsupported',
    keeping.length === 0
      ? 'the directory does not tell its naming context; name one in the setting `base`'
      : `the directory has several naming contexts (${keeping.join('; ')}); name one in the setting \`base\``,
  );
}

/** Runs `act`; what the client throws comes out in the words of the port. */
export async function asTargetError<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw targetError(error);
  }
}

export function targetError(error: unknown): unknown {
  if (!(error instanceof LdapError)) return error;
  const limit = error.resultCode === 4 || error.resultCode === 11;
  const advice = limit ? '; give the account of Reeve no size limit (olcLimits)' : '';
  return new TargetError(error.code, `${error.message}${advice}`);
}

/** All entries of one search, for searches that find few. */
export async function entriesOf(found: AsyncIterable<LdapEntry>): Promise<readonly LdapEntry[]> {
  const entries: LdapEntry[] = [];
  for await (const entry of found) entries.push(entry);
  return entries;
}

/** LDAP directories (OpenLDAP). See README.md for the native ids, the settings and what Reeve's account needs. */
import { probeLdap, resultCode } from '#kit/ldap/index.ts';
import {
  inTurn,
  TargetError,
  type Change,
  type Connector,
  type Credential,
  type Reading,
  type Target,
} from '../port.ts';
import { carryOut } from './change/carry-out.ts';
import { checkNames, planChange } from './change/plan-change.ts';
import { readChangesSince } from './changes/read-changes.ts';
import { inspectDirectory } from './inspect/index.ts';
import { isDnId } from './names.ts';
import { policyRequest } from './password-policy.ts';
import { findAccount, readOne } from './read/read-one.ts';
import { readPieces } from './read/read-pieces.ts';
import { rows } from './read/read-rows.ts';
import { packResume, unpackResume } from './read/resume.ts';
import {
  addressOf,
  asTargetError,
  connectTo,
  openDirectory,
  targetError,
  withDirectory,
  type Directory,
} from './session.ts';
import { ldapSettings, settingsOf } from './settings.ts';

const now = (): string => new Date().toISOString();

export const ldapConnector: Connector = {
  kind: 'ldap',
  settings: ldapSettings,
  credentials: ['password'],

  async probe(target) {
    const settings = settingsOf(target);
    if (target.pinned.length === 0) {
      const { pin } = await asTargetError(() => probeLdap(addressOf(target, settings)));
      return { pins: [pin], version: 'LDAP 3', proved: false };
    }
    return withDirectory(target, async ({ ldap, base }) => {
      const root = await ldap.readEntry('', ['vendorName', 'vendorVersion', 'structuralObjectClass']);
      const vendor = [root?.text('vendorName'), root?.text('vendorVersion')].filter((part) => part !== undefined);
      const kind = root?.text('structuralObjectClass') === 'OpenLDAProotDSE' ? ['OpenLDAP'] : [];
      const name = [...(vendor.length > 0 ? vendor : kind), 'LDAP 3'].join(', ');
      return { pins: target.pinned, version: `${name}, ${base}`, proved: true };
    });
  },

  read: (target) =>
    withDirectory(target, async (directory) => {
      const whole = { accounts: [], entitlements: [], holdings: [], nesting: [] } as Mutable;
      for await (const piece of readPieces(directory, { now: now() })) {
        for (const row of piece.accounts ?? []) whole.accounts.push(row);
        for (const row of piece.entitlements ?? []) whole.entitlements.push(row);
        for (const row of piece.holdings ?? []) whole.holdings.push(row);
        for (const row of piece.nesting ?? []) whole.nesting.push(row);
        if (piece.whole?.mark !== undefined) whole.mark = piece.whole.mark;
      }
      return whole;
    }),

  async *readInPieces(target, from) {
    const settings = settingsOf(target);
    const resume = from === undefined ? undefined : unpackResume(from, settings);
    const directory = await asTargetError(() => openDirectory(target));
    try {
      const pack = (point: Parameters<typeof packResume>[0]): string => packResume(point, settings);
      yield* readPieces(directory, { from: resume, now: now(), pack });
    } catch (error) {
      throw targetError(error);
    } finally {
      directory.ldap.close();
    }
  },

  readChanges: (target, since) => withDirectory(target, (directory) => readChangesSince(directory, since, now())),

  readAccount: (target, account) => withDirectory(target, (directory) => readOne(directory, account, now())),

  together: (target, work) =>
    withDirectory(target, (directory) =>
      work(
        inTurn({
          readAccount: (account) => readOne(directory, account, now()),
          apply: (change) => applyIn(directory, change),
        }),
      ),
    ),

  async preview(target, change) {
    settingsOf(target);
    checkNames(change);
    return withDirectory(target, async (directory) => {
      const { summary, needed } = await planChange(directory, change, now());
      return { summary, needed };
    });
  },

  async apply(target, change) {
    settingsOf(target);
    checkNames(change);
    return withDirectory(target, (directory) => applyIn(directory, change));
  },

  async verify(target, credential) {
    const dn = await bindNameOf(target, credential);
    return dn === undefined ? false : tryLogin(target, dn, credential);
  },

  rows,

  inspect: async (target, limits) => {
    const reading = await ldapConnector.read(target);
    return withDirectory(target, (directory) => inspectDirectory(directory, reading, limits));
  },
};

async function applyIn(directory: Directory, change: Change): Promise<{ changed: boolean }> {
  checkNames(change);
  const plan = await planChange(directory, change, now());
  if (plan.needed) await carryOut(directory, plan);
  return { changed: plan.needed };
}

type Mutable = { -readonly [Key in keyof Reading]: Reading[Key] extends readonly (infer Row)[] ? Row[] : Reading[Key] };

/** The name a credential binds as; undefined where there is no such account. Looking it up takes Reeve's own log-in. */
async function bindNameOf(target: Target, credential: Credential): Promise<string | undefined> {
  if (isDnId(credential.username)) return credential.username;
  return withDirectory(target, async (directory) => {
    const found = await findAccount(directory, credential.username);
    return found && 'entry' in found ? found.entry.dn : undefined;
  });
}

/** Codes of a log-in that the server refuses for what it is, whatever the reason: wrong, locked, expired, without a password. */
const refusals: ReadonlySet<number> = new Set([
  resultCode.invalidCredentials,
  resultCode.inappropriateAuthentication,
  resultCode.unwillingToPerform,
  resultCode.insufficientAccessRights,
  resultCode.noSuchObject,
  resultCode.invalidDnSyntax,
]);

async function tryLogin(target: Target, dn: string, credential: Credential): Promise<boolean> {
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', 'a directory takes passwords only; this credential is something else');
  const settings = settingsOf(target);
  return asTargetError(async () => {
    const ldap = await connectTo(target, settings);
    try {
      if (credential.password === '') return false;
      const result = await ldap.tryBind(dn, credential.password, [policyRequest]);
      if (result.code === 0) return true;
      if (refusals.has(result.code)) return false;
      throw new TargetError('failed', `${target.host}:${target.port} answers a log-in with result ${result.code}`);
    } finally {
      ldap.close();
    }
  });
}

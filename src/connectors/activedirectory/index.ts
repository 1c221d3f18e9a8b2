/** Active Directory over LDAPS. See README.md for the native ids, the settings and what Reeve's account needs there. */
import {
  inTurn,
  TargetError,
  type AccountLook,
  type Change,
  type Connector,
  type Credential,
  type ReadingPiece,
  type Target,
} from '../port.ts';
import { readState, type AccountState } from './change/account-state.ts';
import { checkNames, sameName } from './change/names.ts';
import { usablePassword } from './change/password.ts';
import { planChange, type Plan } from './change/plan-change.ts';
import { carryOut } from './change/steps.ts';
import { tryAccount, tryLogin } from './change/try-login.ts';
import {
  asTargetError,
  openDirectory,
  ownLoginName,
  plainName,
  pinsOf,
  targetError,
  withDirectory,
  type Directory,
} from './directory.ts';
import { inspectDomain } from './inspect/index.ts';
import { readGroups } from './read/group-graph.ts';
import { holdingsOf, memberAccount, readMember } from './read/member.ts';
import { changesSince } from './read/read-changes.ts';
import { readPrivileges } from './read/read-privileges.ts';
import { rows } from './read/read-rows.ts';
import { wholeInPieces, wholeReading } from './read/read-whole.ts';
import { activeDirectorySettings } from './settings.ts';

export const activeDirectoryConnector: Connector = {
  kind: 'activedirectory',
  settings: activeDirectorySettings,
  credentials: ['password'],

  async probe(target) {
    if (target.pinned.length === 0) return { pins: await pinsOf(target), version: 'LDAP over TLS', proved: false };
    return withDirectory(target, async ({ domain }) => ({
      pins: target.pinned,
      version: domain.version,
      proved: true,
    }));
  },

  read: (target) => withDirectory(target, wholeReading),

  async *readInPieces(target, from): AsyncGenerator<ReadingPiece> {
    const directory = await asTargetError(() => openDirectory(target));
    try {
      yield* wholeInPieces(directory, from);
    } catch (error) {
      throw targetError(error);
    } finally {
      directory.ldap.close();
    }
  },

  readChanges: (target, since) => withDirectory(target, (directory) => changesSince(directory, since)),

  readAccount: (target, account) => withDirectory(target, (directory) => readOne(directory, account)),

  together: (target, work) =>
    withDirectory(target, (directory) =>
      work(
        inTurn({
          readAccount: (account) => readOne(directory, account),
          apply: (change) => applyIn(target, directory, change),
        }),
      ),
    ),

  async preview(target, change) {
    checkNames(change);
    return withDirectory(target, async (directory) => {
      const { summary, needed } = await plan(target, directory, change);
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withDirectory(target, (directory) => applyIn(target, directory, change));
  },

  verify: (target, credential) => asTargetError(() => proves(target, credential)),

  rows,

  inspect: (target, limits) => withDirectory(target, (directory) => inspectDomain(directory, limits)),
};

async function readOne(directory: Directory, account: string): Promise<AccountLook> {
  const state = await readState(directory, account);
  if (!state) return undefined;
  const graph = await readGroups(directory);
  const { privileges } = await readPrivileges(directory, graph);
  const member = await readMember(directory, graph, state.entry);
  return { account: memberAccount(member, privileges.ofAccount(member)), holdings: holdingsOf(member) };
}

async function applyIn(target: Target, directory: Directory, change: Change): Promise<{ changed: boolean }> {
  checkNames(change);
  const made = await plan(target, directory, change);
  if (made.needed) await carryOut(directory.ldap, made.steps, made.undo);
  return { changed: made.needed };
}

async function plan(target: Target, directory: Directory, change: Change): Promise<Plan> {
  const state = await readState(directory, change.account);
  const fits =
    change.do === 'set_password' &&
    state !== undefined &&
    (await hasPassword(target, directory, state, change.password));
  return planChange(directory, change, state, fits);
}

/** Whether it is the password already, and the account can use it. Where no try is to be had, it counts as new. */
async function hasPassword(
  target: Target,
  directory: Directory,
  state: AccountState,
  password: string,
): Promise<boolean> {
  try {
    const { fits, stale } = await tryAccount(target, directory, state, usablePassword(password));
    return fits === true && !stale;
  } catch (error) {
    if (error instanceof TargetError && error.code === 'failed') return false;
    throw error;
  }
}

async function proves(target: Target, credential: Credential): Promise<boolean> {
  if (credential.kind !== 'password')
    throw new TargetError('unsupported', `a domain controller takes a user name and a password, no ${credential.kind}`);
  const { username, password } = credential;
  if (password === '') return false;
  const plain = plainName(username);
  // While Reeve's own password changes, only one of the two that are known opens the directory: the one to be proved.
  if (sameName(plain, plainName(target.credential.username)))
    return (await tryLogin(target, await ownLoginName(target), password)).opens;
  return withDirectory(target, async (directory) => {
    const state = await readState(directory, plain);
    if (!state) return false;
    return (await tryAccount(target, directory, state, password)).opens;
  });
}

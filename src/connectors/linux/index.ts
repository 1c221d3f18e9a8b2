/** Linux hosts over SSH. See README.md for the native ids, the settings and what root is needed for. */
import { inTurn, TargetError, type AccountLook, type Change, type Connector, type Target } from '../port.ts';
import { buildReading, readOne } from './read/build-reading.ts';
import { hostState, userNamed, type HostState } from './read/host-state.ts';
import { samePasswordScript } from './change/account-scripts.ts';
import { checkNames } from './change/names.ts';
import { inspectHost } from './inspect/index.ts';
import { isolationOver } from './isolation/index.ts';
import type { Plan } from './change/plan.ts';
import { planChange } from './change/plan-change.ts';
import { linuxDependants } from './dependants/keep-dependants.ts';
import { isLocked } from './read/privilege.ts';
import { readScript } from './read/read-script.ts';
import { runScript } from './ssh/script.ts';
import { linuxSettings, settingsOf, type LinuxSettings } from './settings.ts';
import { trustOver } from './trust/trust.ts';
import { openSession, readHostKeys, showsCertificate, tryLogin, type SshAddress } from './ssh/connect.ts';
import type { SshSession } from './ssh/session.ts';

export const linuxConnector: Connector = {
  kind: 'linux',
  settings: linuxSettings,
  credentials: ['password', 'ssh_key'],

  async probe(target) {
    const address = addressOf(target, settingsOf(target));
    if (target.pinned.length === 0) {
      const { pins, ident } = await readHostKeys(address);
      return { pins, version: ident, proved: false };
    }
    return withSession(target, async (session, settings) => {
      const sections = await runScript(
        session,
        `[ "$(id -u)" = 0 ] || die 'the account of Reeve is not root here'\nS os; sed -n 's/^PRETTY_NAME=//p' /etc/os-release`,
        rootBy(target, settings),
      );
      const os =
        sections
          .find((section) => section.words[0] === 'os')
          ?.text.trim()
          .replaceAll('"', '') ?? '';
      return { pins: target.pinned, version: os === '' ? session.ident : `${os}, ${session.ident}`, proved: true };
    });
  },

  read: (target) =>
    withSession(target, async (session, settings) => buildReading(await look(target, session, settings))),

  readAccount: (target, account) =>
    withSession(target, async (session, settings) => accountIn(await look(target, session, settings), account)),

  together: (target, work) =>
    withSession(target, (session, settings) =>
      work(
        inTurn({
          readAccount: async (account) => accountIn(await look(target, session, settings), account),
          apply: (change) => applyOn(target, session, settings, change),
        }),
      ),
    ),

  async preview(target, change) {
    checkNames(change);
    return withSession(target, async (session, settings) => {
      const { summary, needed } = await plan(target, change, session, settings);
      return { summary, needed };
    });
  },

  async apply(target, change) {
    checkNames(change);
    return withSession(target, (session, settings) => applyOn(target, session, settings, change));
  },

  inspect: (target, limits) =>
    withSession(target, (session, settings) => inspectHost(session, rootBy(target, settings), limits)),

  async verify(target, credential) {
    const settings = settingsOf(target);
    if (settings.proof === 'login' || credential.kind !== 'password') {
      return tryLogin(addressOf(target, settings), credential, target.pinned);
    }
    return withSession(target, async (session) => provedByHost(target, credential, session, settings));
  },

  dependants: linuxDependants(
    (target, act) => withSession(target, act),
    (target, settings) => rootBy(target, settings),
  ),
  sshTrust: trustOver(
    (target, act) => withSession(target, (session, settings) => act(session, rootBy(target, settings))),
    (target, key, certificate) => showsCertificate(addressOf(target, settingsOf(target)), key, certificate),
  ),
  isolation: isolationOver(async (target) => {
    const settings = settingsOf(target);
    const session = await openSession(addressOf(target, settings), target.credential, target.pinned);
    return { session, options: rootBy(target, settings) };
  }),
};

const accountIn = (state: HostState, account: string): AccountLook => {
  const user = userNamed(state, account);
  return user && readOne(user, state);
};

async function applyOn(
  target: Target,
  session: SshSession,
  settings: LinuxSettings,
  change: Change,
): Promise<{ changed: boolean }> {
  checkNames(change);
  const { needed, script, secrets } = await plan(target, change, session, settings);
  if (needed) await runScript(session, script, { ...rootBy(target, settings), secrets });
  return { changed: needed };
}

const addressOf = (target: Target, settings: LinuxSettings): SshAddress => ({
  host: target.host,
  port: target.port,
  connectMs: settings.connectSeconds * 1000,
});

const rootBy = (target: Target, settings: LinuxSettings): { become: boolean; timeoutMs: number } => ({
  become: settings.become === 'sudo' || (settings.become === 'auto' && target.credential.username !== 'root'),
  timeoutMs: settings.timeoutSeconds * 1000,
});

async function withSession<Result>(
  target: Target,
  act: (session: SshSession, settings: LinuxSettings) => Promise<Result>,
): Promise<Result> {
  const settings = settingsOf(target);
  const session = await openSession(addressOf(target, settings), target.credential, target.pinned);
  try {
    return await act(session, settings);
  } finally {
    session.close();
  }
}

async function look(target: Target, session: SshSession, settings: LinuxSettings): Promise<HostState> {
  return hostState(await runScript(session, readScript({ logins: true }), rootBy(target, settings)));
}

/** What `proof: host` means: the stored hash fits, and the account is not locked. */
async function provedByHost(
  target: Target,
  credential: { readonly username: string; readonly password: string },
  session: SshSession,
  settings: LinuxSettings,
): Promise<boolean> {
  const { username, password } = credential;
  const script = `${readScript({ logins: false, keysOf: username })}\n${samePasswordScript(username, password)}`;
  const sections = await runScript(session, script, { ...rootBy(target, settings), secrets: [password] });
  const user = userNamed(hostState(sections), username);
  const same = sections.find((section) => section.words[0] === 'same')?.text.trim();
  if (!user) return false;
  if (same === 'yes' || same === 'no') return same === 'yes' && !isLocked(user) && user.password !== 'locked';
  if (user.password !== 'set') return false;
  throw new TargetError(
    'unsupported',
    `${target.host} cannot compare a password (it has no perl); use \`proof: login\``,
  );
}

/** Reads what a change depends on, and plans it. */
async function plan(target: Target, change: Change, session: SshSession, settings: LinuxSettings): Promise<Plan> {
  const setting = change.do === 'set_password' ? change : undefined;
  const asked = setting ? `\n${samePasswordScript(setting.account, setting.password)}` : '';
  const secrets = setting ? [setting.password] : [];
  const sections = await runScript(session, `${readScript({ logins: false, keysOf: change.account })}${asked}`, {
    ...rootBy(target, settings),
    secrets,
  });
  const same = sections.find((section) => section.words[0] === 'same')?.text.trim();
  return planChange(hostState(sections), change, {
    management: target.credential.username,
    shell: settings.shell,
    samePassword: same === 'yes' ? true : undefined,
  });
}

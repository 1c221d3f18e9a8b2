/** Certificates as a way into a Linux host: what its sshd trusts, set up so that nobody is locked out by it. */
import { parsePublicKey, type SshPublicKey } from '#kit/ssh-certificates/index.ts';
import { fingerprintOf } from '../ssh/connect.ts';
import { runScript, type RunOptions, type Section } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { TargetError, type SshTrust, type Target, type TrustLook } from '../../port.ts';
import {
  backHostScript,
  backScript,
  filesScript,
  FOLDER,
  hostScript,
  keepHostScript,
  keepScript,
  lookScript,
  setUpScript,
} from './trust-scripts.ts';

/** Whether the target, asked as whoever connects asks it, shows a certificate of a key. */
type Shows = (target: Target, key: SshPublicKey, certificate: Buffer) => Promise<boolean>;
type WithRoot = <T>(target: Target, act: (session: SshSession, options: RunOptions) => Promise<T>) => Promise<T>;

/** Over one connection, as root; it stays open while a set-up is proved, so that it can be taken back when no other gets in. */
export const trustOver = (withRoot: WithRoot, shows: Shows): SshTrust => ({
  look: (target) =>
    withRoot(target, async (session, options) => found(target, await runScript(session, lookScript, options)).look),

  setUp: (target, wanted, prove) =>
    withRoot(target, async (session, options) => {
      const before = found(target, await runScript(session, lookScript, options));
      refuseOthers(target, before.config);
      const sections = await runScript(session, setUpScript(wanted), options);
      try {
        await waitForReload(prove);
      } catch (cause) {
        await runScript(session, backScript, options);
        const why = cause instanceof Error ? cause.message : 'no reason';
        throw new TargetError(
          'failed',
          `a log-on with a certificate was not possible, so ${target.host} is as it was: ${why}`,
          {
            cause,
          },
        );
      }
      await runScript(session, keepScript, options);
      return { changed: sections.some(({ words }) => words[0] === 'changed' && words[1] === '1') };
    }),

  certifyHost: (target, certificate) =>
    withRoot(target, async (session, options) => {
      const before = found(target, await runScript(session, lookScript, options));
      const other = before.config.get('hostcertificate')?.find((path) => path !== `${FOLDER}/host_key-cert.pub`);
      if (other !== undefined && other !== 'none')
        throw new TargetError(
          'refused',
          `sshd of ${target.host} shows ${other} already; take that out of its configuration first, or leave that host as it is`,
        );
      const key = parsePublicKey(before.look.hostKey, '/hostKey');
      const blob = Buffer.from(certificate.split(' ')[1] ?? '', 'base64');
      const sections = await runScript(session, hostScript(certificate), options);
      try {
        await waitForReload(async () => {
          if (!(await shows(target, key, blob)))
            throw new TargetError('failed', `${target.host} does not show the certificate to whoever connects`);
        });
      } catch (cause) {
        await runScript(session, backHostScript, options);
        const why = cause instanceof Error ? cause.message : 'no reason';
        throw new TargetError('failed', `${why}, so it is as it was`, { cause });
      }
      await runScript(session, keepHostScript, options);
      return { changed: sections.some(({ words }) => words[0] === 'changed' && words[1] === '1') };
    }),

  refresh: (target, wanted) =>
    withRoot(target, async (session, options) => {
      const sections = await runScript(
        session,
        `[ -d ${FOLDER} ] || refuse 'certificates are not set up there (any more)'\n${filesScript(wanted)}S changed $CHANGED`,
        options,
      );
      return { changed: sections.some(({ words }) => words[0] === 'changed' && words[1] === '1') };
    }),
});

/** sshd closes its listeners for a moment when it reads its configuration again. */
async function waitForReload(prove: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await prove();
    } catch (error) {
      if (tries === 5) throw error;
      await new Promise((done) => setTimeout(done, 400));
    }
  }
}

type Config = ReadonlyMap<string, readonly string[]>;

function found(target: Target, sections: readonly Section[]): { readonly look: TrustLook; readonly config: Config } {
  const textOf = (name: string): string => sections.find(({ words }) => words[0] === name)?.text ?? '';
  const config = new Map<string, string[]>();
  for (const line of textOf('config').split('\n')) {
    const [key = '', ...value] = line.trim().split(' ');
    if (key !== '') config.set(key, [...(config.get(key) ?? []), value.join(' ')]);
  }
  const keys = sections
    .filter(({ words }) => words[0] === 'hostkey')

    .map(({ text }) => ({ line: text.trim().split(' ').slice(0, 2).join(' ') }));
  const pinned = keys.filter(({ line }) =>
    target.pinned.includes(fingerprintOf(Buffer.from(line.split(' ')[1] ?? '', 'base64'))),
  );
  const key = pinned.find(({ line }) => line.startsWith('ssh-ed25519 ')) ?? pinned[0];
  if (key === undefined)
    throw new TargetError(
      'refused',
      `no host key of ${target.host} is one that is pinned, so none of them is certified`,
    );
  const digest = /^[0-9a-f]{64}/u.exec(textOf('krl').trim())?.[0];
  return {
    config,
    look: {
      hostKey: key.line,
      setUp: config.get('trustedusercakeys')?.[0] === `${FOLDER}/user_ca.pub`,
      revokedSha256: digest,
      userAuthorities: textOf('authorities')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    },
  };
}

/** Whoever comes in by another authority, or by another list of principals, would be shut out. A person decides about that. */
function refuseOthers(target: Target, config: Config): void {
  for (const key of ['trustedusercakeys', 'authorizedprincipalsfile', 'authorizedprincipalscommand', 'revokedkeys']) {
    const value = config.get(key)?.[0] ?? 'none';
    if (value === 'none' || value.startsWith(`${FOLDER}/`)) continue;
    throw new TargetError(
      'refused',
      `sshd of ${target.host} has ${key} ${value} already; take that out of its configuration first, or leave that host as it is`,
    );
  }
}

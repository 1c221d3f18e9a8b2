/** A closer look at a host: one script for what is there, a second for the programs root runs, a third for what these run in turn. */
import { inOrder, type Inspection, type InspectionLimits } from '../../port.ts';
import { hostState } from '../read/host-state.ts';
import { readScript } from '../read/read-script.ts';
import { runScript, word, type RunOptions, type Section } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { accessScript } from './access-script.ts';
import { aclsOf, linesOf, type SeenHost } from './access.ts';
import { readingOf } from './content/read.ts';
import { contentScript } from './content/script.ts';
import { inspectScript } from './inspect-script.ts';
import { observeAccounts } from './observe-accounts.ts';
import { observeDoors } from './observe-doors.ts';
import { observeCapabilities, observeModes, observeSetuid } from './observe-files.ts';
import { keySightings, observePrivateKeys } from './observe-keys.ts';
import { logonsOf } from './observe-logons.ts';
import { observeReach, reachLeftOut } from './observe-reach.ts';
import { filesOf, observeRuns, pathsAsked, runsOf } from './observe-runs.ts';
import { observeSecrets } from './observe-secrets.ts';
import { innerRuns } from './obeyed/runs.ts';
import { obeyedScript, textsScript } from './obeyed/script.ts';
import { observeOpened } from './opened/observe.ts';
import { openedScript } from './opened/script.ts';

/** Files that are asked about by name in the second script. */
const MOST_ASKED = 1_500;
/** Scripts among them whose text is looked at for what they run in turn. */
const MOST_TEXTS = 300;

export async function inspectHost(session: SshSession, run: RunOptions, limits: InspectionLimits): Promise<Inspection> {
  const options = { ...run, timeoutMs: limits.seconds * 1000 };
  const first = [readScript({ logins: true }), inspectScript(limits), obeyedScript, openedScript].join('\n');
  const sections = await runScript(session, first, options);
  const state = hostState(sections);
  const runs = runsOf(sections, state);
  const content = readingOf(sections, limits);
  const asked = pathsAsked(runs);
  const second = accessScript({
    asked: asked.slice(0, MOST_ASKED),
    known: pathsKnown(sections),
  });
  const texts = asked.filter((path) => !/^\/(?:usr\/)?lib(?:exec|64)?\//u.test(path)).slice(0, MOST_TEXTS);
  const named = await runScript(
    session,
    [second, textsScript(texts.map(word)), contentScript(content.wanted, limits)].join('\n'),
    options,
  );
  const { keys: files, secrets, guessed, memory, spared, cut } = content.together(named);
  const inner = innerRuns(runs, named);
  const known = new Set(asked);
  const further = pathsAsked(inner)
    .filter((path) => !known.has(path))
    .slice(0, MOST_ASKED);
  const kept = [...files, ...secrets].map(({ path }) => path);
  const more =
    further.length + kept.length === 0
      ? named
      : [...named, ...(await runScript(session, accessScript({ asked: further, known: kept }), options))];
  const { acls, unread } = aclsOf(more);
  const host: SeenHost = { ...state, acls };
  return {
    observations: inOrder([
      ...observeAccounts(state, Math.floor(limits.now.getTime() / 86_400_000)),
      ...observeSetuid(sections, host),
      ...observeCapabilities(sections),
      ...observeModes(sections, host),
      ...observeRuns([...runs, ...inner], filesOf(more), host),
      ...observeOpened(sections, host),
      ...observeDoors(sections, state),
      ...observeReach(sections, host, guessed),
      ...observePrivateKeys(files, host),
      ...observeSecrets(secrets, host),
    ]),
    keys: keySightings(host, files),
    logons: logonsOf(sections, limits.logonsSince, limits.now),
    memory,
    spared,
    masters: state.users.filter((user) => user.uid === 0).map((user) => user.name),
    leftOut: [
      ...reachLeftOut(sections, guessed),
      ...(unread > 0
        ? [
            {
              kind: 'writable_file',
              because: `${unread} files have access lists, and neither getfacl nor perl is installed there`,
            },
          ]
        : []),
      ...(asked.length > MOST_ASKED
        ? [{ kind: 'root_runs_writable', because: `more than ${MOST_ASKED} programs are run by root` }]
        : []),
      ...(content.more
        ? [
            {
              kind: 'secret_in_file',
              because: `more than ${limits.files} files; the first ${limits.files} by name were looked at`,
            },
          ]
        : []),
      ...cut.map((kind) => ({ kind, because: 'the time was over before every file was read' })),
      ...(files.length >= limits.files
        ? [{ kind: 'private_key_readable', because: `more than ${limits.files} private keys` }]
        : []),
      ...(linesOf(sections, 'setuid').length >= limits.files
        ? [{ kind: 'setuid', because: `more than ${limits.files} programs` }]
        : []),
    ],
  };
}

/** Files the first script told the modes of: whether they have access lists as well is asked in the second. */
const pathsKnown = (sections: readonly Section[]): readonly string[] =>
  ['modes', 'reach', 'keyperms', 'hashcopies', 'setuid', 'credentials'].flatMap((name) =>
    linesOf(sections, name).map((line) => line.split('\t').at(-1) ?? ''),
  );

/** A closer look at a host: one script for what is there, a second for the programs root runs. */
import { inOrder, type Inspection, type InspectionLimits } from '../../port.ts';
import { hostState } from '../read/host-state.ts';
import { readScript } from '../read/read-script.ts';
import { runScript, type RunOptions } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { inspectScript, programsScript } from './inspect-script.ts';
import { observeAccounts } from './observe-accounts.ts';
import { observeDoors } from './observe-doors.ts';
import {
  linesOf,
  observeCapabilities,
  observeModes,
  observePrograms,
  observeSetuid,
  runByRoot,
} from './observe-files.ts';
import { keySightings, observePrivateKeys, privateKeyFiles } from './observe-keys.ts';
import { logonsOf } from './observe-logons.ts';
import { observeSecrets } from './observe-secrets.ts';

/** Programs that are asked about by name in the second script. */
const MOST_PROGRAMS = 300;

export async function inspectHost(session: SshSession, run: RunOptions, limits: InspectionLimits): Promise<Inspection> {
  const options = { ...run, timeoutMs: limits.seconds * 1000 };
  const sections = await runScript(session, `${readScript({ logins: true })}\n${inspectScript(limits)}`, options);
  const state = hostState(sections);
  const runs = runByRoot(sections, state);
  const named = [...new Set(runs.flatMap(({ programs }) => programs))].slice(0, MOST_PROGRAMS);
  const modes = named.length === 0 ? [] : await runScript(session, programsScript(named), options);
  const files = privateKeyFiles(sections);
  const looked = Number(linesOf(sections, 'secretcount')[0] ?? 0);
  return {
    observations: inOrder([
      ...observeAccounts(state, Math.floor(limits.now.getTime() / 86_400_000)),
      ...observeSetuid(sections, state),
      ...observeCapabilities(sections),
      ...observeModes(sections, state),
      ...observePrograms(modes, runs, state),
      ...observeDoors(sections, state),
      ...observePrivateKeys(files, state),
      ...observeSecrets(sections, state, limits.fingerprint),
    ]),
    keys: keySightings(state, files),
    logons: logonsOf(sections, limits.logonsSince, limits.now),
    masters: state.users.filter((user) => user.uid === 0).map((user) => user.name),
    leftOut: [
      ...(looked > limits.files
        ? [
            {
              kind: 'secret_in_file',
              because: `more than ${limits.files} files; the first ${limits.files} by name were looked at`,
            },
          ]
        : []),
      ...(files.length >= limits.files
        ? [{ kind: 'private_key_readable', because: `more than ${limits.files} private keys` }]
        : []),
      ...(linesOf(sections, 'setuid').length >= limits.files
        ? [{ kind: 'setuid', because: `more than ${limits.files} programs` }]
        : []),
    ],
  };
}

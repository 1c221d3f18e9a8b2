/** Credentials of other systems in files of a host: put there, taken up by the service that reads them, and read back. */
import { TargetError, type Credential, type DependantPlaces, type Target } from '../../port.ts';
import type { LinuxSettings } from '../settings.ts';
import { runScript, word, type RunOptions, type Section } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';
import { withValue } from './edit-text.ts';
import { isUpScript, readFileScript, restartScript, writeFileScript } from './file-scripts.ts';
import { linuxPlace, placeOf } from './place.ts';

type WithSession = <R>(target: Target, act: (session: SshSession, settings: LinuxSettings) => Promise<R>) => Promise<R>;
type RootBy = (target: Target, settings: LinuxSettings) => RunOptions;

const textOf = (value: Credential): string => {
  if (value.kind === 'password') return value.password;
  if (value.kind === 'ssh_key') return value.privateKey;
  if (value.kind === 'token') return value.token;
  throw new TargetError('unsupported', 'there is no value to be put there');
};

const section = (sections: readonly Section[], name: string): Section => {
  const found = sections.find(({ words }) => words[0] === name);
  if (found === undefined) throw new TargetError('failed', `the target's answer is incomplete (no ${name})`);
  return found;
};

export const linuxDependants = (withSession: WithSession, rootBy: RootBy): DependantPlaces => ({
  place: linuxPlace,
  put: (target, given, value) =>
    withSession(target, async (session, settings) => {
      const place = placeOf(given);
      const text = textOf(value);
      const by = { ...rootBy(target, settings), secrets: [text, word(text)] };
      const sections = await runScript(session, readFileScript(place), by);
      const [, uid = '', gid = ''] = section(sections, 'file').words;
      const old = Buffer.from(section(sections, 'text').text, 'base64').toString('utf8');
      const next = withValue(old, place, text);
      const write = next === old ? [] : [writeFileScript(place, next, { uid: Number(uid), gid: Number(gid) })];
      // Also where it was written before: whoever wrote it may have been cut off before the service heard of it.
      const restart = place.service === undefined ? [] : [restartScript(place.service)];
      if (write.length + restart.length > 0) await runScript(session, [...write, ...restart].join('\n'), by);
    }),
  check: (target, given, value) =>
    withSession(target, async (session, settings) => {
      const place = placeOf(given);
      const text = textOf(value);
      const up = place.service === undefined ? '' : `\n${isUpScript(place.service)}`;
      const by = { ...rootBy(target, settings), secrets: [text] };
      const sections = await runScript(session, `${readFileScript(place)}${up}`, by);
      const is = Buffer.from(section(sections, 'text').text, 'base64').toString('utf8');
      const runs = place.service === undefined || section(sections, 'service').text.trim() === 'yes';
      return withValue(is, place, text) === is && runs;
    }),
});

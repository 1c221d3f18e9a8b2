/** Log-ons of a host as they happen: what sshd wrote since the last look, and terminals nobody's sshd told of. */
import { z } from 'zod';
import type { Logon, LogonsSeen } from '../../port.ts';
import { linesOf } from '../inspect/access.ts';
import { logonsOf } from '../inspect/observe-logons.ts';
import { runScript, word, type RunOptions, type Section } from '../ssh/script.ts';
import type { SshSession } from '../ssh/session.ts';

/** Where sshd's words end up, by way of syslog or directly. */
const LOGS = ['/var/log/auth.log', '/var/log/secure', '/var/log/sshd.log'];
/** Largest part of a log that is looked at in one go, in bytes. */
const MOST_BYTES = 4_000_000;
/** Most log-ons of one log, or one part of it, that are told of one look. */
const MOST_LINES = 2000;
/** A terminal and the log-on it belongs to are written at about the same time. */
const SAME_MS = 10_000;

const markShape = z.object({
  files: z.array(z.object({ path: z.string(), inode: z.string(), size: z.int() })),
  journal: z.string(),
  /** When the last terminal that was told was opened; ISO. */
  terminals: z.string(),
});
type Mark = z.infer<typeof markShape>;

function readMark(mark: string | undefined): Mark | undefined {
  if (mark === undefined) return undefined;
  try {
    return markShape.safeParse(JSON.parse(mark)).data;
  } catch {
    return undefined;
  }
}

const GREP = `grep -aE 'Accepted [a-z-]+(/[a-z]+)? for ' | tail -n ${String(MOST_LINES + 1)} | sed "s|^|$NOW |"`;

/** The log is told from where it was left; what was put aside meanwhile is told to its end. */
function script(mark: Mark | undefined): string {
  const known = new Map((mark?.files ?? []).map((file) => [file.path, file]));
  return `NOW=$(date +%s); S offset; date +%z
one() { [ -f "$1" ] || return 0
  set -- "$1" "$2" "$3" $(stat -c '%i %s' "$1")
  if [ -z "$2" ]; then from=$5
  elif [ "$2" = "$4" ]; then from=$3; [ "$5" -lt "$3" ] && from=0
  else from=0; if [ -f "$1.1" ] && [ "$(stat -c %i "$1.1")" = "$2" ]; then S accepted; tail -c +$(($3 + 1)) "$1.1" | tail -c ${String(MOST_BYTES)} | ${GREP} || :; fi; fi
  if [ $(($5 - from)) -gt ${String(MOST_BYTES)} ]; then S cut "$1"; from=$(($5 - ${String(MOST_BYTES)})); fi
  S at "$1" "$4" "$5"
  [ "$5" -gt "$from" ] || return 0
  S accepted; tail -c +$((from + 1)) "$1" | head -c $(($5 - from)) | ${GREP} || :; }
${LOGS.map((path) => `one ${path} ${word(known.get(path)?.inode ?? (mark === undefined ? '' : 'new'))} ${String(known.get(path)?.size ?? 0)}`).join('\n')}
if [ ! -f ${LOGS[0] ?? ''} ] && [ ! -f ${LOGS[1] ?? ''} ] && command -v journalctl >/dev/null 2>&1; then
  S journal; journalctl -q -n 1 -o cat --show-cursor 2>/dev/null | sed -n 's/^-- cursor: //p' | tail -n 1
  ${
    mark === undefined || mark.journal === ''
      ? ':'
      : `S accepted; timeout -k 2 10 journalctl -q -o short-iso-precise -t sshd -t sshd-session --after-cursor=${word(mark.journal)} 2>/dev/null | ${GREP} || :`
  }
fi
S wtmp; last -w -i --time-format iso -n 50 2>/dev/null || :
`;
}

/** Looks once. What a log tells without a time is as old as this look. */
export async function newLogons(
  session: SshSession,
  options: RunOptions,
  was: string | undefined,
): Promise<LogonsSeen> {
  const mark = readMark(was);
  const sections = await runScript(session, script(mark), options);
  const now = new Date();
  const all = logonsOf(sections, new Date(0), now);
  const isTerminal = ({ how }: Logon): boolean => how.startsWith('terminal ');
  const told = all.filter((logon) => !isTerminal(logon));
  const terminals = all.filter(isTerminal);
  const fresh = terminals.filter(
    ({ account, at }) =>
      mark !== undefined &&
      at > mark.terminals &&
      !told.some((one) => one.account === account && Math.abs(Date.parse(one.at) - Date.parse(at)) < SAME_MS),
  );
  const files = sections.flatMap(({ words: [name, path = '', inode = '', size] }) =>
    name === 'at' ? [{ path, inode, size: Number(size) }] : [],
  );
  const journal = linesOf(sections, 'journal')[0] ?? mark?.journal ?? '';
  const next: Mark = {
    files,
    journal,
    terminals: terminals.reduce((latest, { at }) => (at > latest ? at : latest), mark?.terminals ?? ''),
  };
  return {
    logons: mark === undefined ? [] : [...told, ...fresh],
    mark: JSON.stringify(next),
    leftOut: [
      ...(files.length === 0 && journal === ''
        ? [`neither ${LOGS.join(', ')} nor the journal is there: only terminals are told`]
        : []),
      ...cutOf(sections),
    ],
  };
}

/** Where a log had more in it than is looked at: whoever floods it hides nothing without that being told. */
export const cutOf = (sections: readonly Section[]): readonly string[] =>
  sections.flatMap(({ words, text }) => {
    if (words[0] === 'cut')
      return [`${words[1] ?? ''} grew by more than ${String(MOST_BYTES)} bytes between two looks`];
    return words[0] === 'accepted' && text.split('\n').filter(Boolean).length > MOST_LINES
      ? [`more than ${String(MOST_LINES)} log-ons between two looks: only the latest were looked at`]
      : [];
  });

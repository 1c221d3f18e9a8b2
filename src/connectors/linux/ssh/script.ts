/**
 * Runs a shell script as root on the target and cuts its output into sections.
 *
 * The script travels on stdin of `/bin/sh -s`, so that nothing of it, and no secret in it, is ever in the target's process
 * list. It is one function called in the last line: a connection that breaks while the script is on its way runs nothing.
 * Sections carry a random mark, so that no file content can pose as one, and an end mark, so that a cut answer is noticed.
 */
import { randomBytes } from 'node:crypto';
import { TargetError } from '../../port.ts';
import type { SshSession } from './session.ts';

/** One section of an answer: `words` of its header, then its text. */
export interface Section {
  readonly words: readonly string[];
  readonly text: string;
}

/** `value` as one word of a POSIX shell. Safe for every string except one holding NUL, which is refused. */
export function word(value: string): string {
  if (value.includes('\0')) throw new TargetError('refused', 'a value for the target holds a NUL character');
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

const prologue = (mark: string): string => `set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin; LC_ALL=C; export PATH LC_ALL; unset ENV BASH_ENV CDPATH GREP_OPTIONS || :
umask 077
cd /
S() { printf '\\n@@%s %s\\n' ${mark} "$*"; }
die() { S "error $*"; exit 90; }
refuse() { S "refused $*"; exit 91; }
main() {
`;

export interface RunOptions {
  readonly become: boolean;
  readonly timeoutMs: number;
  /** Values that must not surface in an error message. */
  readonly secrets?: readonly string[];
}

const maxBytes = 16 * 1024 * 1024;

/**
 * Runs `body` (which may use `S name words…` to open a section `die text` to give up, and `refuse text` when trying again is no use) and returns its sections.
 * Throws TargetError `failed` when the script gave up or its answer lacks the end mark, `refused` when it refused.
 */
export async function runScript(session: SshSession, body: string, options: RunOptions): Promise<readonly Section[]> {
  const mark = randomBytes(12).toString('hex');
  const script = `${prologue(mark)}${body}\nS end\n}\nmain </dev/null\nexit\n`;
  const command = options.become ? 'exec sudo -n -- /bin/sh -s' : 'exec /bin/sh -s';
  const result = await session.run(command, script, { timeoutMs: options.timeoutMs, maxBytes });
  const sections = cutSections(result.stdout.toString('utf8'), mark);
  const complaint = sections.find(({ words }) => words[0] === 'error' || words[0] === 'refused');
  const detail = lastLine(result.stderr, options.secrets ?? []);
  if (complaint) {
    const said = detail === '' ? '' : ` (${detail})`;
    const code = complaint.words[0] === 'refused' ? 'refused' : 'failed';
    throw new TargetError(code, `${scrub(complaint.words.slice(1).join(' '), options.secrets ?? [])}${said}`);
  }
  if (sections.at(-1)?.words[0] === 'end') return sections.slice(0, -1);
  if (options.become && sections.length === 0) {
    throw new TargetError(
      'refused',
      `sudo does not let Reeve's account run /bin/sh -s as root without a password${detail === '' ? '' : ` (${detail})`}`,
    );
  }
  throw new TargetError('failed', `the target's answer is incomplete${detail === '' ? '' : ` (${detail})`}`);
}

/** Cuts an answer at its marks; text before the first mark (a login banner) is dropped. */
export function cutSections(output: string, mark: string): readonly Section[] {
  const [, ...parts] = output.split(`\n@@${mark} `);
  return parts.map((part) => {
    const end = part.indexOf('\n');
    // A header without its line end was cut on the way: it does not count as a section.
    if (end < 0) return { words: ['cut'], text: '' };
    return { words: part.slice(0, end).split(' '), text: part.slice(end + 1) };
  });
}

function lastLine(stderr: string, secrets: readonly string[]): string {
  const line =
    stderr
      .split('\n')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .at(-1) ?? '';
  return scrub(line, secrets).slice(0, 200);
}

function scrub(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '[secret]');
  return clean;
}

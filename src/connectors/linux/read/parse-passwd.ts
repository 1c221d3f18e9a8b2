/** passwd(5), group(5) and shadow(5), as the read script sends them: password fields already reduced to one word. */
import { TargetError } from '../../port.ts';

/** `set`, `locked` (a hash kept behind `!`), `none` (no password opens it), `empty` (no password is asked), `unknown`. */
export type PasswordState = 'set' | 'locked' | 'none' | 'empty' | 'unknown';

export interface PasswdEntry {
  readonly name: string;
  readonly password: PasswordState | 'shadow';
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
  /** Line in /etc/passwd, from 1. */
  readonly line: number;
}

export interface ShadowEntry {
  readonly password: PasswordState;
  /** Days since 1970-01-01 of the last change; 0 means "must be changed at next login"; undefined means unknown. */
  readonly changedDay: number | undefined;
  readonly maxDays: number | undefined;
  /** Day the account expires; undefined means never. */
  readonly expireDay: number | undefined;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/**
 * Parses /etc/passwd. Blank lines and comments are skipped as glibc does; of two lines with one name the first counts, since
 * it is the one logins find. Anything else that is not an entry throws, because an account might hide behind it.
 */
export function parsePasswd(text: string): readonly PasswdEntry[] {
  const entries = new Map<string, PasswdEntry>();
  for (const { fields, line } of rows(text)) {
    const [name = '', password = '', uid = '', gid = '', gecos = '', home = '', shell = ''] = fields;
    if (fields.length !== 7 || name === '' || !isId(uid) || !isId(gid)) throw malformed('/etc/passwd', line);
    if (entries.has(name)) continue;
    entries.set(name, {
      name,
      password: password === 'x' ? 'shadow' : passwordState(password, '/etc/passwd', line),
      uid: Number(uid),
      gid: Number(gid),
      gecos,
      home,
      // passwd(5): an empty shell means /bin/sh.
      shell: shell === '' ? '/bin/sh' : shell,
      line,
    });
  }
  if (entries.size === 0) throw new TargetError('failed', '/etc/passwd was read as empty');
  return [...entries.values()];
}

/** Parses /etc/shadow by account name. */
export function parseShadow(text: string): ReadonlyMap<string, ShadowEntry> {
  const entries = new Map<string, ShadowEntry>();
  for (const { fields, line } of rows(text)) {
    const [name = '', password = '', changed = '', , max = '', , , expire = ''] = fields;
    if (fields.length < 8 || name === '') throw malformed('/etc/shadow', line);
    if (entries.has(name)) continue;
    entries.set(name, {
      password: passwordState(password, '/etc/shadow', line),
      changedDay: day(changed),
      maxDays: day(max),
      expireDay: day(expire),
    });
  }
  return entries;
}

/** Parses /etc/group; two lines of one name are joined, as membership look-ups scan both. */
export function parseGroup(text: string): readonly GroupEntry[] {
  const groups = new Map<string, GroupEntry>();
  for (const { fields, line } of rows(text)) {
    const [name = '', , gid = '', list = ''] = fields;
    if (fields.length !== 4 || name === '' || !isId(gid)) throw malformed('/etc/group', line);
    const members = list
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== '');
    const known = groups.get(name);
    groups.set(name, {
      name,
      gid: known?.gid ?? Number(gid),
      members: [...new Set([...(known?.members ?? []), ...members])],
    });
  }
  return [...groups.values()];
}

function rows(text: string): { fields: string[]; line: number }[] {
  const found: { fields: string[]; line: number }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    // NIS compat lines pull in accounts of a directory; those are read from that directory.
    if (/^[+-]/u.test(line)) continue;
    found.push({ fields: line.split(':'), line: index + 1 });
  }
  return found;
}

const isId = (value: string): boolean => /^\d{1,10}$/u.test(value) && Number(value) <= 0xffffffff;

const day = (value: string): number | undefined => (/^\d{1,9}$/u.test(value) ? Number(value) : undefined);

const states: ReadonlySet<string> = new Set(['set', 'locked', 'none', 'empty']);
const isState = (value: string): value is PasswordState => states.has(value);

function passwordState(value: string, file: string, line: number): PasswordState {
  if (value === 'x') return 'unknown';
  if (isState(value)) return value;
  throw malformed(file, line);
}

const malformed = (file: string, line: number): TargetError =>
  new TargetError(
    'failed',
    `${file} line ${line} is not an entry Reeve understands; correct it on the host, then read again`,
  );

/** authorized_keys lines as sshd(8) describes them: `[options] type base64 [comment]`. */
import { fingerprintOf } from '../ssh/connect.ts';

export interface AuthorizedKey {
  /** For instance `ssh-ed25519`. */
  readonly type: string;
  /** The key in SSH wire form, base64 as in the file. */
  readonly blob: string;
  readonly fingerprint: string;
  /** Options in front of the key, for instance `from="10.0.0.0/8"`, `restrict`, `command="…"`. */
  readonly options: readonly string[];
  readonly comment: string;
}

/** Marks a key Reeve put into an authorized_keys file, as the first word of its comment. Only such keys are ever removed. */
export const ourMark = 'reeve:';

const types =
  /^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256))-cert-v01@openssh\.com)$/u;

/** One key line, or undefined for a comment, a blank or what sshd would skip too. */
export function parseKeyLine(line: string): AuthorizedKey | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const direct = keyAt(text, []);
  if (direct) return direct;
  const end = endOfOptions(text);
  if (end === undefined) return undefined;
  return keyAt(text.slice(end).trimStart(), splitOptions(text.slice(0, end)));
}

function keyAt(text: string, options: readonly string[]): AuthorizedKey | undefined {
  const match = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/u.exec(text);
  if (!match) return undefined;
  const [, type = '', blob = '', comment = ''] = match;
  if (!types.test(type)) return undefined;
  const bytes = Buffer.from(blob, 'base64');
  // The blob names its own type; a line whose two types differ is not a key for sshd either.
  if (bytes.length < 4 + type.length || bytes.readUInt32BE(0) !== type.length) return undefined;
  if (bytes.toString('latin1', 4, 4 + type.length) !== type) return undefined;
  return { type, blob, fingerprint: fingerprintOf(bytes), options, comment: comment.trim() };
}

/** Index of the first blank outside double quotes: where the options end. */
function endOfOptions(text: string): number | undefined {
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i];
    if (char === '\\' && text[i + 1] === '"') i += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ' ' || char === '\t')) return i;
  }
  return undefined;
}

function splitOptions(text: string): readonly string[] {
  const options: string[] = [];
  let quoted = false;
  let start = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i];
    if (char === '\\' && text[i + 1] === '"') i += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === undefined || (char === ',' && !quoted)) {
      if (i > start) options.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return options;
}

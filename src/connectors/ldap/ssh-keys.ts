/** Public keys an account keeps for the hosts that ask the directory (`sshPublicKey`, OpenSSH-LPK). */
import { createHash } from 'node:crypto';
import { TargetError } from '../port.ts';

/** Comment of keys that Reeve put there; only those are ever removed. */
const ourMark = 'reeve:';

/** What a locked account's keys begin with: hosts take such a line for a comment. */
export const setAsidePrefix = /^# locked by reeve: /u;
export const setAside = (line: string): string => (setAsidePrefix.test(line) ? line : `# locked by reeve: ${line}`);
export const takeBack = (line: string): string => line.replace(setAsidePrefix, '');

interface PublicKey {
  readonly line: string;
  readonly fingerprint: string;
  readonly ours: boolean;
}

const types =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/u;

/** A stored line, whatever is in it; `fingerprint` is empty where there is no key. */
function keyIn(line: string): PublicKey {
  const [, blob = '', comment = ''] = /(?:^|\s)(AAAA[A-Za-z0-9+/]+={0,2})(?:\s+(.*))?$/u.exec(takeBack(line)) ?? [];
  return { line, fingerprint: blob === '' ? '' : fingerprintOf(blob), ours: comment.startsWith(ourMark) };
}

/** `SHA256:…` as ssh-keygen -l prints it. */
export const fingerprintOf = (blob: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/u, '')}`;

/** Fingerprint of a stored line; undefined where there is no key in it. */
export const fingerprintIn = (line: string): string | undefined => keyIn(line).fingerprint || undefined;

/** Throws TargetError `refused` unless it is one public key in authorized_keys form without options. */
function usableKey(text: string): { readonly line: string; readonly fingerprint: string } {
  const [, type = '', blob = '', comment = ''] =
    /^(\S+) (AAAA[A-Za-z0-9+/]+={0,2})(?: ([^\r\n\0]*))?$/u.exec(text.trim()) ?? [];
  const bytes = Buffer.from(blob, 'base64');
  const inside = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : '';
  if (!types.test(type) || inside !== type)
    throw new TargetError(
      'refused',
      'a key to add is not one public key in authorized_keys form (ed25519, ECDSA, RSA or a security key)',
    );
  const marked = comment.startsWith(ourMark) ? comment : `${ourMark}${comment.replace(/\s+/gu, '_')}`;
  return { line: `${type} ${blob} ${marked}`, fingerprint: fingerprintOf(blob) };
}

export interface KeyPlan {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly words: string;
}

/** What to add and remove. `stored` are the account's lines; those of a locked account stay set aside. */
export function planKeys(
  stored: readonly string[],
  change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  locked: boolean,
): KeyPlan {
  const known = stored.map(keyIn);
  const unwanted = new Set(
    change.remove.map((text) => (text.startsWith('SHA256:') ? text : usableKey(text).fingerprint)),
  );
  const wanted = new Map(change.add.map(usableKey).map((key) => [key.fingerprint, key.line]));
  const add = [...wanted].filter(
    ([fingerprint]) => !unwanted.has(fingerprint) && !known.some((key) => key.fingerprint === fingerprint),
  );
  const remove = known.filter((key) => key.ours && unwanted.has(key.fingerprint));
  const left = known.filter((key) => !key.ours && unwanted.has(key.fingerprint));
  const words = [
    ...(add.length === 0 ? [] : [`add ${add.map(([fingerprint]) => fingerprint).join(', ')}`]),
    ...(remove.length === 0 ? [] : [`remove ${remove.map((key) => key.fingerprint).join(', ')}`]),
    ...(left.length === 0 ? [] : [`leave ${left.map((key) => key.fingerprint).join(', ')} (not put there by Reeve)`]),
  ];
  return {
    add: add.map(([, line]) => (locked ? setAside(line) : line)),
    remove: remove.map((key) => key.line),
    words: words.length === 0 ? 'as wanted' : words.join('; '),
  };
}

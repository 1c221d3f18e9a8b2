/** Public keys of an account. Reeve adds keys marked as its own and removes only those. */
import { TargetError, type Change } from '../../port.ts';
import type { HostState, HostUser } from '../read/host-state.ts';
import { ourMark, parseKeyLine, type AuthorizedKey } from '../read/parse-keys.ts';
import type { Plan } from './plan.ts';
import { word } from '../ssh/script.ts';

export function planKeys(state: HostState, user: HostUser, change: Extract<Change, { do: 'set_keys' }>): Plan {
  const wanted = change.add.map(usableKey);
  const unwanted = new Set(change.remove.map(fingerprintIn));
  const add = wanted.filter(
    (key) => !unwanted.has(key.fingerprint) && !user.keys.some((known) => known.fingerprint === key.fingerprint),
  );
  const remove = user.keys.filter((key) => unwanted.has(key.fingerprint) && key.comment.startsWith(ourMark));
  const foreign = user.keys.filter((key) => unwanted.has(key.fingerprint) && !key.comment.startsWith(ourMark));
  const words = [
    ...(add.length === 0 ? [] : [`add ${add.map((key) => key.fingerprint).join(', ')}`]),
    ...(remove.length === 0 ? [] : [`remove ${remove.map((key) => key.fingerprint).join(', ')}`]),
    ...(foreign.length === 0
      ? []
      : [`leave ${foreign.map((key) => `${key.fingerprint} (${key.place}, not put there by Reeve)`).join(', ')}`]),
  ];
  const summary = `keys of ${user.name} on ${state.hostname}: ${words.length === 0 ? 'as wanted' : words.join('; ')}`;
  if (add.length === 0 && remove.length === 0) return { summary, needed: false, script: '', secrets: [] };
  const edits = files(user, add, remove).map(([file, lines, blobs]) => editFile(user, file, lines, blobs));
  return { summary, needed: true, script: edits.join('\n'), secrets: [] };
}

function usableKey(line: string): AuthorizedKey {
  const key = /[\r\n\0]/u.test(line) ? undefined : parseKeyLine(line);
  if (!key || key.type.includes('-cert-') || key.type === 'ssh-dss') {
    throw new TargetError(
      'refused',
      'a key to add is not one public key in authorized_keys form (ed25519, ECDSA, RSA or a security key)',
    );
  }
  return key;
}

const fingerprintIn = (text: string): string => (text.startsWith('SHA256:') ? text : usableKey(text).fingerprint);

/** Each file to touch, with the lines it gets and the key blobs it loses. */
function files(
  user: HostUser,
  add: readonly AuthorizedKey[],
  remove: HostUser['keys'],
): readonly (readonly [string, readonly string[], readonly string[]])[] {
  const first = user.keyFiles[0];
  if (first === undefined)
    throw new TargetError(
      'unsupported',
      `sshd takes no authorized_keys file for \`${user.name}\` (AuthorizedKeysFile none)`,
    );
  const fileOf = (place: string): string => place.replace(/:\d+$/u, '');
  const touched = new Set([...(add.length > 0 ? [first] : []), ...remove.map((key) => fileOf(key.place))]);
  return [...touched].map((file) => [
    file,
    file === first ? add.map(lineOf) : [],
    remove.filter((key) => fileOf(key.place) === file).map((key) => key.blob),
  ]);
}

function lineOf(key: AuthorizedKey): string {
  const options = key.options.length === 0 ? '' : `${key.options.join(',')} `;
  const comment = key.comment.startsWith(ourMark) ? key.comment : `${ourMark}${key.comment.replace(/\s+/gu, '_')}`;
  return `${options}${key.type} ${key.blob} ${comment}`;
}

/**
 * Replaces the file in one rename, so that sshd never sees half of it. Inside a home it is done as that account: root following
 * links a user may have planted there could be led to write anywhere.
 */
function editFile(user: HostUser, file: string, lines: readonly string[], blobs: readonly string[]): string {
  const asUser = user.uid !== 0 && file.startsWith(`${user.home}/`);
  const edit = `umask 077; cd / || exit 1
file=${word(file)}; dir=\${file%/*}
[ -d "$dir" ] || mkdir -p -m 700 -- "$dir" || exit 1
new=$(mktemp "$dir/.reeve.XXXXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
if [ -f "$file" ]; then
  awk -v drop=${word(blobs.join(' '))} 'BEGIN { n = split(drop, d, " "); for (i = 1; i <= n; i++) gone[d[i]] = 1 }
    { keep = 1; for (i = 1; i < NF; i++) if (($i in gone) && index($(i + 1), "${ourMark}") == 1) keep = 0; if (keep) print }' "$file" >"$new" || exit 1
fi
${lines.map((line) => `printf '%s\\n' ${word(line)} >>"$new" || exit 1`).join('\n')}
chmod ${asUser || user.uid === 0 ? '600' : '644'} "$new" && mv -f -- "$new" "$file" || exit 1
command -v restorecon >/dev/null && restorecon "$file" || :
exit 0
`;
  const shell = asUser
    ? `setpriv --reuid=${user.uid} --regid=${user.gid} --init-groups --no-new-privs -- /bin/sh -s`
    : '/bin/sh -s';
  return `printf '%s' ${word(edit)} | ${shell} || die 'cannot replace the authorized keys of ${user.name}'`;
}

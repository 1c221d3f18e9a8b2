/** Shell lines that read and replace a file of a place. Every value in them has passed place.ts or is quoted. */
import { word } from '../ssh/script.ts';
import type { LinuxPlace } from './place.ts';

/** Answers section `file` with its owner, and `text` with what is in it, base64. Refuses what is no plain file. */
export const readFileScript = ({ file }: LinuxPlace): string => `f=${word(file)}
[ -f "$f" ] && [ ! -L "$f" ] || refuse "$f is no plain file there"
[ "$(stat -c %s -- "$f")" -le 1048576 ] || refuse "$f is larger than a megabyte"
S file "$(stat -c '%u %g' -- "$f")"
S text; base64 <"$f" || die "cannot read $f"`;

/**
 * Replaces the file in one rename, keeping its mode and owner, as that owner: root following links that somebody may have
 * planted beside it could be led to write anywhere.
 */
export function writeFileScript({ file }: LinuxPlace, text: string, owner: { uid: number; gid: number }): string {
  const edit = `umask 077; f=${word(file)}; dir=\${f%/*}; new=$(mktemp "\${dir:-/}/.reeve.XXXXXXXX") || exit 1
trap 'rm -f -- "$new"' EXIT
base64 -d >"$new" <<'REEVE_END' || exit 1
${Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')}
REEVE_END
chmod --reference="$f" -- "$new" && { [ "$(id -u)" != 0 ] || chown --reference="$f" -- "$new"; } && mv -f -- "$new" "$f" || exit 1
command -v restorecon >/dev/null && restorecon "$f" || :
exit 0
`;
  const shell =
    owner.uid === 0
      ? '/bin/sh -s'
      : `setpriv --reuid=${owner.uid} --regid=${owner.gid} --clear-groups --no-new-privs -- /bin/sh -s`;
  return `printf '%s' ${word(edit)} | ${shell} || die ${word(`cannot replace ${file}: may its owner write there?`)}`;
}

/** Restarts what runs of a unit, and waits until it is up. A host without systemd has its init script told. */
export const restartScript = (
  service: string,
): string => `if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
  systemctl try-restart -- ${word(service)} >&2 || die ${word(`${service} did not start again`)}
elif [ -x /etc/init.d/${service.replace(/\.service$/u, '')} ]; then
  /etc/init.d/${service.replace(/\.service$/u, '')} restart >&2 || die ${word(`${service} did not start again`)}
else refuse ${word(`there is no unit ${service} on this host`)}; fi`;

/** Answers section \`service\` with yes or no: whether it is up. */
export const isUpScript = (service: string): string => `S service
if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
  if systemctl is-failed --quiet -- ${word(service)}; then echo no; else echo yes; fi
elif /etc/init.d/${service.replace(/\.service$/u, '')} status >/dev/null 2>&1; then echo yes; else echo no; fi`;

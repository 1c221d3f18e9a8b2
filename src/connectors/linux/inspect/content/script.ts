/**
 * Files whose content a closer look goes by: which there are, then what is in those that changed since they were read.
 * Contents of private keys never travel; of other files only lines that may hold a secret.
 */
import { word } from '../../ssh/script.ts';
import { prefilter } from '../secret-kinds.ts';
import { guessScript } from './guess-script.ts';

/** Longest line and most lines of one file that travel. */
const LINE = 600;
const LINES = 40;

interface Limits {
  readonly seconds: number;
  readonly files: number;
  readonly bytes: number;
}

/** Inode, time of its last change, size, mode, owner, group, path: what tells a file from what was read, and who may read it. */
const KNOWN = String.raw`'%i %C@ %s %m %u %g\t%p\n'`;
const SORTED = `sort -u -t "$(printf '\\t')" -k2`;

const keys = (seconds: number, files: number): string => `S keylist; set -f
for d in /home /root /tmp /var/tmp /opt /srv /etc /var /app /apps /backup /backups /data /export /mnt /u01; do
  [ -d "$d" ] && G ${seconds} find "$d" -xdev -type f -size -32k ! -path '/etc/ssl/certs/*' ! -path '/usr/*' ! -path '/var/lib/dpkg/*' ! -path '/var/cache/*' ! -path '/var/log/*' ! -name '*.pub' \\( -path '*/.ssh/*' -o -name '*id_*' -o -name '*.pem' -o -name '*.key' -o -name '*rsa*' -o -name '*ed25519*' -o -name '*ecdsa*' -o -name '*.ppk' -o -name '*key*' -o -path '/home/*' -o -path '/root/*' -o -path '/app*' -o -path '/backup*' -o -path '/data/*' -o -path '/export/*' -o -path '/mnt/*' -o -path '/opt/*' -o -path '/srv/*' -o -path '/tmp/*' -o -path '/var/tmp/*' -o -path '/var/backups/*' -o -path '/var/www/*' \\) -printf ${KNOWN} 2>/dev/null
done | ${SORTED} | head -n ${files} || :; set +f`;

const secrets = ({ seconds, files, bytes }: Limits): string => `S secretlist; set -f
G ${seconds} find /home /root /opt /srv /app /apps /backup /backups /export /u01 /etc /tmp /var/tmp /var/www /var/backups /var/spool/cron /var/lib /usr/local/etc /usr/local/bin /usr/local/sbin /mnt /data -xdev -type f -size -${Math.ceil(bytes / 1024)}k ! -path '/etc/ssl/*' ! -path '/etc/pam.d/*' ! -path '/etc/alternatives/*' ! -path '/etc/magic' ! -path '/etc/services' ! -path '/etc/nsswitch.conf' ! -path '/etc/login.defs' ! -path '/etc/shadow*' ! -path '/etc/gshadow*' ! -path '/etc/passwd*' ! -path '/etc/group*' ! -path '/etc/ssh/*' ! -path '/etc/sudoers*' ! -path '/etc/sudo*.conf' ! -path '/etc/lab-init' ! -path '/var/lib/dpkg/*' ! -path '/var/lib/apt/*' ! -path '/var/lib/systemd/*' ! -path '/var/lib/docker/*' ! -path '/var/lib/postgresql/*' ! -path '/var/lib/mysql/*' ! -path '/var/lib/polkit-1/*' ! -path '/etc/profile.d/*' ! -path '/etc/debconf.conf' ! -path '/etc/bash.bashrc' ! -path '/etc/skel/*' ! -path '*/node_modules/*' ! -path '*/.git/objects/*' ! -name '*.so*' ! -name '*.gz' ! -name '*.xz' ! -name '*.zip' ! -name '*.jpg' ! -name '*.png' ! -name '*.pyc' ! -name 'authorized_keys*' ! -name 'known_hosts*' -printf ${KNOWN} 2>/dev/null | ${SORTED} | head -n ${files + 1} || :; set +f`;

/** For the first script: what there is to be read, without reading it. */
export const candidatesScript = (limits: Limits): string =>
  [
    keys(limits.seconds, limits.files),
    secrets(limits),
    `S shadow-file; stat -Lc '%i %Z %s %Y' /etc/shadow 2>/dev/null || :`,
  ].join('\n');

const listed = (paths: readonly string[]): string => `printf '%s\\n' ${paths.map(word).join(' ')}`;

/** grep(1) ends with 0 or 1, xargs with 123; what the time cut off ends with more, and is said. */
const readKeys = (paths: readonly string[], seconds: number): string =>
  `S privatekeys; { ${listed(paths)} | tr '\\n' '\\0' | G ${seconds} xargs -0 -r grep -laE -e '^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----|^PuTTY-User-Key-File' -- 2>/dev/null; [ $? -lt 124 ] || echo @cut; } | while IFS= read -r f; do
  if [ "$f" = @cut ]; then S keyscut; continue; fi
  head -c 4096 -- "$f" 2>/dev/null | LC_ALL=C grep -aqE '^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----|^PuTTY-User-Key-File' || continue
  enc=unknown; pub=
  if head -c 4096 -- "$f" | grep -aqE 'ENCRYPTED|^Encryption: aes'; then enc=yes; fi
  if has ssh-keygen; then
    pub=$(head -c 32768 -- "$f" | ssh-keygen -y -P '' -f /dev/stdin 2>/dev/null) && enc=no || { pub=; [ "$enc" = unknown ] && enc=yes; }
    if [ -z "$pub" ] && [ -f "$f.pub" ]; then pub=$(head -n 1 "$f.pub"); fi
  fi
  printf '%s\\t%s\\t%s\\n' "$enc" "$f" "$pub"
done || :`;

const readSecrets = (paths: readonly string[], { seconds, bytes }: Limits): string =>
  `{ ${listed(paths)} | tr '\\n' '\\0' | G ${seconds} xargs -0 -r grep -lIiaE -e ${word(prefilter)} -- 2>/dev/null; [ $? -lt 124 ] || echo @cut; } | while IFS= read -r f; do
  if [ "$f" = @cut ]; then S secretscut; continue; fi
  S "secretfile $f"
  head -c ${bytes} -- "$f" | grep -naiE -e ${word(prefilter)} | head -n ${LINES} | cut -c1-${LINE} || :
done || :`;

const polite = `ionice -c3 -p $$ >/dev/null 2>&1 || :; renice -n 19 -p $$ >/dev/null 2>&1 || :
T=; command -v timeout >/dev/null 2>&1 && T=timeout
G() { if [ -n "$T" ]; then timeout -k 2 "$@"; else shift; "$@"; fi; }
has() { command -v "$1" >/dev/null 2>&1; }`;

/** For the second script: reads the files that are named, and tries common passwords where that is wanted. */
export const contentScript = (
  wanted: { readonly keys: readonly string[]; readonly secrets: readonly string[]; readonly guesses: boolean },
  limits: Limits,
): string => {
  const each = Math.max(5, Math.floor(limits.seconds / 6));
  return [
    polite,
    ...(wanted.keys.length === 0 ? [] : [readKeys(wanted.keys, each)]),
    ...(wanted.secrets.length === 0 ? [] : [readSecrets(wanted.secrets, { ...limits, seconds: each })]),
    ...(wanted.guesses ? [guessScript(Math.min(20, Math.max(6, Math.floor(limits.seconds / 5))))] : []),
  ].join('\n');
};

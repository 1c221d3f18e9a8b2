/** Shell lines that lock, unlock, delete and re-key an account. Every name in them has passed names.ts; every other value is quoted. */
import { kindOf } from '../read/privilege.ts';
import type { HostState, HostUser } from '../read/host-state.ts';
import { word } from '../ssh/script.ts';
import { accountName, passwordLine } from './names.ts';

/** Ends SSH sessions of a uid with everything started in them, also through sudo. A kill that comes too late finds nothing, which is fine. */
const endSessions = (uid: number): string => `pids=$(cat /proc/[0-9]*/status 2>/dev/null | awk -v uid=${uid} '
  /^Name:/ { name = $2 } /^Pid:/ { pid = $2 } /^PPid:/ { parent[pid] = $2; named[pid] = name } /^Uid:/ { if (named[pid] ~ /^sshd/ && $2 == uid) root[pid] = 1; seen[pid] = 1 }
  END { for (p in seen) { for (q = p; q > 1; q = parent[q]) if (q in root) { print p; break } } }')
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :`;

/** Ends every process of a uid, detached ones too. */
const endProcesses = (
  uid: number,
): string => `pids=$(cat /proc/[0-9]*/status 2>/dev/null | awk -v uid=${uid} '/^Pid:/ { pid = $2 } /^Uid:/ && $2 == uid { print pid }')
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null || :`;

/**
 * Expiry is what refuses every way in, by key too; \`usermod -L\` alone would leave keys working. Day 1 and not 0, which
 * shadow(5) calls ambiguous. A service keeps running: only its SSH sessions are ended.
 */
export function lockScript(user: HostUser, state: HostState, uid: number | undefined): string {
  const lock = `usermod -L -- ${user.name} && chage -E 1 ${user.name} || die 'cannot lock ${user.name}'`;
  if (uid === undefined) return lock;
  const person = uid >= state.uidMin && kindOf(user, state) !== 'service';
  return [lock, endSessions(uid), ...(person ? [endProcesses(uid)] : [])].join('\n');
}

/** \`usermod -U\` refuses an account that never had a password; that one needs no unlocking of it. */
export const unlockScript = (name: string): string => `chage -E -1 ${name} || die 'cannot unlock ${name}'
usermod -U -- ${name} 2>/dev/null || :`;

/**
 * What would outlive the account goes first: its processes, its crontab, its sudoers file. Its home is put aside for root, or
 * the next account with that uid would own it.
 */
export function deleteScript(user: HostUser, state: HostState, uid: number | undefined): string {
  const { name, home } = user;
  const own = state.users.filter((other) => other.home === home).length === 1 && /^\/home\/[^/]+$/u.test(home);
  return [
    `chage -E 1 ${name} || :`,
    ...(uid === undefined ? [] : [endSessions(uid), endProcesses(uid)]),
    `rm -f /etc/sudoers.d/reeve-${name.replaceAll('.', '+2e')} /var/spool/cron/crontabs/${name} /var/spool/cron/${name}`,
    `userdel -- ${name} >&2 || die 'userdel failed for ${name}'`,
    ...(own
      ? [
          `if [ -d ${word(home)} ] && [ ! -L ${word(home)} ]; then
  put=${word(home)}.removed-$(date -u +%Y%m%dT%H%M%SZ) kept=$put n=1
  while [ -e "$kept" ] || [ -L "$kept" ]; do n=$((n + 1)) kept=$put-$n; done
  chown -h root:root ${word(home)} && chmod 700 ${word(home)} && mv -- ${word(home)} "$kept" || die 'cannot put the home of ${name} aside'
fi`,
        ]
      : []),
  ].join('\n');
}

/** chpasswd takes the password on its standard input, fed by a shell builtin: no process ever has it as an argument. Keeps a lock. */
export const passwordScript = (user: HostUser, password: string): string =>
  [
    `printf '%s\\n' ${word(`${user.name}:${password}`)} | chpasswd || die 'chpasswd refused the password of ${user.name}'`,
    ...(user.password === 'locked' || user.expired
      ? [`usermod -L -- ${user.name} || die 'cannot lock ${user.name} again'`]
      : []),
  ].join('\n');

/** Shell lines that answer, in a section \`same\`, whether the account has this password already. Needs perl; without it the answer is left open. */
export const samePasswordScript = (account: string, password: string): string => `S same
printf '%s\\n%s\\n' ${accountName(account)} ${word(passwordLine(password))} | perl -e '
  chomp(my $n = <STDIN>); chomp(my $p = <STDIN>); my @e = getpwnam($n); exit 2 unless @e;
  my $h = $e[1]; exit 2 unless length($h) > 12; $h =~ s/^!+//; my $c = crypt($p, $h); exit 2 unless defined $c;
  print $c eq $h ? "yes" : "no"' 2>/dev/null || :`;

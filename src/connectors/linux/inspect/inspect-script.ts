/**
 * The first script of a closer look at a host: files that give power, kept to a number of files, bytes and seconds, at the
 * lowest priority, on local file systems only.
 */
import { candidatesScript } from './content/script.ts';
import { reachScript } from './reach-script.ts';

interface ScriptLimits {
  readonly seconds: number;
  readonly files: number;
  readonly bytes: number;
}

const polite = `ionice -c3 -p $$ >/dev/null 2>&1 || :; renice -n 19 -p $$ >/dev/null 2>&1 || :
T=; command -v timeout >/dev/null 2>&1 && T=timeout
G() { if [ -n "$T" ]; then timeout -k 2 "$@"; else shift; "$@"; fi; }
SKIP='( -path /proc -o -path /sys -o -path /dev -o -path /run/user -o -path /var/lib/docker -o -path /var/lib/containers -o -path /snap ) -prune -o'
has() { command -v "$1" >/dev/null 2>&1; }`;

/** Programs that run as another, and programs with capabilities. */
const setuid = (seconds: number, files: number): string => `S setuid
set -f
G ${seconds} find / -xdev $SKIP -type f \\( -perm -4000 -o -perm -2000 \\) -printf '%m\\t%u\\t%g\\t%U\\t%s\\t%p\\n' 2>/dev/null | head -n ${files} || :
for m in $(awk '$3 ~ /^(ext[234]|xfs|btrfs|tmpfs|overlay|f2fs|zfs)$/ && $2 != "/" && $2 !~ /^\\/(proc|sys|dev|run\\/user|snap)/ { print $2 }' /proc/self/mounts | sort -u | head -n 20); do
  G ${seconds} find "$m" -xdev -type f \\( -perm -4000 -o -perm -2000 \\) -printf '%m\\t%u\\t%g\\t%U\\t%s\\t%p\\n' 2>/dev/null | head -n ${files} || :
done
set +f
S caps; if has getcap; then G ${seconds} getcap -r /usr /bin /sbin /opt /home /srv /var /etc /root /tmp /mnt /media /data /run/user 2>/dev/null | sort -u | head -n 500 || :; else echo unable; fi`;

/** Two programs are one by what is in them: a shell under another name is still a shell. */
const sameAsShell = `S shells; for f in /bin/sh /bin/bash /bin/dash /bin/zsh /bin/ksh /bin/busybox /usr/bin/python3 /usr/bin/perl /usr/bin/env /usr/bin/find /usr/bin/vim.basic /usr/bin/awk /usr/bin/less /bin/cp /usr/bin/tar; do
  [ -f "$f" ] && printf '%s\\t%s\\n' "$(stat -Lc %s "$f")" "$(readlink -f "$f")"; done || :
S sums; set -f; P='/bin/sh /bin/bash /bin/dash /bin/zsh /bin/ksh /bin/busybox /usr/bin/python3 /usr/bin/perl /usr/bin/env /usr/bin/find /usr/bin/vim.basic /bin/cp /usr/bin/tar /usr/bin/awk /usr/bin/less /bin/cat'
Z=" $(stat -Lc %s $P 2>/dev/null | tr '\\n' ' ') "
G 20 find /usr /home /root /tmp /var/tmp /opt /srv /usr/local /etc /var/lib /var/www -xdev -type f -perm -4000 -size -8192k -printf '%s %p\\n' 2>/dev/null | head -n 100 | while IFS=' ' read -r z f; do
  case $Z in *" $z "*) ;; *) continue;; esac
  for s in $P; do [ -f "$s" ] && cmp -s "$f" "$s" && { printf '%s\\t%s\\n' "$f" "$s"; break; }; done; done || :; set +f`;

/** Modes of files that decide who is root, and of what root runs by itself. */
const sensitive = `S modes; for f in /etc/passwd /etc/shadow /etc/gshadow /etc/group /etc/sudoers /etc/sudoers.d /etc/sudoers.d/* /etc/ssh /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/* /etc/ssh/ssh_host_*_key \\
    /etc/crontab /etc/cron.d /etc/cron.d/* /etc/cron.daily /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly /etc/cron.daily/* /etc/cron.hourly/* /etc/cron.weekly/* /etc/cron.monthly/* \\
    /var/spool/cron /var/spool/cron/crontabs /var/spool/cron/crontabs/* /etc/profile /etc/profile.d /etc/profile.d/*.sh /etc/bash.bashrc /etc/environment /etc/ld.so.preload /etc/ld.so.conf /etc/ld.so.conf.d /etc/ld.so.conf.d/* \\
    /etc/pam.d /etc/pam.d/* /etc/security /etc/systemd/system /etc/systemd/system/* /etc/systemd/system/*/* /etc/init.d /etc/init.d/* /etc/rc.local /etc/doas.conf /etc/polkit-1/rules.d/* /etc/exports \\
    /root /root/.ssh /root/.ssh/* /root/.bashrc /root/.profile /root/.bash_profile /usr/local/bin /usr/local/sbin /usr/local/bin/* /usr/local/sbin/* /etc/krb5.keytab \\
    /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock /run/crio/crio.sock /var/lib/lxd/unix.socket /var/snap/lxd/common/lxd/unix.socket /var/lib/incus/unix.socket; do
  [ -e "$f" ] && [ ! -L "$f" ] && stat -c '%a\\t%U\\t%G\\t%F\\t%n' "$f" 2>/dev/null | sed 's/\\\\t/\\t/g'; done | sort -u || :
S keyperms; awk -F: '$6 ~ /^\\/./ { print $1 "\\t" $6 }' /etc/passwd | while IFS='	' read -r user home; do
  for f in "$home" "$home/.bashrc" "$home/.profile" "$home/.bash_profile" "$home/.bash_login" "$home/.bash_aliases" "$home/.bash_logout" "$home/.zshrc" "$home/.zshenv" "$home/.zprofile" "$home/.pam_environment" "$home/.vimrc" "$home/.gitconfig" "$home/.tmux.conf" "$home/bin" "$home/.local/bin" "$home/.config/fish/config.fish" "$home/.config/systemd/user" "$home/.ssh/rc" "$home/.ssh/config" "$home/.ssh/environment" "$home/.ssh" "$home/.ssh/authorized_keys" "$home/.ssh/authorized_keys2" "$home/.rhosts" "$home/.shosts" "$home/.k5login"; do
    [ -e "$f" ] && printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$user" "$(stat -Lc %a "$f")" "$(stat -Lc %U "$f")" "$(stat -Lc %G "$f")" "$f"; done; done || :`;

/** What root runs by itself, as it is written. */
const jobs = `for f in /etc/crontab /etc/cron.d/*; do [ -f "$f" ] && { S "cron $f"; head -c 65536 -- "$f"; }; done || :
for f in /var/spool/cron/crontabs/* /var/spool/cron/*; do [ -f "$f" ] && { S "usercron \${f##*/} $f"; head -c 65536 -- "$f"; }; done || :
for f in /etc/systemd/system/*.service /etc/systemd/system/*.timer /etc/systemd/system/*.d/*.conf; do [ -f "$f" ] && [ ! -L "$f" ] && { S "unit $f"; head -c 16384 -- "$f" | grep -aE '^(User|DynamicUser|WorkingDirectory|Exec[A-Za-z]*|Environment|EnvironmentFile|StandardInput)[[:space:]]*=' || :; }; done || :
for f in /etc/doas.conf /etc/exports /etc/hosts.equiv /etc/ld.so.preload; do [ -f "$f" ] && { S "conf $f"; head -c 65536 -- "$f"; }; done || :
for f in /etc/polkit-1/rules.d/*.rules /usr/local/share/polkit-1/rules.d/*.rules /run/polkit-1/rules.d/*.rules /etc/polkit-1/localauthority/*/*.pkla /var/lib/polkit-1/localauthority/*/*.pkla /etc/polkit-1/localauthority.conf.d/*.conf; do [ -f "$f" ] && { S "polkit $f"; head -c 65536 -- "$f"; }; done || :
for f in /root/.rhosts /root/.shosts /root/.k5login; do [ -f "$f" ] && { S "remote $f"; head -c 4096 -- "$f" | sed 's/[[:space:]]*$//'; }; done || :
S pam; grep -HsE 'pam_(permit|rootok|wheel|exec)|nullok' /etc/pam.d/sudo /etc/pam.d/su /etc/pam.d/sshd /etc/pam.d/common-auth /etc/pam.d/login 2>/dev/null || :
S sshdmore; (sshd -T 2>/dev/null || cat /etc/ssh/sshd_config 2>/dev/null) | tr '[:upper:]' '[:lower:]' | grep -E '^(permitemptypasswords|trustedusercakeys|authorizedprincipalsfile|authorizedkeyscommand|permituserenvironment|hostbasedauthentication|ignorerhosts)[[:space:]]' || :`;

/** The log-ons the host recorded, newest last. */
const logons = `S offset; date +%z; S accepted; for f in /var/log/auth.log.1 /var/log/auth.log /var/log/secure /var/log/sshd.log; do [ -f "$f" ] && tail -c 2000000 "$f" | grep -aE 'Accepted [a-z-]+(/[a-z]+)? for ' | tail -n 2000 | sed "s|^|$(stat -c %Y "$f") |"; done || :
if has journalctl; then G 10 journalctl -q -o short-iso --since -14d -t sshd --grep 'Accepted ' 2>/dev/null | tail -n 2000 | sed 's/^/journal /' || :; fi
S wtmp; last -w -i --time-format iso -n 5000 2>/dev/null || :`;

/** For {@link runScript}, after the script of a reading, in the same run. */
export const inspectScript = (limits: ScriptLimits): string => {
  const each = Math.max(5, Math.floor(limits.seconds / 6));
  return [
    polite,
    setuid(each, limits.files),
    sameAsShell,
    sensitive,
    jobs,
    reachScript(limits),
    candidatesScript({ ...limits, seconds: each }),
    logons,
  ].join('\n');
};

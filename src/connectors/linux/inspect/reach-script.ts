/** What else leads to root on a host, as the script of a closer look asks for it: folders root searches, services, hooks, hashes. */

/** Folders whose files root runs or obeys. */
const OBEYED = `/etc/apt /etc/apt/apt.conf.d /etc/modprobe.d /etc/modules-load.d /etc/udev/rules.d /etc/tmpfiles.d /etc/sysctl.d /etc/logrotate.d /etc/update-motd.d
  /etc/network /etc/NetworkManager /etc/dhcp /etc/ppp /etc/kernel /etc/initramfs-tools /etc/default /etc/xinetd.d /etc/docker /etc/containerd /etc/ssh
  /etc/sudoers.d /etc/pam.d /etc/security /etc/exports.d /etc/polkit-1 /etc/dbus-1 /etc/cron.d /etc/cron.daily /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly
  /etc/systemd /run/systemd/system /run/systemd/generator /usr/local/lib/systemd /usr/lib/systemd/system /lib/systemd/system /usr/lib/systemd/system-generators
  /usr/share/polkit-1 /usr/local/share/polkit-1 /usr/share/dbus-1/system-services /etc/init.d /etc/rc.d /etc/profile.d /etc/ld.so.conf.d /boot/grub /etc/grub.d
  /etc/fail2ban /etc/supervisor /etc/supervisord.d /etc/incron.d /etc/acpi /etc/rsyslog.d /etc/snmp /etc/monit /etc/samba /etc/libvirt/hooks /etc/cloud /etc/salt /etc/puppet
  /etc/ansible /etc/openvpn /etc/dpkg /etc/perl /usr/local/share/perl /usr/libexec /usr/local/sbin /usr/local/bin /usr/local/lib /usr/bin /usr/sbin /usr/lib/python3/dist-packages /usr/share/perl5 /var/spool/cron /var/spool/at /etc/letsencrypt/renewal-hooks`;
const OBEYED_FILES = `/etc/nsswitch.conf /etc/hosts /etc/krb5.conf /etc/fstab /etc/inittab /etc/anacrontab /etc/inetd.conf /etc/sudo.conf /etc/sudo_logsrvd.conf /etc/login.defs
  /etc/crypttab /etc/shells /etc/subuid /etc/subgid /etc/gshadow /etc/zsh/zshenv /etc/zsh/zshrc /etc/sssd/sssd.conf /etc/ldap.conf /etc/sudo-ldap.conf /boot/grub/grub.cfg`;

const folders = (files: number): string => `S reach; set -f
D=; for d in ${OBEYED.split(/\s+/u).join(' ')}; do [ -d "$d" ] && D="$D $d"; done
[ -z "$D" ] || G 20 find -H $D -maxdepth 3 -xdev ! -type l \\( -perm -0002 -o -perm -0020 -o ! -uid 0 \\) -printf '%m\\t%u\\t%g\\t%y\\t%p\\n' 2>/dev/null | sort -u | head -n ${files} || :
for f in ${OBEYED_FILES.split(/\s+/u).join(' ')}; do [ -f "$f" ] && stat -Lc '%a %U %G f %n' "$f" | tr ' ' '\\t'; done || :
set +f
find /tmp /var/tmp /run/screen /run/tmux /var/run/screen -maxdepth 3 -xdev -type s -uid 0 \\( -perm -0002 -o -perm -0020 \\) -printf '%m\\t%u\\t%g\\tsocket\\t%p\\n' 2>/dev/null | sort -u | head -n 50 || :`;

/** Where root searches for programs and libraries. */
const searched = `S rootpath; grep -HsE '^[[:space:]]*(export[[:space:]]+)?(PATH|ENV_SUPATH|LD_LIBRARY_PATH|PYTHONPATH|PERL5LIB)[[:space:]=]' /root/.bashrc /root/.profile /root/.bash_profile /root/.bash_login /root/.zshrc /etc/environment /etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/crontab /etc/cron.d/* /var/spool/cron/crontabs/root /var/spool/cron/root /etc/login.defs /etc/anacrontab || :
S libraries; grep -HsE '^[[:space:]]*/' /etc/ld.so.conf /etc/ld.so.conf.d/*.conf || :`;

/** Services beyond those of /etc/systemd/system, scripts cron runs by folder, hooks, and what runs as root now. */
const runs = `for f in /usr/local/lib/systemd/system/*.service /run/systemd/system/*.service /etc/systemd/system/*/*.conf /usr/lib/systemd/system/*.service; do [ -f "$f" ] && [ ! -L "$f" ] && { S "unit $f"; head -c 16384 -- "$f" | grep -aE '^(User|DynamicUser|WorkingDirectory|Exec[A-Za-z]*|Environment|EnvironmentFile|StandardInput)[[:space:]]*=' || :; }; done || :
for f in /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/* /etc/init.d/* /etc/rc.local /etc/update-motd.d/* /etc/network/if-up.d/* /etc/NetworkManager/dispatcher.d/* /etc/kernel/postinst.d/* /root/.bashrc /root/.profile /root/.bash_profile; do
  [ -f "$f" ] && { S "rootscript $(readlink -f "$f") $f"; head -c 32768 -- "$f" | grep -avE '^[[:space:]]*#' | grep -a / | head -n 200 || :; }; done || :
S pamexec; grep -HsE 'pam_exec\\.so' /etc/pam.d/* || :
S aptconf; grep -HsE '(Pre|Post)-Invoke' /etc/apt/apt.conf /etc/apt/apt.conf.d/* || :
S corepattern; cat /proc/sys/kernel/core_pattern 2>/dev/null || :
S processes; grep -lsE '^Uid:[[:space:]]+0[[:space:]]' /proc/[0-9]*/status 2>/dev/null | head -n 400 | while IFS= read -r s; do d=\${s%/status}; e=$(readlink "$d/exe" 2>/dev/null) || continue; [ "$d" = "/proc/$$" ] && continue
  printf '%s\\t%s\\n' "$e" "$(head -c 600 "$d/cmdline" 2>/dev/null | tr '\\0\\n\\t' '   ')"; done | sort -u || :`;

/** Settings of further doors. */
const doors = `for f in /etc/exports.d/*.exports /etc/docker/daemon.json /etc/shosts.equiv /etc/ssh/shosts.equiv /etc/security/capability.conf /etc/systemd/system/docker.service.d/*.conf; do [ -f "$f" ] && { S "conf $f"; head -c 65536 -- "$f"; }; done || :
awk -F: '$3 != 0 && $6 ~ /^\\/./ && $7 !~ /(nologin|false)$/ { print $1 "\\t" $6 }' /etc/passwd | while IFS='	' read -r u h; do for f in "$h/.rhosts" "$h/.shosts"; do [ -f "$f" ] && { S "trusts $u $f"; head -c 4096 -- "$f"; }; done; done || :
S pamstack; grep -HsE '^[[:space:]]*auth[[:space:]]+(sufficient|\\[success=(done|ok)[^]]*\\])[[:space:]]+pam_(permit|wheel|succeed_if|rhosts|localuser|listfile|debug)\\.so' /etc/pam.d/* || :
S sshdroot; sshd -T 2>/dev/null | tr '[:upper:]' '[:lower:]' | grep -E '^(permitrootlogin|passwordauthentication|kbdinteractiveauthentication|authorizedkeyscommand|authorizedkeyscommanduser)[[:space:]]' || :
S gshadow; awk -F: '{ p = ($2 == "" || $2 ~ /^[!*]/) ? "none" : "set"; if (p == "set" || $3 != "") print $1 ":" p ":" $3 }' /etc/gshadow 2>/dev/null || :
S autologin; grep -rsE '(--autologin|[[:space:]]-a)[[:space:]]+[a-z_]' /etc/systemd/system /etc/inittab 2>/dev/null | grep -E 'getty' || :`;

/** How password hashes are made, and copies of them that others may read. */
const hashes = `S schemes; awk -F: '$2 ~ /^[$_.\\/0-9A-Za-z]/ { s = ($2 ~ /^[$]1[$]/) ? "md5" : ($2 !~ /^[$]/) ? "des" : ""; if (s != "" && (s == "md5" || length($2) == 13 || $2 ~ /^_/)) print $1 "\\t" s }' /etc/shadow 2>/dev/null || :
S hashcopies; set -f; G 10 find /etc /var/backups /home /root /tmp /var/tmp /opt /srv /var/www /mnt -xdev -maxdepth 4 -type f -size -512k \\( -iname '*shadow*' -o -iname '*passwd*' \\) -print 2>/dev/null | head -n 200 | while IFS= read -r f; do
  [ "$f" = /etc/shadow ] && continue; head -c 262144 -- "$f" | grep -aqE '^[^:]+:([$](y|gy|7|6|5|2[aby]|1)[$][^:]+|[./0-9A-Za-z]{13}):[0-9]*:[0-9]*:[0-9]*:' && printf '%s\\t%s\\t%s\\t%s\\n' "$(stat -c %a "$f")" "$(stat -c %U "$f")" "$(stat -c %G "$f")" "$f"; done || :; set +f`;

export const reachScript = (limits: { readonly files: number }): string =>
  [folders(limits.files), searched, runs, doors, hashes].join('\n');

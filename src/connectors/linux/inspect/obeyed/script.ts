/** What root obeys at one remove, as the script of a closer look asks for it: files linked to, scripts that run others, hooks, modules. */

/** Folders where a link is obeyed like the file it leads to. What distributions link to is left out. */
const LINKED = `/etc/sudoers.d /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /var/spool/cron /etc/systemd/system
  /etc/profile.d /etc/pam.d /etc/ld.so.conf.d /etc/init.d /etc/udev/rules.d /etc/modprobe.d /etc/logrotate.d /etc/update-motd.d /etc/polkit-1
  /etc/apt/apt.conf.d /etc/network /etc/NetworkManager/dispatcher.d /etc/exports.d /etc/ssh /usr/local/bin /usr/local/sbin /root`;

const links = `S links; set -f; D=; for d in ${LINKED.split(/\s+/u).join(' ')}; do [ -d "$d" ] && D="$D $d"; done
[ -z "$D" ] || find $D -maxdepth 2 -xdev -type l ! -lname '/lib/*' ! -lname '/usr/*' ! -lname '/dev/*' ! -lname '../*' -print 2>/dev/null | sort | head -n 200 | while IFS= read -r f; do printf '%s\\t%s\\n' "$f" "$(readlink -f -- "$f")"; done || :; set +f
for f in /etc/systemd/system/*.service; do [ -L "$f" ] && r=$(readlink -f -- "$f") && [ -f "$r" ] && case $r in /lib/*|/usr/*|/dev/*) ;; *) S "unit $f"; head -c 16384 -- "$f" | grep -aE '^(User|DynamicUser|WorkingDirectory|Exec[A-Za-z]*|Environment|EnvironmentFile|StandardInput)[[:space:]]*=' || :;; esac; done || :`;

/** Texts that root's shells, timers and daemons run or take commands from. */
const SCRIPTS = `/etc/profile /etc/profile.d/*.sh /etc/bash.bashrc /etc/logrotate.conf /etc/logrotate.d/* /etc/udev/rules.d/*.rules /etc/modprobe.d/*.conf
  /etc/dhcp/dhclient-enter-hooks.d/* /etc/dhcp/dhclient-exit-hooks.d/* /etc/network/interfaces /etc/network/interfaces.d/* /etc/supervisor/supervisord.conf
  /etc/supervisor/conf.d/*.conf /etc/supervisord.conf /etc/supervisord.d/*.ini /etc/incron.d/* /etc/acpi/events/* /etc/dpkg/dpkg.cfg.d/* /etc/inetd.conf
  /etc/xinetd.d/* /etc/anacrontab /etc/letsencrypt/renewal-hooks/*/* /usr/lib/systemd/system-sleep/* /usr/lib/systemd/system-shutdown/* /etc/snmp/snmpd.conf
  /etc/network/if-pre-up.d/* /etc/network/if-down.d/* /etc/network/if-post-down.d/* /etc/kernel/postrm.d/* /etc/kernel/preinst.d/* /etc/rsyslog.d/*.conf /etc/ssh/sshrc
  /etc/sysctl.conf /etc/sysctl.d/*.conf /etc/ppp/ip-up.d/* /etc/ppp/ip-down.d/* /etc/fail2ban/action.d/*.local /etc/monit/monitrc /etc/monit/conf.d/*`;

const scripts = `for f in ${SCRIPTS.split(/\s+/u).join(' ')}; do
  [ -f "$f" ] && { S "rootscript $(readlink -f "$f") $f"; head -c 32768 -- "$f" | grep -avE '^[[:space:]]*#' | grep -aE '/|^\\[|user' | head -n 200 || :; }; done || :
for f in /etc/openvpn/*.conf /etc/openvpn/*/*.conf /etc/wireguard/*.conf; do
  [ -f "$f" ] && { S "rootscript $(readlink -f "$f") $f"; head -c 32768 -- "$f" | grep -aE '^[[:space:]]*(up|down|route-up|route-pre-down|ipchange|client-connect|client-disconnect|learn-address|tls-verify|auth-user-pass-verify|plugin|(Pre|Post)(Up|Down)[[:space:]]*=)[[:space:]].*/' || :; }; done || :
for f in /var/spool/cron/atjobs/* /var/spool/at/*; do [ -f "$f" ] && [ "$(stat -c %u -- "$f")" = 0 ] && { S "rootscript $f $f"; tail -c 4096 -- "$f" | grep -a / || :; }; done || :
S loaded; grep -HsE '^[[:space:]]*[a-z@-]+[[:space:]].*[[:space:]]/[^[:space:]]+\\.so' /etc/pam.d/* || :; grep -HsE '^[[:space:]]*(Plugin|Path)[[:space:]].*/' /etc/sudo.conf || :
S rulesfolders; grep -HsE '^[[:space:]]*[@#]includedir[[:space:]]' /etc/sudoers /etc/sudoers.d/* || :`;

export const obeyedScript = [links, scripts].join('\n');

/** Of the small texts among the files root runs, the lines that may name others. For the second script; `paths` are shell words. */
export const textsScript = (paths: readonly string[]): string =>
  paths.length === 0
    ? ''
    : `for f in ${paths.join(' ')}; do [ -f "$f" ] && [ "$(stat -Lc %s -- "$f")" -le 65536 ] && head -c 256 -- "$f" | LC_ALL=C grep -aqv '[^[:print:][:space:]]' && {
  S "text $f"; head -c 32768 -- "$f" | grep -avE '^[[:space:]]*#' | grep -aE '/|^[[:space:]]*(\\.|source|cd)[[:space:]]' | cut -c1-300 | head -n 200 || :; }; done || :`;

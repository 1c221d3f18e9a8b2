/** Services and settings that open a host, as the script of a closer look asks for them: shares, stacks of PAM, blocks of sshd, keys of Kerberos. */

const services = `for f in /etc/samba/smb.conf /etc/rsyncd.conf /etc/snmp/snmpd.conf /etc/inetd.conf /etc/xinetd.d/*; do [ -f "$f" ] && { S "service $f"; head -c 65536 -- "$f" | grep -avE '^[[:space:]]*[#;]' || :; }; done || :`;

/** All that decides in each stack who gets in; and the lists it goes by. */
const stacks = `S pamauth; grep -HsE '^[[:space:]]*-?(auth[[:space:]]|@include)' /etc/pam.d/* || :
grep -hsE 'pam_listfile\\.so' /etc/pam.d/* | grep -E 'sense=allow' | sed -n 's/.*[[:space:]]file=\\([^[:space:]]*\\).*/\\1/p' | sort -u | while IFS= read -r f; do [ -f "$f" ] && { S "listfile $f"; head -c 16384 -- "$f"; }; done || :`;

/** Settings that hold for some of those who connect, with the block they are in. */
const blocks = `S sshdblocks; for f in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf; do [ -f "$f" ] && awk -v f="$f" '/^[[:space:]]*#/ { next } tolower($1) == "match" { m = $0; sub(/^[[:space:]]*[^[:space:]]+[[:space:]]+/, "", m); next }
  m != "" && tolower(m) != "all" && tolower($1) ~ /^(permitrootlogin|permitemptypasswords|authenticationmethods|permituserenvironment|hostbasedauthentication)$/ { print f ":" NR "\\t" m "\\t" tolower($1) "\\t" tolower($2) }' "$f"; done || :`;

/** Files that log in by themselves, wherever they are kept. */
const keytabs = `S credentials; { set -f; G 10 find /etc /home /root /opt /srv /tmp /var/tmp /var/lib /var/www /usr/local -xdev -maxdepth 6 -type f \\( -name '*.keytab' -o -name 'krb5cc_*' \\) -size -1024k -print 2>/dev/null | head -n 200; set +f
for f in /var/lib/samba/private/secrets.tdb /var/lib/samba/private/sam.ldb /etc/ipsec.secrets /etc/ppp/chap-secrets /etc/ppp/pap-secrets /etc/wireguard/*.conf /etc/kubernetes/admin.conf /etc/rancher/k3s/k3s.yaml /etc/mysql/debian.cnf /etc/ceph/*.keyring /etc/sssd/sssd.conf /etc/openvpn/*.key /var/lib/sss/secrets/*; do [ -f "$f" ] && printf '%s\\n' "$f"; done; } | while IFS= read -r f; do
  [ "$f" = /etc/krb5.keytab ] || printf '%s\\t%s\\t%s\\t%s\\n' "$(stat -Lc %a -- "$f")" "$(stat -Lc %U -- "$f")" "$(stat -Lc %G -- "$f")" "$f"; done || :`;

/** Ids that accounts may make processes with, where accounts come from, sockets, and names in certificates that open root. */
const ranges = `S subids; grep -HsE '^[^#:]+:[0-9]+:[0-9]+' /etc/subuid /etc/subgid || :
S nsswitch; grep -sE '^[[:space:]]*passwd' /etc/nsswitch.conf || :
for f in /etc/systemd/system/*.socket /usr/local/lib/systemd/system/*.socket /run/systemd/system/*.socket; do [ -f "$f" ] && { S "socket $f"; head -c 16384 -- "$f" | grep -aE '^(ListenStream|Service|Accept)[[:space:]]*=' || :; }; done || :
p=$(sshd -T 2>/dev/null | sed -n 's/^authorizedprincipalsfile //p' | sed 's/%u/root/g; s/%h/\\/root/g; s/%%/%/g'); ca=$(sshd -T 2>/dev/null | sed -n 's/^trustedusercakeys //p')
case $p in /*) [ "\${ca:-none}" != none ] && [ -f "$p" ] && { S "principals $p"; head -c 16384 -- "$p"; } || :;; esac`;

export const openedScript = [services, stacks, blocks, keytabs, ranges].join('\n');

/**
 * The one script that reads a host: everything in one round trip, as root.
 * Password hashes are reduced to a word on the host itself and never travel.
 */
import { word } from '../ssh/script.ts';

/** Largest part of one authorized_keys file that is read; a longer file is reported as cut, never silently shortened. */
const maxKeysBytes = 262_144;

/** awk function that reduces a password field to `x`, `empty`, `none`, `locked` (a hash behind `!`) or `set`. */
const reduceHash = `function kind(h) {
  if (h == "x") return "x"
  if (h == "") return "empty"
  if (h ~ /^!/) { sub(/^!+/, "", h); return (usable(h) ? "locked" : "none") }
  return (usable(h) ? "set" : "none")
}
function usable(h) { return h ~ /^[$]/ || h ~ /^_[.\\/0-9A-Za-z]+$/ || (length(h) == 13 && h ~ /^[.\\/0-9A-Za-z]+$/) }`;

const accounts = `S host; uname -n; date -u +%s; sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null || :
S defs; grep -E '^[[:space:]]*UID_MIN[[:space:]]' /etc/login.defs 2>/dev/null || :
S passwd; awk -F: -v OFS=: '${reduceHash} NF > 1 { $2 = kind($2) } { print }' /etc/passwd || die 'cannot read /etc/passwd'
S group; awk -F: -v OFS=: 'NF > 1 { $2 = "x" } { print }' /etc/group || die 'cannot read /etc/group'
if [ -e /etc/shadow ]; then
  S shadow; awk -F: -v OFS=: '${reduceHash} NF > 1 { $2 = kind($2) } { print }' /etc/shadow || die 'cannot read /etc/shadow'
fi`;

/** Follows include directives as sudo does: files of a directory in C order, without names holding a dot or ending in a tilde. */
const sudoers = `sudoers_file() {
  [ "$2" -le 16 ] || die 'sudoers includes nest deeper than 16'
  if [ ! -f "$1" ]; then S "sudoers-missing $1"; return 0; fi
  S "sudoers $1"; cat -- "$1" || die "cannot read $1"
  awk '/^[ \\t]*[@#]include(dir)?[ \\t]/ {
    k = ($1 ~ /dir$/) ? "dir" : "file"; sub(/^[ \\t]*[@#]include(dir)?[ \\t]+/, ""); sub(/[ \\t\\r]+$/, "")
    gsub(/^"|"$/, ""); gsub(/\\\\ /, " "); print k, $0 }' "$1" | while read -r kind path; do
    case $path in *%h*) path=\${path%%%h*}$(uname -n | sed 's/[.].*//')\${path#*%h};; esac
    case $path in /*) ;; *) path=\${1%/*}/$path;; esac
    if [ "$kind" = file ]; then sudoers_file "$path" $(($2 + 1))
    else for file in "\${path%/}"/*; do
      case \${file##*/} in *.*|*'~') continue;; esac
      if [ -f "$file" ]; then sudoers_file "$file" $(($2 + 1)); fi
    done; fi
  done || exit 90
}
if [ -e /etc/sudoers ]; then sudoers_file /etc/sudoers 0; fi`;

/** sshd tells its settings once: asking takes it as long as reading everything else. */
const sshdConfig = `config=$(sshd -T 2>/dev/null || sed 's/[[:space:]]*=[[:space:]]*/ /; s/^[[:space:]]*//' /etc/ssh/sshd_config 2>/dev/null || :)
S sshd; printf '%s\\n' "$config" | tr '[:upper:]' '[:lower:]' |
  grep -E '^(authorizedkeyscommand|permitrootlogin|passwordauthentication|usepam)[[:space:]]' || :
patterns=$(printf '%s\\n' "$config" | awk 'tolower($1) == "authorizedkeysfile" { $1 = ""; print; exit }' || :)
[ -n "$patterns" ] || patterns='.ssh/authorized_keys .ssh/authorized_keys2'`;

/** Every file sshd would accept a key of an account from, and the account's own public keys. Only lines that may be keys travel. */
const keys = `awk -F: '
  function put(s, from, to,   i, out) { out = ""; while ((i = index(s, from)) > 0) { out = out substr(s, 1, i - 1) to; s = substr(s, i + length(from)) } return out s }
  BEGIN { n = split(ENVIRON["patterns"], pattern, " ") }
  NF == 7 && (ENVIRON["only"] == "" || $1 == ENVIRON["only"]) && $1 !~ /^[#+-]/ && $6 ~ /^\\// { for (i = 1; i <= n; i++) { p = pattern[i]; if (p == "none") continue
    p = put(p, "%%", "\\001"); p = put(p, "%h", $6); p = put(p, "%u", $1); p = put(p, "%U", $3); p = put(p, "\\001", "%")
    if (p !~ /^\\//) p = $6 "/" p
    print $1 "\\tkeys\\t" p }
    print $1 "\\tpub\\t" $6 "/.ssh" }' /etc/passwd | while IFS='	' read -r user what path; do
  if [ "$what" = keys ]; then
    S "keys-path $user $path"
    [ -f "$path" ] || continue
    [ "$(wc -c <"$path")" -le ${maxKeysBytes} ] || S "keys-cut $user $path"
    S "keys $user $path"
    head -c ${maxKeysBytes} -- "$path" | grep -naE '(ssh-|ecdsa-|sk-)' || :
  elif [ -d "$path" ]; then
    for file in "$path"/id_*.pub; do
      [ -f "$file" ] || continue
      S "pub $user $file"; head -c 4096 -- "$file" | grep -naE '^(ssh-|ecdsa-|sk-)' || :
    done
  fi
done || die 'cannot read the authorized keys'`;

const logins = `S last; last -w --time-format iso -n 20000 2>/dev/null | awk '!($1 in seen) { seen[$1] = 1; print }' || :
S lastlog; lastlog 2>/dev/null | grep -v 'Never logged in' || :`;

/**
 * Script for {@link runScript}. Without `logins`, and with keys of one account only, it leaves out what no change of that
 * account needs to know: each file it looks into costs the host some processes.
 */
export function readScript(parts: { readonly logins: boolean; readonly keysOf?: string }): string {
  const steps = [accounts, sudoers, sshdConfig, `only=${word(parts.keysOf ?? '')}; export patterns only`, keys];
  return [...steps, ...(parts.logins ? [logins] : [])].join('\n');
}

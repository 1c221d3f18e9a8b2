/** Shell scripts that make sshd trust certificates, and take that back. */
import { TargetError, type WantedTrust } from '../../port.ts';
import { accountName } from '../change/names.ts';
import { word } from '../ssh/script.ts';

/** Where Reeve's files for sshd are. Only its own. */
export const FOLDER = '/etc/ssh/reeve';
const BEGIN = '# reeve begin: certificates; `reeve ca set-up` writes this';
const END = '# reeve end';
/** So long a target waits to hear that the log-on was proved, then puts everything back by itself. */
export const PATIENCE_SECONDS = 60;

/** What sshd is to read. The first value of a keyword counts, so it stands before everything else. */
const config = [
  BEGIN,
  `TrustedUserCAKeys ${FOLDER}/user_ca.pub`,
  `AuthorizedPrincipalsFile ${FOLDER}/principals/%u`,
  `RevokedKeys ${FOLDER}/revoked.krl`,
  `HostCertificate ${FOLDER}/host_key-cert.pub`,
  END,
  '',
].join('\n');

/** What sshd is and reads, each in a section; needs nothing but sshd. */
export const lookScript = `SSHD=$(command -v sshd) || refuse 'there is no sshd in /usr/sbin or /usr/bin'
T=$("$SSHD" -T 2>/dev/null) || refuse 'sshd does not accept its own configuration (sshd -t)'
S config; printf '%s\\n' "$T" | grep -E '^(trustedusercakeys|authorizedprincipalsfile|authorizedprincipalscommand|revokedkeys|hostkey|hostcertificate|pidfile) '
printf '%s\\n' "$T" | sed -n 's/^hostkey //p' | while read -r k; do [ -r "$k.pub" ] && { S hostkey "$k"; cat "$k.pub"; }; done
if [ -r ${FOLDER}/revoked.krl ]; then S krl; sha256sum <${FOLDER}/revoked.krl; fi
if [ -r ${FOLDER}/user_ca.pub ]; then S authorities; cat ${FOLDER}/user_ca.pub; fi
`;

/** Writes one file whole, readable by everybody: sshd reads some as the account that logs in. Sets CHANGED where it was another. */
const put = (path: string, base64: string): string =>
  `printf %s ${word(base64)} | base64 -d >${path}.new || die 'a file could not be written'
chmod 644 ${path}.new
if cmp -s ${path}.new ${path}; then rm ${path}.new; else mv ${path}.new ${path}; CHANGED=1; fi
`;

/** The files sshd reads at each log-on. A revocation list that cannot be read would shut out every key, so the host reads it first. */
export function filesScript(wanted: WantedTrust): string {
  const lines = wanted.userAuthorities.map((line) => `${line}\n`).join('');
  const names = [...wanted.principals.keys()];
  for (const account of names) accountName(account);
  if (lines === '') throw new TargetError('refused', 'there is no authority to trust');
  return `CHANGED=0
mkdir -p ${FOLDER}/principals && chmod 755 ${FOLDER} ${FOLDER}/principals || die 'the folder for sshd could not be made'
printf %s ${word(wanted.revoked.toString('base64'))} | base64 -d >${FOLDER}/.try.krl && ssh-keygen -Q -l -f ${FOLDER}/.try.krl >/dev/null || { rm -f ${FOLDER}/.try.krl; die 'the host does not read the revocation list'; }
rm -f ${FOLDER}/.try.krl
${put(`${FOLDER}/user_ca.pub`, Buffer.from(lines).toString('base64'))}${put(`${FOLDER}/revoked.krl`, wanted.revoked.toString('base64'))}${[
    ...wanted.principals,
  ]
    .map(([account, principal]) =>
      put(`${FOLDER}/principals/${account}`, Buffer.from(`${principal}\n`).toString('base64')),
    )
    .join(
      '',
    )}for p in ${FOLDER}/principals/*; do case " ${names.join(' ')} " in *" \${p##*/} "*) ;; *) [ -f "$p" ] && { rm "$p"; CHANGED=1; } ;; esac; done
`;
}

/** Puts everything back as it was before set-up, and says so to sshd. Runs alone, by hand or by the watchdog. */
const undo = `#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -d ${FOLDER}.before ] || exit 0
[ -e ${FOLDER}.before/sshd_config ] && cat ${FOLDER}.before/sshd_config >/etc/ssh/sshd_config
rm -rf ${FOLDER}
[ -d ${FOLDER}.before/reeve ] && mv ${FOLDER}.before/reeve ${FOLDER}
rm -rf ${FOLDER}.before
P=$(sshd -T 2>/dev/null | sed -n 's/^pidfile //p'); kill -HUP "$(cat "$P")" 2>/dev/null || systemctl reload ssh 2>/dev/null || systemctl reload sshd
`;

const RELOAD = `P=$("$SSHD" -T | sed -n 's/^pidfile //p'); { [ -s "$P" ] && kill -HUP "$(cat "$P")"; } || systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null || die 'sshd could not be told to read its configuration again'
`;

/**
 * Writes files and configuration, has sshd check them, and reloads it. Keeps what was there, and starts a watchdog that puts
 * it back unless {@link keepScript} runs in time.
 */
export function setUpScript(wanted: WantedTrust): string {
  return `${lookScript}
[ -d ${FOLDER}.before ] && { sh ${FOLDER}.before/undo || :; }
mkdir -m 700 ${FOLDER}.before || die 'another set-up is under way'
cp -p /etc/ssh/sshd_config ${FOLDER}.before/sshd_config
[ -d ${FOLDER} ] && cp -a ${FOLDER} ${FOLDER}.before/reeve
printf %s ${word(Buffer.from(undo).toString('base64'))} | base64 -d >${FOLDER}.before/undo
back() { sh ${FOLDER}.before/undo; }
( ${filesScript(wanted)}${wanted.hostCertificate === undefined ? '' : put(`${FOLDER}/host_key-cert.pub`, Buffer.from(`${wanted.hostCertificate}\n`).toString('base64'))}
{ printf %s ${word(Buffer.from(config).toString('base64'))} | base64 -d; sed '/^# reeve begin: /,/^# reeve end$/d' /etc/ssh/sshd_config; } >/etc/ssh/sshd_config.reeve-new || die 'the configuration could not be written'
cmp -s /etc/ssh/sshd_config.reeve-new /etc/ssh/sshd_config || CHANGED=1
cat /etc/ssh/sshd_config.reeve-new >/etc/ssh/sshd_config; rm -f /etc/ssh/sshd_config.reeve-new
"$SSHD" -t || die 'sshd refuses the configuration; it is as it was'
S changed $CHANGED
) || { back; exit 90; }
touch ${FOLDER}.before/armed
( trap '' HUP; sleep ${PATIENCE_SECONDS}; [ -e ${FOLDER}.before/armed ] && sh ${FOLDER}.before/undo ) >/dev/null 2>&1 </dev/null &
${RELOAD}`;
}

/** The log-on was proved: what was there before is no longer needed. */
export const keepScript = `rm -f ${FOLDER}.before/armed; rm -rf ${FOLDER}.before`;
/** It was not: everything back. */
export const backScript = `sh ${FOLDER}.before/undo`;

const HOST_BEGIN = '# reeve begin: host certificate; `reeve ca host` writes this';
const HOST_CONFIG = `${HOST_BEGIN}\nHostCertificate ${FOLDER}/host_key-cert.pub\n${END}\n`;

/** Has sshd show a certificate of its host key. What was there is kept until {@link keepHostScript} or {@link backHostScript} runs. */
export const hostScript = (certificate: string): string => `${lookScript}
mkdir -p ${FOLDER} && chmod 755 ${FOLDER} || die 'the folder for sshd could not be made'
[ -e ${FOLDER}/host_key-cert.pub ] && cp -p ${FOLDER}/host_key-cert.pub ${FOLDER}/host.before
cp -p /etc/ssh/sshd_config ${FOLDER}/sshd_config.before || die 'the configuration could not be kept'
CHANGED=0
${put(`${FOLDER}/host_key-cert.pub`, Buffer.from(`${certificate}\n`).toString('base64'))}
if ! printf '%s\n' "$T" | grep -qx 'hostcertificate ${FOLDER}/host_key-cert.pub'; then
  { printf %s ${word(Buffer.from(HOST_CONFIG).toString('base64'))} | base64 -d; cat ${FOLDER}/sshd_config.before; } >/etc/ssh/sshd_config || { cat ${FOLDER}/sshd_config.before >/etc/ssh/sshd_config; die 'the configuration could not be written'; }
  CHANGED=1
fi
"$SSHD" -t || { cat ${FOLDER}/sshd_config.before >/etc/ssh/sshd_config; die 'sshd refuses the configuration; it is as it was'; }
${RELOAD}S changed $CHANGED
`;

/** It was seen: what was there before is no longer needed. */
export const keepHostScript = `rm -f ${FOLDER}/host.before ${FOLDER}/sshd_config.before`;
/** It was not: everything back. */
export const backHostScript = `${lookScript}
cat ${FOLDER}/sshd_config.before >/etc/ssh/sshd_config
if [ -e ${FOLDER}/host.before ]; then mv ${FOLDER}/host.before ${FOLDER}/host_key-cert.pub; else rm -f ${FOLDER}/host_key-cert.pub; fi
rm -f ${FOLDER}/sshd_config.before
${RELOAD}`;

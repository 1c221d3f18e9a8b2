import { said, texts, worse, type Judgement, type Rule } from '../model.ts';

const door = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: true, restsOn: 'thing', reason, byHand },
];

export const polkit: Rule = ({ facts, about }) =>
  door(
    'polkit',
    'high',
    `may do ${texts(facts['actions']).join(', ')} as root ${said(facts['asked']) || 'without being asked'} (polkit)`,
    `take the rule away: ${about}`,
  );

export const trustedHost: Rule = ({ account, facts, about }, around) =>
  door(
    'trusted_host',
    account === '' || account === 'root' ? 'critical' : (around.powerOf(account) ?? 'medium'),
    facts['everybody'] === true
      ? `anybody from anywhere is let in ${account === '' ? 'as anybody' : `as ${account}`} without a password`
      : `${said(facts['who'])} is let in without a password`,
    `take the line away: ${about}`,
  );

export const kerberosLogin: Rule = ({ facts, about }) =>
  door(
    'kerberos_login',
    'high',
    `${said(facts['who'])} may log in as root with a ticket of its own (.k5login)`,
    `take the line away: ${about}`,
  );

export const certificateLogin: Rule = ({ facts, about }) =>
  door(
    'certificate_login',
    'high',
    `whoever has a certificate for ${said(facts['principal'])} logs in as root with it`,
    `take the line away: ${about}`,
  );

export const idRange: Rule = ({ facts }) =>
  door(
    'id_range',
    'critical',
    `makes processes with ${said(facts['taken']) === 'uid 0' ? 'uid 0' : `the group ${said(facts['taken'])}`} of the host, which ${said(facts['file'])} gives it (newuidmap)`,
    `give it ids that nobody has, in ${said(facts['file'])}`,
  );

export const networkAccounts: Rule = ({ facts, about }) =>
  door(
    'network_accounts',
    facts['uid'] === '0' ? 'critical' : 'high',
    `whoever answers for the network says who may log in${facts['uid'] === '0' ? ', with uid 0' : ''} (${about} in /etc/passwd, NIS)`,
    `take the line ${about} out of /etc/passwd`,
  );

export const exported: Rule = ({ facts, about }) =>
  door(
    'export',
    'high',
    `root of any client is root on ${about} (no_root_squash)`,
    `export it with root_squash: ${said(facts['export'])}`,
  );

export const openPam: Rule = ({ facts }) =>
  door(
    'open_pam',
    'critical',
    `${said(facts['service'])} lets in whoever asks (${said(facts['rule'])})`,
    'take pam_permit out of the stack',
  );

export const trustedCa: Rule = ({ facts, about }) =>
  door(
    'trusted_ca',
    'medium',
    `whoever signs with ${said(facts['file'])} makes certificates that open accounts here`,
    `know who holds the authority, or take it out: ${about}`,
  );

export const emptyByNetwork: Rule = ({ account }) =>
  door(
    'empty_by_network',
    'critical',
    `${account} is opened over the network without a password (PermitEmptyPasswords)`,
    'set PermitEmptyPasswords no, and give it a password',
  );

export const dockerTcp: Rule = ({ facts }) =>
  door(
    'docker_tcp',
    'critical',
    `anybody who reaches ${said(facts['at'])} starts containers as root there`,
    'have Docker listen on its socket only, or ask for certificates (tlsverify)',
  );

export const givenCapability: Rule = ({ account, facts, about }) =>
  door(
    'given_capability',
    'high',
    `${account === '' ? 'everybody' : account} logs in with ${texts(facts['capabilities']).join(', ')} (pam_cap)`,
    `take ${about} out of /etc/security/capability.conf`,
  );

export const pamTrust: Rule = ({ facts }) =>
  door(
    'pam_trust',
    'critical',
    `becomes root through ${said(facts['service'])} without a password (${said(facts['rule'])})`,
    'take the line out of the stack',
  );

export const rootByPassword: Rule = ({ account }) => [
  {
    kind: 'root_by_password',
    severity: 'medium',
    power: false,
    restsOn: 'credential',
    reason: `${account} logs in over the network with a password`,
    byHand: 'set PermitRootLogin prohibit-password',
  },
];

export const groupAdmin: Rule = ({ facts }) =>
  door(
    'group_admin',
    'high',
    `may add anybody to group ${said(facts['group'])}, itself too (administrator of the group)`,
    `take it away: gpasswd -A '' ${said(facts['group'])}`,
  );

export const groupPassword: Rule = ({ facts }) =>
  door(
    'group_password',
    'high',
    `whoever knows the password of group ${said(facts['group'])} comes into it (newgrp)`,
    `take it away: gpasswd -r ${said(facts['group'])}`,
  );

/** One uid is one account to the kernel: what one name may do, the other may. */
export const uidTwin: Rule = ({ account, facts }, around) => {
  const others = texts(facts['others']);
  const lent = others.map((name) => around.powerOf(name)).reduce(worse, undefined);
  // Of two without power, or of one that has it anyway, the name that came later says it.
  return lent === undefined && (facts['later'] !== true || around.powerOf(account) !== undefined)
    ? []
    : [
        {
          kind: 'uid_twin',
          severity: lent ?? 'medium',
          power: lent !== undefined,
          restsOn: 'credential',
          reason: `has the uid of ${others.join(', ')}: what one may do, the other may`,
          byHand: `give ${account} a uid of its own: usermod -u`,
        },
      ];
};

export const autoLogin: Rule = ({ account, about }, around) => [
  {
    kind: 'auto_login',
    severity: around.powerOf(account) ?? 'medium',
    power: false,
    restsOn: 'thing',
    reason: `whoever stands before the machine is ${account}: nobody is asked for a password`,
    byHand: `take --autologin out of ${about}`,
  },
];

export const openService: Rule = ({ account, facts, about }) =>
  door(
    'open_service',
    'critical',
    `${account === '' ? 'whoever reaches it ' : ''}${said(facts['does'])}`,
    `have it ask who comes, and act as somebody without power: ${about}`,
  );

export const looseBlock: Rule = ({ account, facts }) =>
  door(
    'loose_block',
    facts['setting'] === 'permitrootlogin'
      ? 'medium'
      : facts['setting'] === 'permituserenvironment'
        ? 'medium'
        : 'critical',
    `${account === '' ? 'whoever' : 'whoever logs in as root and'} fits ‘${said(facts['match'])}’ is asked for less: ${said(facts['setting'])} ${said(facts['value'])}`,
    'take the line out of the Match block',
  );

export const passwordTap: Rule = ({ facts }) =>
  door(
    'password_tap',
    'high',
    `${said(facts['program'])} is handed every password that is typed into ${said(facts['service'])} (pam_exec, expose_authtok)`,
    'take expose_authtok out of the stack, unless you know what the program is for',
  );

export const currentFolder: Rule = ({ about }) =>
  door(
    'current_folder',
    'high',
    'root searches the folder it stands in for programs: whoever may write there has theirs run',
    `take the dot out of PATH: ${about}`,
  );

export const sudoExempt: Rule = ({ account, facts }, around) =>
  around.powerOf(account) === undefined
    ? []
    : door(
        'sudo_exempt',
        'high',
        `is asked for no password by sudo, being in group ${said(facts['group'])} (exempt_group)`,
        'take exempt_group out of the sudoers files',
      );

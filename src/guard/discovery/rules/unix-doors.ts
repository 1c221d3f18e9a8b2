import { said, texts, type Judgement, type Rule } from '../model.ts';

const door = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: true, restsOn: 'thing', reason, byHand },
];

export const polkit: Rule = ({ facts, about }) =>
  door(
    'polkit',
    'high',
    `may do ${texts(facts['actions']).join(', ')} as root without being asked (polkit)`,
    `take the rule away: ${about}`,
  );

export const trustedHost: Rule = ({ facts, about }) =>
  door(
    'trusted_host',
    'critical',
    facts['everybody'] === true
      ? 'anybody from anywhere is let in as root without a password'
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

import { said, texts, type Judgement, type Rule } from '../model.ts';

const power = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: true, restsOn: 'thing', reason, byHand },
];

export const delegation: Rule = ({ facts }) => {
  const to = texts(facts['to']).join(', ');
  return facts['transition'] === true
    ? power(
        'delegation',
        'critical',
        `may act as anybody towards ${to}`,
        'take the delegation away, or mark administrators as sensitive (NOT_DELEGATED)',
      )
    : power(
        'delegation',
        'high',
        `may act as whoever logs in to it towards ${to} (delegation)`,
        'take the delegation away, or mark administrators as sensitive (NOT_DELEGATED)',
      );
};

export const actsOnBehalf: Rule = ({ facts }) =>
  power(
    'acts_on_behalf',
    facts['controller'] === true ? 'critical' : 'high',
    `may act as anybody towards ${said(facts['on'])} (resource-based delegation)`,
    `empty msDS-AllowedToActOnBehalfOfOtherIdentity of ${said(facts['on'])}`,
  );

export const readsPasswordOf: Rule = ({ facts }) =>
  power(
    'reads_password_of',
    'medium',
    `may read the password of the managed account ${said(facts['on']).replace(/^on /u, '')}`,
    'keep PrincipalsAllowedToRetrieveManagedPassword to the computers that need it',
  );

export const readsLocalPassword: Rule = ({ account, facts }) => {
  const more = said(facts['more']);
  return power(
    'reads_local_password',
    'high',
    `${account === '' ? `everybody (${said(facts['by'])}) ` : ''}may read the password of the local administrator of ${texts(facts['on']).join(', ')}${more === '0' ? '' : ` and of ${more} more`} (${said(facts['attribute'])})`,
    `let those read ${said(facts['attribute'])} who look after these computers, and nobody else`,
  );
};

export const controlsComputer: Rule = ({ facts }) =>
  power(
    'controls_computer',
    'critical',
    facts['controller'] === false
      ? `controls ${said(facts['on'])}, to which everybody who connects leaves their ticket (${said(facts['right'])})`
      : `controls the domain controller ${said(facts['on'])} (${said(facts['right'])})`,
    `take the permission on ${said(facts['on'])} away`,
  );

export const keyCredential: Rule = () =>
  power(
    'key_credential',
    'high',
    'can be logged in to with a key kept in the directory (msDS-KeyCredentialLink), whoever put it there',
    'look who added it; empty the attribute where it is not Windows Hello',
  );

export const adminCount: Rule = ({ facts }) =>
  power(
    'admin_count',
    facts['locked'] === true ? 'low' : 'medium',
    'carries the mark of an administrator (adminCount) and is in no privileged group: it once was, and its permissions are still those of one',
    'clear adminCount and let permissions be inherited again',
  );

export const noLaps: Rule = ({ facts }) => [
  {
    kind: 'no_laps',
    severity: 'medium',
    power: false,
    restsOn: 'thing',
    reason:
      said(facts['due']) === ''
        ? `nobody looks after the password of the local administrator of ${said(facts['computer'])} (no LAPS)`
        : `LAPS has not changed the local administrator's password of ${said(facts['computer'])} since ${said(facts['due'])}`,
    byHand: 'apply the LAPS policy to its unit',
  },
];

export const openRule: Rule = ({ facts }) =>
  power(
    'open_rule',
    facts['reads'] === true ? 'high' : 'critical',
    `${said(facts['who'])} may ${facts['reads'] === true ? 'read password hashes' : 'write what gives access'}: ${said(facts['rule'])}`,
    'narrow the access rule',
  );

/** A template no authority offers yet is one step away: whoever may offer it need not be able to change it. */
export const certificateTemplate: Rule = ({ account, facts }) =>
  power(
    'certificate_template',
    facts['offered'] === true ? 'critical' : 'medium',
    `${account === '' ? `everybody (${said(facts['by'])}) ` : ''}asks for certificates by the template ${said(facts['template'])}, which ${texts(facts['ways']).join(', ')}${facts['offered'] === true ? '' : '; no authority offers it now'}`,
    `have ${said(facts['template'])} build names from the directory, or a manager approve; and take the permission from ${said(facts['by'])}`,
  );

export const certificateAuthority: Rule = ({ facts }) =>
  power(
    'certificate_authority',
    'critical',
    `may change ${said(facts['authority'])}, by which certificates are signed that log in as anybody (${said(facts['right'])})`,
    `take the permission from ${said(facts['by'])}`,
  );

export const posixRoot: Rule = () =>
  power(
    'directory_admin',
    'high',
    'is root on every host that takes its accounts from here (uidNumber 0)',
    'give it a uidNumber of its own',
  );

export const mappedCertificate: Rule = ({ facts }) =>
  power(
    'mapped_certificate',
    'medium',
    `is logged in to with certificates mapped to it (${texts(facts['mapped']).join('; ')})`,
    'look who mapped them; empty altSecurityIdentities where nobody needs it',
  );

export const guestEnabled: Rule = () => [
  {
    kind: 'guest_enabled',
    severity: 'medium',
    power: false,
    restsOn: 'credential',
    reason: 'is the guest of the domain, and lets anybody in',
    byHand: 'disable the account',
  },
];

const open = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: false, restsOn: 'thing', reason, byHand },
];

export const machineQuota: Rule = ({ facts }) =>
  open(
    'machine_quota',
    'low',
    `everybody who logs in may add ${said(facts['quota'])} computers, whose keys they then know`,
    'set ms-DS-MachineAccountQuota to 0',
  );

export const anonymousRead: Rule = ({ facts, place }) =>
  open(
    'anonymous_read',
    'medium',
    `everybody reads the accounts of the domain without logging in (${said(facts['by'])})`,
    `take it back: ${place}`,
  );

export const unprotectedGroups: Rule = ({ place }) =>
  open(
    'unprotected_groups',
    'high',
    'groups of operators are left out of what protects administrators: whoever manages ordinary accounts manages theirs',
    `take it back: ${place}`,
  );

/** The key of krbtgt: whoever has had it once makes tickets of anybody until it was changed twice. */
export const ticketKey: Rule = ({ facts }, around) => {
  const age = facts['ageDays'];
  return typeof age === 'number' && age > around.staleDays
    ? [
        {
          kind: 'ticket_key',
          severity: 'medium',
          power: false,
          restsOn: 'credential',
          reason: `the key that signs every ticket is ${age} days old`,
          byHand: 'change the password of krbtgt twice, some hours apart',
        },
      ]
    : [];
};

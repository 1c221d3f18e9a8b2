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

export const controlsComputer: Rule = ({ facts }) =>
  power(
    'controls_computer',
    'critical',
    `controls the domain controller ${said(facts['on'])} (${said(facts['right'])})`,
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
    'critical',
    `${said(facts['who'])} may write what gives access: ${said(facts['rule'])}`,
    'narrow the access rule',
  );

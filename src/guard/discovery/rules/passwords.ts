import { said, type Judgement, type Rule } from '../model.ts';

/** How a password is kept: none at all, stale, never expiring. Of accounts with power it weighs more. */
export const password: Rule = ({ account, facts }, around) => {
  const power = around.powerOf(account);
  const found: Judgement[] = [];
  const say = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): void =>
    void found.push({ kind, severity, power: false, restsOn: 'credential', reason, byHand });
  if (facts['empty'] === true) {
    say('empty_password', 'critical', `${account} has no password: nobody is asked for one`, 'give it one, or lock it');
    return found;
  }
  const age = facts['ageDays'];
  if (typeof age === 'number' && age > around.staleDays)
    say(
      'stale_password',
      power === undefined ? 'low' : 'medium',
      `its password is ${age} days old${power === undefined ? '' : ', and it is privileged'}`,
      'change it, or have Reeve rotate it',
    );
  if (facts['neverExpires'] === true)
    say(
      'never_expiring_password',
      power === undefined ? 'low' : 'medium',
      `its password never expires${power === undefined ? '' : ', and it is privileged'}`,
      'give it an end, or have Reeve rotate it',
    );
  return found;
};

const flaw = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: false, restsOn: 'credential', reason, byHand },
];

export const weakPassword: Rule = ({ account, facts }, around) =>
  flaw(
    'weak_password',
    around.powerOf(account) === undefined ? 'high' : 'critical',
    `its password is ${said(facts['sort'])}`,
    'change it, or have Reeve rotate it',
  );

export const weakHash: Rule = ({ account, facts }, around) =>
  flaw(
    'weak_hash',
    around.powerOf(account) === undefined ? 'low' : 'medium',
    `its password is stored with ${said(facts['scheme'])}`,
    'change the password, so that it is stored anew',
  );

export const plainPassword: Rule = ({ account }, around) =>
  flaw(
    'plain_password',
    around.powerOf(account) === undefined ? 'medium' : 'high',
    'its password is kept in the clear in the directory',
    'set it again with a hash (ppolicy_hash_cleartext)',
  );

export const reversiblePassword: Rule = ({ account }, around) =>
  flaw(
    'reversible_password',
    around.powerOf(account) === undefined ? 'medium' : 'high',
    'its password is stored so that it can be read back',
    'take the flag away and change the password',
  );

export const passwordNotRequired: Rule = ({ account }, around) =>
  flaw(
    'password_not_required',
    around.powerOf(account) === undefined ? 'medium' : 'high',
    'may have no password at all (PASSWD_NOTREQD)',
    'take the flag away',
  );

export const storedPassword: Rule = ({ facts }) => [
  {
    kind: 'stored_password',
    severity: 'medium',
    power: false,
    restsOn: 'thing',
    reason: `a password to the server ${said(facts['server'])} is kept in the catalogue, readable by superusers and its holder`,
    byHand: 'use a certificate, or rotate it',
  },
];

export const secretInAttribute: Rule = ({ account, facts }) => [
  {
    kind: 'secret_in_attribute',
    severity: 'high',
    power: false,
    restsOn: 'thing',
    reason: `everybody who is let in there may read what looks like ${account === '' ? 'a' : 'its'} password in ${said(facts['attribute'])}`,
    byHand: `take it out of ${said(facts['attribute'])} and change the password`,
  },
];

export const anonymous: Rule = ({ facts }) => [
  {
    kind: 'anonymous',
    severity: 'high',
    power: false,
    restsOn: 'credential',
    reason: `anybody from ${said(facts['host'])} is let in without a name`,
    byHand: 'drop the account',
  },
];

/** An account nobody has used for long. */
export const lastUse: Rule = ({ account, facts }, around) => {
  const days = Math.floor((around.now.getTime() - Date.parse(said(facts['lastUsedAt']))) / 86_400_000);
  const power = around.powerOf(account);
  if (!(days > (power === undefined ? around.dormantDays * 2 : around.dormantDays))) return [];
  return [
    {
      kind: 'dormant',
      severity: power === undefined ? 'low' : 'medium',
      power: false,
      restsOn: 'credential',
      reason:
        facts['never'] === true
          ? `was never used in ${days} days`
          : `was not used for ${days} days${power === undefined ? '' : ', and it is privileged'}`,
      byHand: 'lock it, or remove it',
    },
  ];
};

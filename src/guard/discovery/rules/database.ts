import { said, type Judgement, type Rule } from '../model.ts';

const who = (account: string): string => (account === '' ? 'everybody who may connect ' : '');
const right = (kind: string, severity: Judgement['severity'], reason: string, byHand: string): readonly Judgement[] => [
  { kind, severity, power: true, restsOn: 'thing', reason, byHand },
];

export const definerRoutine: Rule = ({ account, facts }) =>
  right(
    'definer_routine',
    facts['superuser'] === true ? (facts['pathPinned'] === true ? 'medium' : 'high') : 'medium',
    `${who(account)}runs ${said(facts['routine'])}, which acts as ${said(facts['actsAs'])}${facts['superuser'] === true ? ', a superuser' : ''}${facts['pathPinned'] === true ? '' : ', and finds names by the caller’s search_path'}`,
    `revoke execute on function ${said(facts['routine'])}, or give it an owner without power and a search_path`,
  );

export const serverFunction: Rule = ({ account, facts }) =>
  right(
    'server_function',
    'critical',
    `${who(account)}runs ${said(facts['routine'])}, which may do anything the server may (${said(facts['language'])})`,
    `revoke execute on ${said(facts['routine'])}, or drop it`,
  );

export const dangerousFunction: Rule = ({ account, facts }) =>
  right(
    'dangerous_function',
    'critical',
    `${who(account)}may call ${said(facts['routine'])}, which reaches the server's files or settings`,
    `revoke execute on function ${said(facts['routine'])}`,
  );

export const grantOption: Rule = ({ facts }) =>
  right(
    'grant_option',
    'medium',
    `gives ${said(facts['privileges'])} on ${said(facts['what'])} to others (grant option)`,
    `revoke grant option for ${said(facts['privileges'])} on ${said(facts['what'])}`,
  );

export const openToAll: Rule = ({ facts }) =>
  right(
    'open_to_all',
    'medium',
    `everybody who may connect has ${said(facts['privileges'])} on ${said(facts['what'])}`,
    `revoke ${said(facts['privileges'])} on ${said(facts['what'])} from public`,
  );

export const owns: Rule = ({ facts }) =>
  right(
    'owns',
    'low',
    `owns ${said(facts['what'])}, and so may drop it and give it to anybody`,
    `give it an owner that nobody logs in as`,
  );

export const parameter: Rule = ({ account, facts }) =>
  right(
    'parameter',
    /preload|library|program|command|path/u.test(said(facts['parameter'])) || facts['privilege'] === 'ALTER SYSTEM'
      ? 'high'
      : 'medium',
    `${who(account)}may ${said(facts['privilege'])} ${said(facts['parameter'])}, a setting only superusers change`,
    `revoke ${said(facts['privilege'])} on parameter ${said(facts['parameter'])}`,
  );

export const openLogin: Rule = ({ account, facts }) =>
  right(
    'open_login',
    facts['method'] === 'trust' ? 'critical' : facts['method'] === 'ident' ? 'high' : 'medium',
    facts['method'] === 'trust'
      ? `${facts['everybody'] === true ? 'anybody as anybody' : account === '' ? 'a group' : account} is let in without a password (${said(facts['where'])})`
      : facts['method'] === 'ident'
        ? `the machine that connects says who it is, and is believed (ident, ${said(facts['where'])})`
        : `the password travels in the clear (${said(facts['where'])})`,
    'let pg_hba.conf ask with scram-sha-256',
  );

export const scheduledEvent: Rule = ({ account, facts }, around) =>
  around.powerOf(account) === undefined
    ? []
    : right(
        'scheduled_event',
        'low',
        `the event ${said(facts['event'])} runs by itself with the rights of ${account}`,
        'give the event a definer without power',
      );

export const openLanguage: Rule = ({ account, facts }) =>
  right(
    'open_language',
    'critical',
    `${who(account)}writes functions in ${said(facts['language'])} in ${said(facts['database'])}, which may do anything the server may`,
    `revoke usage on language ${said(facts['language'])}, and mark it untrusted again`,
  );

export const readsHashes: Rule = ({ account, facts }) =>
  right(
    'reads_hashes',
    'high',
    `${who(account)}reads ${said(facts['what'])}, where password hashes or what others keep secret is`,
    `revoke select on ${said(facts['what'])}`,
  );

export const borrowedTrigger: Rule = ({ facts }) =>
  right(
    'borrowed_trigger',
    'high',
    `wrote the trigger ${said(facts['trigger'])} on ${said(facts['on'])}: its code runs with the rights of ${said(facts['victim'])}`,
    `drop the trigger, or give its function an owner with power of its own`,
  );

export const mappedLogin: Rule = ({ account, facts }) =>
  right(
    'mapped_login',
    'high',
    facts['map'] === 'olcAuthzRegexp'
      ? `whoever logs in as ${said(facts['machine'])} is taken for ${account} (olcAuthzRegexp)`
      : `the account ${said(facts['machine'])} of the machine logs in as ${account === '' ? 'others' : account} (map ${said(facts['map'])})`,
    facts['map'] === 'olcAuthzRegexp'
      ? 'take the line out of cn=config'
      : facts['map'] === 'unix_socket'
        ? 'have unix_socket let in its own account only'
        : 'take the line out of pg_ident.conf',
  );

export const loadedAtLogin: Rule = ({ account, facts }) =>
  right(
    'loaded_at_login',
    'high',
    `code is loaded when ${account === '' ? 'anybody' : account} logs in (${said(facts['setting'])})`,
    'reset the setting where nobody needs it',
  );

export const definerView: Rule = ({ account, facts }) =>
  right(
    'definer_view',
    'high',
    `${account === '' ? 'whoever may read it' : account} reads through ${said(facts['view'])} accounts and password hashes with the rights of ${said(facts['actsAs'])}`,
    `drop the view, or give it SQL SECURITY INVOKER`,
  );

export const openMapping: Rule = ({ account, facts }) =>
  facts['stored'] === true
    ? right(
        'open_mapping',
        'medium',
        `${account === '' ? 'everybody ' : ''}goes on to the server ${said(facts['server'])} as whoever the mapping for everybody names, with the password kept there`,
        `drop the mapping for public, or revoke usage on foreign server ${said(facts['server'])}`,
      )
    : right(
        'open_mapping',
        'high',
        `${account === '' ? 'everybody ' : ''}goes on to the server ${said(facts['server'])} without a password of its own, as whoever the server itself may be there`,
        'take password_required=false out of the mapping',
      );

export const writesCatalogue: Rule = ({ account, facts }) =>
  right(
    'writes_catalogue',
    'critical',
    `${who(account)}has ${said(facts['privileges'])} on ${said(facts['what'])}: the catalogue says who is a superuser, and what every name means`,
    `revoke ${said(facts['privileges'])} on ${said(facts['what'])}`,
  );

export const borrowedCode: Rule = ({ facts }) =>
  right(
    'borrowed_code',
    'high',
    `wrote ${said(facts['routine'])}, which ${said(facts['what'])} of ${said(facts['on'])} calls: its code runs with the rights of ${said(facts['victim'])} when they write or maintain it`,
    `give ${said(facts['routine'])} an owner with power of its own`,
  );

export const borrowedPath: Rule = ({ account, facts }) =>
  right(
    'borrowed_path',
    'high',
    `${who(account)}makes functions in schema ${said(facts['schema'])}, where ${said(facts['victim']) || 'everybody'} looks for names (search_path)`,
    'reset search_path, or have superusers own the schemas in it',
  );

/** What makes a group or an account powerful by itself, before anybody's permissions are looked at. */
import type { ReadAccount } from '../../port.ts';
import { ridOf } from '../wire/identifiers.ts';
import { control, KRBTGT, type AccountFacts } from './account-entry.ts';
import type { Group } from './group-graph.ts';

export type Because = ReadAccount['privilegedBecause'][number];

/** Groups of a domain by the last part of their SID (MS-DTYP 2.4.2.4). */
const domainGroups: ReadonlyMap<number, string> = new Map([
  [512, 'administers the domain'],
  [516, 'is a domain controller, which holds every password'],
  [518, 'changes the schema every object follows'],
  [519, 'administers every domain of the forest'],
  [520, 'makes policies, which run programs on the computers they apply to'],
  [526, 'adds keys that log in as other accounts'],
  [527, 'adds keys that log in as any account of the forest'],
]);
const builtinGroups: ReadonlyMap<string, string> = new Map([
  ['S-1-5-32-544', 'administers the domain controllers'],
  ['S-1-5-32-548', 'changes accounts and groups that are not protected'],
  ['S-1-5-32-549', 'administers services and files of the domain controllers'],
  ['S-1-5-32-550', 'loads printer drivers on the domain controllers'],
  ['S-1-5-32-551', 'reads every file of the domain controllers, the password database among them'],
  ['S-1-5-32-557', 'makes trusts that other domains come in by'],
  ['S-1-5-32-582', 'administers the storage of the domain controllers'],
  ['S-1-5-32-578', 'controls virtual machines, domain controllers among them'],
]);
/** Groups whose number differs from domain to domain. */
const namedGroups: ReadonlyMap<string, string> = new Map([
  ['dnsadmins', 'loads programs into the DNS service of the domain controllers'],
  ['exchange windows permissions', 'may change permissions of the domain'],
  ['exchange trusted subsystem', 'may change permissions of the domain'],
  ['organization management', 'may change permissions of the domain'],
]);

/** Why being a member of this group is power; undefined for most. */
export function tierZero(group: Group): Because | undefined {
  const reason =
    (group.sid.startsWith('S-1-5-21-') ? domainGroups.get(ridOf(group.sid)) : builtinGroups.get(group.sid)) ??
    namedGroups.get(group.name.toLowerCase());
  return reason === undefined ? undefined : { reason, evidence: `group ${group.name} (${group.sid})` };
}

/** Finds the accounts {@link ownReasons} may have something to say about. Bit rule: 1.2.840.113556.1.4.803. */
export const ownReasonsFilter = `(|(servicePrincipalName=*)(sIDHistory=*)(userAccountControl:1.2.840.113556.1.4.803:=${control.noPreauth})(userAccountControl:1.2.840.113556.1.4.803:=${control.delegates})(userAccountControl:1.2.840.113556.1.4.803:=${control.impersonates}))`;

/** Why the account itself is power, or too easy a prey, whatever its groups. */
export function ownReasons(
  account: AccountFacts,
  formerGroup: (sid: string) => string | undefined,
): readonly Because[] {
  const found: Because[] = [];
  const say = (reason: string, evidence: string): void => void found.push({ reason, evidence });
  if (account.rid === KRBTGT) {
    say('its key signs every ticket of the domain', 'account krbtgt');
    return found;
  }
  const { control: flags, servicePrincipalNames, delegatesTo } = account;
  const active = !account.disabled && !account.expired;
  // The domain makes up the password of a managed account: nobody guesses 240 random bytes.
  if (active && servicePrincipalNames.length > 0 && !account.managed)
    say(
      'anybody in the domain can get a ticket of it and guess its password unseen (Kerberoasting)',
      `servicePrincipalName ${servicePrincipalNames[0]}`,
    );
  if (active && (flags & control.noPreauth) !== 0)
    say(
      'anybody on the network can ask for something to guess its password from (AS-REP roasting)',
      'userAccountControl DONT_REQ_PREAUTH (0x400000)',
    );
  if ((flags & control.delegates) !== 0)
    say(
      'may act as everybody who connects to it (unconstrained delegation)',
      'userAccountControl TRUSTED_FOR_DELEGATION (0x80000)',
    );
  if ((flags & control.impersonates) !== 0 && delegatesTo.length > 0)
    say(
      'may act as anybody towards other services, without them (delegation with protocol transition)',
      `userAccountControl TRUSTED_TO_AUTH_FOR_DELEGATION (0x1000000) to ${delegatesTo.join(', ')}`,
    );
  for (const sid of account.formerSids) {
    const power = formerGroup(sid);
    if (power !== undefined)
      say('carries the identity of a privileged group from earlier', `sIDHistory ${sid}: ${power}`);
  }
  return found;
}

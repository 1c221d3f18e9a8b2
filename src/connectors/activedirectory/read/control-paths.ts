/**
 * What the entries of an access list let somebody do who is no administrator: the ways to power that no list of members shows.
 * Only entries are weighed that allow something; an entry that denies it again is not, so what is found here may be less in fact.
 */
import { access, isEverything, type AllowedAce, type SecurityDescriptor } from '../wire/security-descriptor.ts';
import { ridOf } from '../wire/identifiers.ts';

/** Which objects' lists are read: what a right means depends on what it is a right to. */
export type Held = 'domain' | 'unit' | 'template' | 'policy' | 'group' | 'account';

export interface ControlPath {
  /** SID of who can. */
  readonly trustee: string;
  readonly reason: string;
  readonly evidence: string;
}

/** Classes, properties and extended rights by GUID (MS-ADSC, MS-ADA, MS-ADTS 5.1.3.2.1). */
const classes: ReadonlyMap<string, 'user' | 'group' | 'computer' | 'unit'> = new Map([
  ['bf967aba-0de6-11d0-a285-00aa003049e2', 'user'],
  ['bf967a9c-0de6-11d0-a285-00aa003049e2', 'group'],
  ['bf967a86-0de6-11d0-a285-00aa003049e2', 'computer'],
  ['bf967aa5-0de6-11d0-a285-00aa003049e2', 'unit'],
]);
const rightGuids = {
  resetPassword: '00299570-246d-11d0-a768-00aa006e0529',
  replicateAll: '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2',
} as const;

type Kind = 'user' | 'group' | 'computer' | 'unit' | 'policy';

/** Properties whose change is power over what they belong to. */
const properties: readonly {
  readonly guid: string;
  readonly name: string;
  readonly of: readonly Kind[];
  readonly does: string;
}[] = [
  { guid: 'bf9679c0-0de6-11d0-a285-00aa003049e2', name: 'member', of: ['group'], does: 'changes the members of' },
  // Property sets (MS-ADTS 5.1.3.2.1) that such a property is in.
  { guid: 'bc0ac240-79a9-11d0-9020-00c04fc2d4cf', name: 'Membership', of: ['group'], does: 'changes the members of' },
  {
    guid: 'e48d0154-bcf8-11d1-8702-00c04fb96050',
    name: 'Public-Information',
    of: ['user'],
    does: 'maps certificates that log in to, and makes a service of',
  },
  {
    guid: '00fbf30c-91fe-11d1-aebc-0000f80367c1',
    name: 'altSecurityIdentities',
    of: ['user'],
    does: 'maps certificates that log in to',
  },
  {
    guid: 'bf9679a8-0de6-11d0-a285-00aa003049e2',
    name: 'scriptPath',
    of: ['user'],
    does: 'sets the program run at log-in of',
  },
  {
    guid: '5f202010-79a5-11d0-9020-00c04fc2d4cf',
    name: 'User-Logon',
    of: ['user'],
    does: 'sets the program run at log-in of',
  },
  {
    guid: '5b47d60f-6090-40b2-9f37-2a4de88f3063',
    name: 'msDS-KeyCredentialLink',
    of: ['user', 'computer'],
    does: 'adds a key to log in with to',
  },
  {
    guid: 'f3a64788-5306-11d1-a9c5-0000f80367c1',
    name: 'servicePrincipalName',
    of: ['user'],
    does: 'makes a service with a guessable ticket of',
  },
  {
    guid: '4c164200-20c0-11d0-a768-00aa006e0529',
    name: 'User-Account-Restrictions',
    of: ['user'],
    does: 'changes the log-in rules of',
  },
  // The same set has msDS-AllowedToActOnBehalfOfOtherIdentity in it.
  {
    guid: '4c164200-20c0-11d0-a768-00aa006e0529',
    name: 'User-Account-Restrictions',
    of: ['computer'],
    does: 'lets others act as anyone on',
  },
  {
    guid: '3f78c3e5-f79a-46bd-a0b8-9d18116ddc79',
    name: 'msDS-AllowedToActOnBehalfOfOtherIdentity',
    of: ['computer'],
    does: 'lets others act as anyone on',
  },
  {
    guid: 'f30e3bbe-9ff0-11d1-b603-0000f80367c1',
    name: 'gPLink',
    of: ['unit'],
    does: 'links a policy, which runs programs, to',
  },
];

/** What may be below an object of this sort, and what the object itself is. */
const scopes: Readonly<Record<Held, { readonly own: readonly Kind[]; readonly below: readonly Kind[] }>> = {
  domain: { own: ['unit'], below: ['user', 'group', 'computer', 'unit'] },
  unit: { own: ['unit'], below: ['user', 'group', 'computer', 'unit'] },
  // The template of administrators is copied to all of them within the hour: rights to it are rights to them.
  template: { own: ['user', 'group'], below: [] },
  policy: { own: ['policy'], below: [] },
  group: { own: ['group'], below: [] },
  account: { own: ['user'], below: [] },
};

/** Principals whose rights everywhere are the directory's own design, or who are administrators already. */
export function isAdministrative(sid: string): boolean {
  if (sid.startsWith('S-1-5-21-')) return administrativeRids.has(ridOf(sid));
  return administrativeSids.has(sid);
}
/** Enterprise RODCs, Domain Admins, Domain Controllers, Schema and Enterprise Admins, RODCs, Key Admins and Enterprise Key Admins. */
const administrativeRids: ReadonlySet<number> = new Set([498, 512, 516, 518, 519, 521, 526, 527]);
/** SELF, SYSTEM, creator owner and group, owner rights, enterprise controllers, and the built-in groups of administrators and operators. */
const administrativeSids: ReadonlySet<string> = new Set([
  'S-1-5-10',
  'S-1-5-18',
  'S-1-3-0',
  'S-1-3-1',
  'S-1-3-4',
  'S-1-5-9',
  'S-1-5-32-544',
  'S-1-5-32-548',
  'S-1-5-32-549',
  'S-1-5-32-550',
  'S-1-5-32-551',
]);

/** What a list gives to whoever is no administrator, each finding once. Entries that came from above are found there. */
export function controlPaths(held: Held, dn: string, descriptor: SecurityDescriptor): readonly ControlPath[] {
  const found = new Map<string, ControlPath>();
  const note = (trustee: string, reason: string, right: string): void => {
    if (isAdministrative(trustee)) return;
    const path = { trustee, reason, evidence: `permissions of ${dn}: ${right}` };
    found.set(`${trustee} ${path.reason}`, path);
  };
  const { owner } = descriptor;
  if (owner !== undefined) note(owner, `owns ${label(held, dn)}, and so may change its permissions`, 'owner');
  if (descriptor.open) note('S-1-1-0', `everybody may do everything with ${label(held, dn)}`, 'no access list at all');
  for (const ace of descriptor.allowed) {
    if (ace.inherited || isAdministrative(ace.trustee)) continue;
    for (const { does, right } of powers(held, ace)) note(ace.trustee, `${does} ${label(held, dn, !ace.here)}`, right);
  }
  return [...found.values()];
}

const label = (held: Held, dn: string, belowOnly = false): string => {
  const names: Readonly<Record<Held, string>> = {
    domain: 'the domain',
    unit: dn,
    template: 'every administrator, by their template AdminSDHolder',
    policy: `the policy ${dn}`,
    group: `the privileged group ${dn}`,
    account: `the privileged account ${dn}`,
  };
  return `${belowOnly ? 'what is in ' : ''}${names[held]}`;
};

function powers(held: Held, ace: AllowedAce): readonly { readonly does: string; readonly right: string }[] {
  const kinds = reach(held, ace);
  if (kinds.size === 0) return [];
  const { mask, objectType } = ace;
  const found: { does: string; right: string }[] = [];
  const whole = objectType === undefined;
  if (whole && isEverything(mask)) return [{ does: 'controls', right: 'GenericAll' }];
  if ((mask & access.writeDacl) !== 0) found.push({ does: 'may change the permissions of', right: 'WriteDacl' });
  if ((mask & access.writeOwner) !== 0) found.push({ does: 'may take ownership of', right: 'WriteOwner' });
  if (whole && (mask & (access.writeProperty | access.genericWrite)) !== 0)
    found.push({ does: 'may change every property of', right: 'GenericWrite' });
  if ((mask & access.extendedRight) !== 0) found.push(...extendedRights(held, ace, kinds));
  for (const { guid, name, of, does } of properties) {
    if (objectType !== guid || !of.some((kind) => kinds.has(kind))) continue;
    if ((mask & access.writeProperty) !== 0) found.push({ does, right: `WriteProperty ${name}` });
    else if ((mask & access.self) !== 0 && name === 'member')
      found.push({ does: 'may add itself to the members of', right: 'Self-Membership' });
  }
  return found;
}

/** What kinds of object the entry counts for, of those that matter. */
function reach(held: Held, ace: AllowedAce): ReadonlySet<Kind> {
  const { own, below } = scopes[held];
  const kinds = new Set<Kind>(ace.here ? own : []);
  if (!ace.below) return kinds;
  if (ace.inheritedType === undefined) for (const kind of below) kinds.add(kind);
  else {
    const kind = classes.get(ace.inheritedType);
    if (kind && below.includes(kind)) kinds.add(kind);
  }
  return kinds;
}

function extendedRights(
  held: Held,
  ace: AllowedAce,
  kinds: ReadonlySet<Kind>,
): readonly { readonly does: string; readonly right: string }[] {
  const found: { does: string; right: string }[] = [];
  const any = ace.objectType === undefined;
  if (held === 'domain' && ace.here && (any || ace.objectType === rightGuids.replicateAll))
    found.push({
      does: 'may copy every password (DCSync) of',
      right: any ? 'all extended rights' : 'DS-Replication-Get-Changes-All',
    });
  if (kinds.has('user') && (any || ace.objectType === rightGuids.resetPassword))
    found.push({
      does: 'resets passwords of',
      right: any ? 'all extended rights' : 'User-Force-Change-Password',
    });
  return found;
}

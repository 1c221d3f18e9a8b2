/** What readings call privileged, by their words: how much it is, and which entitlement it comes from. */
import { said, type Judgement, type Rule, type Severity } from '../model.ts';

interface Sort {
  readonly when: RegExp;
  readonly kind: string;
  readonly severity: Severity;
  readonly power?: false;
  readonly thing?: true;
}

const sorts: readonly Sort[] = [
  { when: /log in from anywhere/u, kind: 'open_to_network', severity: 'low', power: false },
  { when: /Kerberoasting/u, kind: 'kerberoastable', severity: 'medium', power: false },
  { when: /AS-REP/u, kind: 'asrep_roastable', severity: 'high', power: false },
  { when: /unconstrained delegation|protocol transition/u, kind: 'delegation', severity: 'critical', thing: true },
  {
    when: /sIDHistory|identity of a privileged group from earlier/u,
    kind: 'former_identity',
    severity: 'critical',
    thing: true,
  },
  {
    when: /member of the privileged group|own rules|root on every host|act as other accounts/u,
    kind: 'directory_admin',
    severity: 'high',
  },
  { when: /every password \(DCSync\)|signs every ticket/u, kind: 'domain_control', severity: 'critical', thing: true },
  {
    when: /administers (?:the domain|every domain|the domain controllers)|changes the schema/u,
    kind: 'tier_zero',
    severity: 'critical',
  },
  {
    when: /domain controllers|is a domain controller|makes policies|adds keys that log in|password database|permissions of the domain|not protected|controls virtual machines|makes trusts|administers the storage/u,
    kind: 'tier_zero',
    severity: 'high',
  },
  {
    when: /controls |may change |take ownership|owns |changes the members|adds itself|add itself|resets passwords|links a policy|adds a key|makes a service|maps certificates|program run at log-in|log-in rules|lets others act|everybody may do/u,
    kind: 'control_path',
    severity: 'critical',
    thing: true,
  },
  { when: /is a superuser|every global privilege|overrides checks/u, kind: 'superuser', severity: 'critical' },
  {
    when: /runs programs on the server|writes any file|reads any file|reads and writes files/u,
    kind: 'server_files',
    severity: 'critical',
  },
  {
    when: /create and change roles|creates, changes and drops accounts|act as any account|gives its rights on everything|grant tables|own tables \(database mysql\)|password hashes|as somebody else|act as somebody privileged|privilege Reeve does not know/u,
    kind: 'role_control',
    severity: 'high',
  },
  {
    when: /copy the whole cluster|by replication|bypasses row-level|reads every table|writes every table|replays changes|log of changes/u,
    kind: 'all_data',
    severity: 'high',
  },
  { when: /owns database/u, kind: 'owns', severity: 'medium' },
  { when: /gives its rights on something/u, kind: 'grant_option', severity: 'medium' },
];

const other: Sort = { when: /./u, kind: 'held', severity: 'medium' };

/** Privilege held, as the reading says it. Control paths are told before what they remind of: `owns OU=…` is no `owns database`. */
export const held: Rule = ({ facts, place, about }) => {
  const reason = said(facts['reason']);
  // How passwords are kept is looked at by itself.
  if (/gets in without a password/u.test(reason)) return [];
  const sort =
    (/owns database/u.test(reason)
      ? sorts.find(({ kind }) => kind === 'owns')
      : sorts.find(({ when }) => when.test(reason))) ?? other;
  const entitlement = entitlementOf(reason, place);
  const judged: Judgement = {
    kind: sort.kind,
    severity: facts['locked'] === true ? 'low' : sort.severity,
    power: sort.power ?? true,
    restsOn: sort.thing === true ? 'thing' : 'credential',
    reason: facts['locked'] === true ? `${reason} (the account is locked)` : reason,
    about,
    ...(entitlement === undefined ? { byHand: `take it away on the target: ${place}` } : { entitlement }),
  };
  return [judged];
};

/** The holding that would have to go, where the words of the reading name it: the first step of the way. */
function entitlementOf(reason: string, place: string): string | undefined {
  const own = /^role [^:]+: (superuser|createrole|replication|bypassrls)$/u.exec(place)?.[1];
  if (own !== undefined) return `attribute:${own}`;
  const step = / → ([^→;]+?)(?: →|;)/u.exec(place)?.[1];
  if (step === undefined) return undefined;
  // A path through groups of a domain names its groups; through roles of a database its roles.
  if (/; (?:group|permissions|owner) |S-1-5/u.test(place) && !/^through .*: owns database/u.test(reason))
    return `group:${step}`;
  return `role:${step}`;
}

import type { Campaign, CampaignItem } from '../../api/shapes/campaigns.ts';
import type { Tone } from '../../ui/show/badges.tsx';

export const campaignTone: Readonly<Record<Campaign['state'], Tone>> = {
  draft: 'quiet',
  freezing: 'wait',
  open: 'wait',
  closing: 'wait',
  closed: 'quiet',
};

/** How many items somebody has made up their mind about. */
export const doneOf = (campaign: Campaign): number => campaign.total - campaign.open;

/** The kinds a campaign can be of, in words. */
export const kinds: Readonly<Record<string, string>> = {
  manager: 'All access, by the manager of each person',
  owner: 'All access, by its owner',
  system: 'One system',
  role_membership: 'Who is in which role',
  privileged: 'Privileged access',
  service_accounts: 'What services and workloads have',
  vendors: 'What people of vendors have',
  ad_hoc: 'A search',
  role_composition: 'What is in which role',
  orphan_accounts: 'Accounts nobody answers for',
  sod_exceptions: 'Exceptions from separated duties',
};

export const scopeWords = ({ kind, scope }: Pick<Campaign, 'kind' | 'scope'>): string => {
  const parts = [
    kind === 'role_membership' ? 'role membership' : undefined,
    kind === 'service_accounts' ? 'services and workloads' : undefined,
    kind === 'vendors' ? 'vendors' : undefined,
    kind === 'role_composition' ? 'what is in roles' : undefined,
    kind === 'orphan_accounts' ? 'accounts nobody answers for' : undefined,
    kind === 'sod_exceptions' ? 'exceptions from separated duties' : undefined,
    kind === 'event' ? 'what happened' : undefined,
    kind === 'continuous' ? 'what came due again' : undefined,
    scope.privileged === true || kind === 'privileged' ? 'privileged access' : undefined,
    scope.identityId === undefined ? undefined : 'one identity',
    scope.entitlementId === undefined ? undefined : 'one entitlement',
    scope.roleId === undefined ? undefined : 'one role',
    scope.managerId === undefined ? undefined : 'the people of one manager',
    scope.ownerId === undefined ? undefined : 'what one person owns',
    scope.department === undefined ? undefined : scope.department,
    scope.minRisk === undefined ? undefined : `risk ${scope.minRisk} and up`,
    scope.text === undefined ? undefined : `named "${scope.text}"`,
    scope.systemId === undefined ? undefined : 'one system',
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'all access, all systems' : parts.join(', ');
};

/** Why somebody reviews an item. */
const routes: Readonly<Record<string, string>> = {
  manager: 'manager, or who answers for it',
  owner: 'owner of the access',
  system_owner: 'owner of the system',
  named: 'named reviewer',
  campaign_owner: 'who made this certification',
  overseer: 'who oversees certifications',
  rule: 'by the rule',
  given: 'it was given to you',
};
export const routeWords = (routed: string): string => routes[routed] ?? routed;

/** Why somebody else than the first by the rule, or than before, reviews an item. */
const reroutes: Readonly<Record<string, string>> = {
  nobody: 'nobody is known who would by the rule',
  not_active: 'who would by the rule is not here',
  subject: 'who would by the rule is the person concerned',
  requester: 'who would by the rule asked for it',
  holder: 'who would by the rule has the role',
  answers: 'who would by the rule answers for it',
  subject_deputy: 'who had it is the deputy of the person concerned',
  approver: 'who would by the rule approved it and benefits',
  below_grade: 'who would by the rule is of a lower grade',
  reciprocal: 'two would have reviewed one another',
  same_reviewer: 'who would by the rule votes about it in another place',
  not_independent: 'who had it came to have a part in it',
  given: 'it was given on',
  reassigned: 'whoever runs this certification reassigned it',
  quality: 'decisions looked as if nobody had looked',
};
export const rerouteWords = (because: string): string => reroutes[because] ?? because;

/** What the evidence speaks for, in a word. */
export const adviceWords = { keep: 'keep', revoke: 'revoke', look: 'look closer' } as const;

const plural = (n: number, one: string, many: string): string => `${String(n)} ${n === 1 ? one : many}`;
/** What is among items that are about to be decided together. */
export const previewOf = (items: readonly CampaignItem[]): string => {
  const count = (of: (item: CampaignItem) => boolean): number => items.filter(of).length;
  const people = new Set(items.flatMap(({ identityId }) => identityId ?? [])).size;
  const parts = [
    [count(({ evidence }) => evidence.privileged), 'privileged'],
    [count(({ evidence }) => evidence.risk === 'high' || evidence.risk === 'critical'), 'of high risk'],
    [count(({ evidence }) => evidence.lastUse === null), 'with no recorded use'],
    [count(({ evidence }) => evidence.conflicts.length > 0), 'in conflict of duties'],
    [count(({ changes }) => changes.length > 0), 'changed since they were kept'],
    [count(({ recommendation }) => recommendation?.what === 'revoke'), 'the evidence speaks for revoking'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, words]) => `${String(n)} ${words}`);
  const whose = people === 0 ? '' : ` of ${plural(people, 'person', 'people')}`;
  return `${plural(items.length, 'item', 'items')}${whose}${said.length === 0 ? '' : `: ${said.join(', ')}`}.`;
};

/** A measured time: below a second in milliseconds. */
export const measured = (milliseconds: number): string =>
  milliseconds < 1_000
    ? `${String(Math.round(milliseconds))} ms`
    : milliseconds < 120_000
      ? `${(milliseconds / 1_000).toFixed(1)} s`
      : `${String(Math.round(milliseconds / 60_000))} min`;

/** The state of one item in a word or three. */
export const itemState = (item: CampaignItem): { readonly tone: Tone; readonly word: string } => {
  switch (item.state) {
    case 'open':
      return { tone: 'quiet', word: 'to decide' };
    case 'decided':
      return item.decision === 'revoke'
        ? { tone: 'wait', word: 'revoke, not signed' }
        : { tone: 'quiet', word: 'keep, not signed' };
    case 'waiting':
      return { tone: 'quiet', word: 'waits for its stage' };
    case 'held':
      return { tone: 'bad', word: 'held: decided unread?' };
    case 'voted':
      return { tone: 'quiet', word: item.decision === 'revoke' ? 'voted to revoke' : 'voted to keep' };
    case 'spared':
      return { tone: 'quiet', word: 'not needed' };
    case 'challenged':
      return item.objection === null
        ? { tone: 'wait', word: 'revoked, person was told' }
        : { tone: 'bad', word: 'person objects' };
    case 'checked':
      return item.canaryFound === true
        ? { tone: 'good', word: 'was wrong on purpose, found' }
        : { tone: 'bad', word: 'was wrong on purpose, missed' };
    case 'kept':
      return { tone: 'good', word: 'kept' };
    case 'revoking':
      return { tone: 'wait', word: item.noResponse ? 'no answer: ended, pending proof' : 'revoked, pending proof' };
    case 'revoked':
      if (item.noResponse) return { tone: 'bad', word: 'no answer: ended' };
      return { tone: 'good', word: item.effectMs === null ? 'gone' : `gone in ${measured(item.effectMs)}` };
    case 'unanswered':
      return { tone: 'bad', word: 'nobody answered' };
  }
};

export const nameOfItem = (item: CampaignItem): string =>
  item.identityId === null ? item.what : `${item.identityName ?? 'somebody'}: ${item.what}`;

const said = (value: string | null): string => value ?? 'nothing';
/** What changed since it was last kept, in a line. */
export const changesSaid = (item: CampaignItem): string =>
  item.lastKeptAt === null
    ? 'never reviewed'
    : item.changes.length === 0
      ? 'nothing'
      : item.changes
          .map(({ what, was, is }) =>
            what === 'manager' ? 'another manager' : `${what}: ${said(was)}, now ${said(is)}`,
          )
          .join('; ');

/** Keeping what deserves doubt asks for words; the rest is one key. */
export const needsReason = ({ evidence, subject }: CampaignItem): boolean =>
  subject === 'account' || evidence.privileged || evidence.lastUse === null;
export const liveSessions = ({ evidence }: CampaignItem): number =>
  evidence.sessions.filter(({ endedAt }) => endedAt === null).length;

/** Kinds without lines known to be wrong: whether an account is there anybody sees. */
export const withoutCanaries: ReadonlySet<string> = new Set(['orphan_accounts']);

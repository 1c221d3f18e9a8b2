import type { Campaign, CampaignItem } from '../../api/shapes/campaigns.ts';
import type { Tone } from '../../ui/show/badges.tsx';

export const campaignTone: Readonly<Record<Campaign['state'], Tone>> = {
  draft: 'quiet',
  open: 'wait',
  closed: 'quiet',
};

/** How many items somebody has made up their mind about. */
export const doneOf = (campaign: Campaign): number => campaign.total - campaign.open;

export const scopeWords = ({ scope }: Pick<Campaign, 'scope'>): string => {
  const what = scope.privileged === true ? 'privileged access' : 'all access';
  if (scope.identityId !== undefined) return `${what} of one identity`;
  if (scope.entitlementId !== undefined) return 'one entitlement';
  return scope.systemId === undefined ? `${what}, all systems` : `${what} on one system`;
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
    case 'kept':
      return { tone: 'good', word: 'kept' };
    case 'revoking':
      return { tone: 'wait', word: 'revoked, pending proof' };
    case 'revoked':
      return { tone: 'good', word: item.effectMs === null ? 'gone' : `gone in ${measured(item.effectMs)}` };
    case 'unanswered':
      return { tone: 'bad', word: 'nobody answered' };
  }
};

export const nameOfItem = (item: CampaignItem): string => `${item.identityName ?? 'somebody'}: ${item.what}`;

/** Keeping what deserves doubt asks for words; the rest is one key. */
export const needsReason = ({ evidence }: CampaignItem): boolean => evidence.privileged || evidence.lastUse === null;
export const liveSessions = ({ evidence }: CampaignItem): number =>
  evidence.sessions.filter(({ endedAt }) => endedAt === null).length;

import type { CampaignItem, Revocation } from '../../api/shapes/campaigns.ts';
import { StateBadge } from '../../ui/show/badges.tsx';

/** How long the removal took, as it was measured: below a second in milliseconds. */
export const measured = (milliseconds: number): string =>
  milliseconds < 1_000
    ? `${String(Math.round(milliseconds))} ms`
    : milliseconds < 120_000
      ? `${(milliseconds / 1_000).toFixed(1)} s`
      : `${String(Math.round(milliseconds / 60_000))} min`;

export const revocationWords = (revocation: Revocation): string =>
  revocation.state === 'proven'
    ? `gone in ${revocation.milliseconds === null ? 'a time not measured' : measured(revocation.milliseconds)}`
    : revocation.state === 'failed'
      ? 'revoked, removal failed'
      : 'revoked, pending proof';

/** The state of one item in a word or three. */
export const ItemState = ({ item }: { readonly item: CampaignItem }) => {
  if (item.revocation !== null)
    return (
      <StateBadge
        tone={item.revocation.state === 'proven' ? 'good' : item.revocation.state === 'failed' ? 'bad' : 'wait'}
      >
        {revocationWords(item.revocation)}
      </StateBadge>
    );
  if (item.decision === null) return <span className="dim">to decide</span>;
  return (
    <StateBadge tone={item.decision.decision === 'keep' ? 'quiet' : 'wait'}>
      {item.decision.decision === 'keep' ? 'keep' : 'revoke'}
    </StateBadge>
  );
};

export const nameOfItem = (item: CampaignItem): string => `${item.identity.name}: ${item.entitlement.name}`;

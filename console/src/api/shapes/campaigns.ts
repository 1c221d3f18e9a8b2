import type { Item, Out } from './of-contract.ts';

export type Campaign = Item<'campaigns.list'>;
export type CampaignPreview = Out<'campaigns.preview'>;
export type CampaignItem = Item<'campaigns.items'>;
export type Reviewer = Item<'campaigns.reviewers'>;
export type Hold = Item<'campaigns.holds'>;

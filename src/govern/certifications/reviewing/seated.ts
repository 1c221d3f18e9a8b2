import type { Campaign } from '../model.ts';
import type { SeatedBy } from './stages.ts';

/** One vote about one case: which stage, and which place in it. */
export interface Seat {
  readonly stage: number;
  readonly seat: number;
}
/** A campaign as one seat of it is filled. */
export type Seated = Omit<Campaign, 'reviewerRule'> & { readonly reviewerRule: SeatedBy };

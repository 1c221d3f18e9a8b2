/** A cart and what was sent of it. README.md has the words. */

/** Lines one cart may come to: people times things. Judging and sending that many is measured. */
export const MOST_LINES = 2500;
/** People, and things, one cart may name. */
export const MOST_PEOPLE = 1000;
export const MOST_ITEMS = 500;

export interface Order {
  readonly id: string;
  readonly number: number;
  readonly requesterId: string;
  /** `draft`: something is still in the cart, also after some of it was sent. */
  readonly state: 'draft' | 'sent' | 'discarded';
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly startsAt: Date | null;
  readonly madeAt: Date;
  readonly changedAt: Date;
  readonly sentAt: Date | null;
}

/** Something a cart asks for, for each of its people. */
export interface OrderItem {
  readonly id: string;
  readonly orderId: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  /** Being eligible for it is asked for, and not it. */
  readonly eligible: boolean;
  readonly seconds: number | null;
  readonly until: Date | null;
}

/** A line of it that was sent. */
export interface SentLine {
  readonly orderId: string;
  readonly requestId: string;
  readonly number: number;
  readonly beneficiaryId: string;
  readonly targetId: string;
}

export const targetIdOf = (item: Pick<OrderItem, 'entitlementId' | 'roleId'>): string =>
  item.entitlementId ?? item.roleId ?? '';

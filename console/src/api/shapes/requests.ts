import type { Item, Out } from './of-contract.ts';

export type AccessRequest = Item<'requests.list'>;
export type RequestDetail = Out<'requests.show'>;
export type RequestLine = AccessRequest['lines'][number];
export type RequestStep = AccessRequest['steps'][number];
export type RequestPreview = Out<'requests.preview'>;
export type LineVerdict = RequestPreview['lines'][number];
/** A conflict of duties as people are shown it: each side with the ways to it. */
export type SodHit = LineVerdict['sod'][number];
/** What a draft of the approval policy would make of past requests. */
export type ApprovalPolicyTried = Out<'approvalPolicy.try'>;
export type ApprovalPolicyVersion = Item<'approvalPolicy.versions'>;
/** What would become of open requests under the policy in force. */
export type Reevaluation = Out<'requests.previewReevaluation'>;
/** What to know before deciding about a line. */
export type LineEvidence = Item<'requests.evidence'>;
export type Deputy = Item<'deputies.list'>;
/** One decision waiting for me. */
export type Approval = Item<'approvals.list'>;

/** A cart with its verdicts. */
export type Cart = Out<'orders.show'>;
export type CartItem = Cart['items'][number];
/** A line that cannot be sent as it is, or about which duties have something to say. */
export type CartRemark = Cart['remarks'][number];
/** Something that can be asked for, with why it was found. */
export type Offer = Item<'requests.find'>;

/** What is to become otherwise in a cart. */
export interface CartChange {
  items?: { entitlementId?: string; roleId?: string; eligible?: boolean; seconds?: number }[];
  dropItems?: string[];
  people?: string[];
  dropPeople?: string[];
  reason?: string | null;
  ticket?: string | null;
  startsAt?: string | null;
}

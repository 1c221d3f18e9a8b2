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
export type Deputy = Item<'deputies.list'>;
/** One decision waiting for me. */
export type Approval = Item<'approvals.list'>;

/** One line as it is asked for: the entitlement or role, or the grant to be followed by another. No seconds: for good. */
export interface RequestLineInput {
  entitlementId?: string;
  roleId?: string;
  extendsGrantId?: string;
  seconds?: number;
}

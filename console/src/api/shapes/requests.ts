import type { Ref, Risk } from './common.ts';
import type { EntitlementRef } from './people.ts';

export interface RequestLineInput {
  readonly entitlementId: string;
  /** null: for good. */
  readonly seconds: number | null;
}

export interface SodHit {
  readonly rule: Ref;
  readonly severity: Risk;
  /** Each side as the chain of names that leads to it, what she has first. */
  readonly left: string[];
  readonly right: string[];
}

export interface LineVerdict {
  readonly entitlementId: string;
  readonly verdict: 'ok' | 'conflict' | 'held' | 'not_requestable' | 'too_long';
  readonly because: string;
  readonly sod: SodHit[];
  readonly maxSeconds: number | null;
  readonly steps: { readonly name: string; readonly approvers: Ref[]; readonly because: string }[];
}

export interface RequestPreview {
  readonly lines: LineVerdict[];
  readonly submittable: boolean;
}

export type RequestState = 'pending' | 'approved' | 'denied' | 'withdrawn' | 'expired' | 'fulfilled' | 'failed';

export interface RequestStep {
  readonly id: string;
  readonly order: number;
  readonly name: string;
  readonly state: 'waiting' | 'open' | 'approved' | 'denied' | 'skipped';
  readonly approvers: Ref[];
  readonly decidedBy: Ref | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
  readonly because: string;
}

export interface RequestLine {
  readonly id: string;
  readonly entitlement: EntitlementRef;
  readonly seconds: number | null;
  readonly verdict: LineVerdict['verdict'];
  readonly sod: SodHit[];
  readonly grantId: string | null;
  readonly effect: 'none' | 'pending' | 'effective' | 'withdrawing' | 'withdrawn' | 'failed';
}

export interface AccessRequest {
  readonly id: string;
  readonly requester: Ref;
  readonly identity: Ref;
  readonly state: RequestState;
  readonly reason: string;
  readonly ticket: string | null;
  readonly submittedAt: string;
  readonly lines: RequestLine[];
  readonly steps: RequestStep[];
}

export interface HistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly text: string;
  readonly kind: string;
}

export interface RequestDetail extends AccessRequest {
  readonly history: HistoryEntry[];
}

/** One decision waiting for me. */
export interface Approval {
  readonly id: string;
  readonly requestId: string;
  readonly requester: Ref;
  readonly identity: Ref;
  readonly lines: RequestLine[];
  readonly risk: Risk;
  readonly reason: string;
  readonly ticket: string | null;
  readonly submittedAt: string;
  readonly dueAt: string | null;
  readonly step: { readonly order: number; readonly of: number; readonly name: string; readonly because: string };
}

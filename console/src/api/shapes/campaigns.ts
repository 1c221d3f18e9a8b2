import type { Ref, Risk } from './common.ts';
import type { EntitlementRef } from './people.ts';
import type { SodHit } from './requests.ts';

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly state: 'open' | 'signed' | 'closed';
  readonly scope: string;
  readonly openedAt: string;
  readonly dueAt: string;
  readonly items: number;
  readonly decided: number;
  readonly revoked: number;
  readonly proven: number;
  /** Items that wait for the asker. */
  readonly mine: number;
  readonly owner: Ref | null;
}

export interface CampaignInput {
  readonly name: string;
  readonly dueAt: string;
  readonly scope: {
    readonly systemId?: string | undefined;
    readonly privilegedOnly?: boolean;
    readonly department?: string | undefined;
  };
  readonly reviewer: 'manager' | 'owner';
}

export interface CampaignPreview {
  readonly items: number;
  readonly identities: number;
  readonly privileged: number;
  readonly reviewers: { readonly reviewer: Ref; readonly items: number }[];
  readonly unassigned: number;
}

export interface ItemEvidence {
  readonly because: string;
  readonly since: string;
  readonly lastUsedAt: string | null;
  readonly uses30d: number;
  readonly sessions: {
    readonly id: string;
    readonly startedAt: string;
    readonly seconds: number | null;
    readonly live: boolean;
  }[];
  readonly peers: { readonly having: number; readonly of: number; readonly group: string } | null;
  readonly sod: SodHit[];
}

export interface Revocation {
  readonly state: 'pending' | 'proven' | 'failed';
  readonly decidedAt: string;
  readonly endedSessions: number;
  readonly provenAt: string | null;
  readonly milliseconds: number | null;
  readonly note: string | null;
}

export interface CampaignItem {
  readonly id: string;
  readonly reviewer: Ref;
  readonly identity: Ref & { readonly department: string | null; readonly jobTitle: string | null };
  readonly entitlement: EntitlementRef;
  readonly account: Ref | null;
  readonly grantId: string;
  readonly risk: Risk;
  readonly evidence: ItemEvidence;
  readonly recommendation: { readonly decision: 'keep' | 'revoke' | 'look'; readonly sentence: string } | null;
  readonly group: 'decide' | 'looks_right' | 'closed';
  readonly decision: {
    readonly decision: 'keep' | 'revoke';
    readonly reason: string | null;
    readonly at: string;
    readonly by: Ref;
  } | null;
  readonly canUndo: boolean;
  readonly revocation: Revocation | null;
}

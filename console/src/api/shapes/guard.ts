import type { Ref, Risk } from './common.ts';

export interface Session {
  readonly id: string;
  readonly identity: Ref;
  readonly system: Ref;
  readonly account: string;
  readonly protocol: string;
  readonly state: 'live' | 'ended';
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endedBecause: string | null;
  readonly address: string | null;
  readonly privileged: boolean;
  readonly grantId: string | null;
  readonly requestId: string | null;
  readonly recording: { readonly bytes: number; readonly complete: boolean; readonly digest: string | null } | null;
  readonly commands: number | null;
}

export interface Secret {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly system: Ref | null;
  readonly account: Ref | null;
  readonly version: number;
  readonly rotatedAt: string | null;
  readonly nextRotationAt: string | null;
  readonly health: 'ok' | 'overdue' | 'failed' | 'unverified';
  readonly checkout: {
    readonly id: string;
    readonly by: Ref;
    readonly since: string;
    readonly until: string;
    readonly mine: boolean;
  } | null;
}

export interface Checkout {
  readonly id: string;
  readonly until: string;
  /** The secret itself, when policy lets a person see it. */
  readonly value: string | null;
}

export interface Finding {
  readonly id: string;
  readonly kind: string;
  readonly severity: Risk;
  readonly subject: Ref & { readonly type: 'account' | 'identity' | 'entitlement' | 'system' };
  readonly system: Ref | null;
  readonly because: string[];
  readonly foundAt: string;
  readonly state: 'open' | 'accepted' | 'resolved';
}

export interface SodRule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Risk;
  readonly left: { readonly name: string; readonly entitlements: Ref[] };
  readonly right: { readonly name: string; readonly entitlements: Ref[] };
  readonly violations: number;
  readonly enabled: boolean;
}

export interface SodViolation {
  readonly id: string;
  readonly rule: Ref;
  readonly severity: Risk;
  readonly identity: Ref;
  readonly left: string[];
  readonly right: string[];
  readonly bothUsed: boolean | null;
  readonly since: string;
  readonly state: 'open' | 'excepted' | 'resolved';
}

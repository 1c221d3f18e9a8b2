import type { Basis } from './mining/index.ts';
import type { Use } from './optimising/split-by-use.ts';

/** Who and what is mined, and how. */
export interface MiningParameters {
  /** Systems whose entitlements are looked at; empty: all but Reeve itself. */
  readonly systemIds: readonly string[];
  readonly kind: 'person' | 'service' | 'workload' | 'vendor' | 'agent' | null;
  readonly department: string | null;
  /** What names and rules are made of: `department`, `jobTitle`, `orgUnit`, or a name among the attributes of identities. */
  readonly attributes: readonly string[];
  readonly tolerance: number;
  readonly mostUsers: number | null;
  readonly mostEntitlements: number | null;
  readonly fewestUsers: number;
  readonly share: number;
  readonly seed: number;
}

export type RunState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface MiningRun {
  readonly id: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly parameters: MiningParameters;
  readonly state: RunState;
  /** In percent. */
  readonly progress: number;
  readonly doing: string | null;
  readonly startedAt: Date | null;
  readonly settledAt: Date | null;
  readonly problem: string | null;
  readonly people: number | null;
  readonly entitlements: number | null;
  readonly assignments: number | null;
  readonly covered: number | null;
  readonly atLeast: number | null;
}

export interface CandidateRule {
  readonly terms: readonly { readonly attribute: string; readonly value: string }[];
  readonly finds: number;
  readonly findsOfRole: number;
  readonly same: boolean;
}

export interface CandidateRole {
  readonly id: string;
  readonly runId: string;
  readonly position: number;
  readonly name: string;
  readonly basis: Basis;
  readonly identityIds: readonly string[];
  readonly entitlementIds: readonly string[];
  readonly coverage: number;
  readonly extra: number;
  readonly stability: number;
  readonly rule: CandidateRule | null;
  /** How each of what it gives was used when it was mined, in the order of `entitlementIds`; null: mined before that was kept. */
  readonly uses: readonly Use[] | null;
  readonly roleId: string | null;
}

/** One thing that makes somebody stand out, as it is kept. */
export interface UnusualGrant {
  readonly entitlementId: string;
  readonly weight: number;
  readonly likeThem: readonly [held: number, of: number];
  readonly nearest: readonly [held: number, of: number];
}

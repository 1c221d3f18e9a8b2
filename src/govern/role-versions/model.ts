import type { Assignment } from '#govern/lifecycle/index.ts';
import type { RolePattern } from '#govern/role-parameters/index.ts';

/** What a role is to be made of, as a version keeps it. Instants in ISO 8601; null: from publication, and without an end. */
export interface VersionPart {
  readonly id: string;
  readonly validFrom: string | null;
  readonly validTo: string | null;
}

/** A role that is kept apart from this one. */
export interface Exclusion {
  readonly roleId: string;
  /** static: nobody is to have both. dynamic: they may be had, and not be used in one session. */
  readonly kind: 'static' | 'dynamic';
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly mode: 'record' | 'warn' | 'enforce';
}

export interface VersionContent {
  readonly entitlements: readonly VersionPart[];
  readonly roles: readonly VersionPart[];
  /** What a role with parameters gives for their values. Absent in versions from before roles had any. */
  readonly patterns?: readonly RolePattern[] | undefined;
  /** Who has it by rule; null: nobody. Absent in versions from before roles said so: as it is. */
  readonly assignment?: Assignment | null | undefined;
  /** Who is never given it by a rule. */
  readonly exceptPeople?: readonly string[] | undefined;
  readonly excludes?: readonly Exclusion[] | undefined;
}

/** Licences of one product, and what one costs a month where that is known. */
export interface LicenceCount {
  readonly product: string;
  readonly currency: string | null;
  readonly costPerMonth: number | null;
  readonly gained: number;
  readonly freed: number;
}

export type VersionState = 'draft' | 'awaiting' | 'published' | 'superseded' | 'withdrawn';

export interface RoleVersion {
  readonly id: string;
  readonly roleId: string;
  readonly number: number;
  readonly state: VersionState;
  readonly kind: 'business' | 'it';
  readonly content: VersionContent;
  readonly reason: string;
  /** Counts how often the draft was said anew. */
  readonly revision: number;
  readonly madeBy: string;
  readonly madeAt: Date;
  /** Everybody who wrote on it. */
  readonly editedBy: readonly string[];
  readonly askedBy: string | null;
  readonly askedAt: Date | null;
  readonly settledBy: string | null;
  readonly settledAt: Date | null;
  readonly settledBecause: string | null;
}

/** A rule of separated duties, and for how many people it comes into conflict, or out of it. */
export interface ConflictCount {
  readonly ruleId: string;
  readonly name: string;
  readonly mode: string;
  readonly people: number;
}

/** All that would follow from publishing, counted. */
export interface ImpactNumbers {
  /** Who has the role, by itself or within another. */
  /** Roles bound to its parameters that change with it. */
  readonly bindings: number;
  readonly holders: number;
  /** Who would be given the role by its rule, who would lose it, and whom separation of duties does not let have it. */
  readonly assigned: number;
  readonly unassigned: number;
  readonly blocked: number;
  readonly gaining: number;
  readonly losing: number;
  /** One a person and entitlement. */
  readonly gains: number;
  readonly losses: number;
  readonly newConflicts: readonly ConflictCount[];
  readonly clearedConflicts: readonly ConflictCount[];
  /** Systems on which people would have privileged access for the first time. */
  readonly privilegedSystems: readonly { readonly systemId: string; readonly people: number }[];
  readonly licences: readonly LicenceCount[];
  /** Live sessions that would end. */
  readonly sessionIds: readonly string[];
  /** People who gain or lose something on a system: what limits are about. */
  readonly onSystems: readonly { readonly systemId: string; readonly gaining: number; readonly losing: number }[];
}

export interface Impact {
  readonly versionId: string;
  readonly revision: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly askedAt: Date;
  readonly progress: number;
  readonly problem: string | null;
  readonly asOf: Date | null;
  readonly snapshot: string | null;
  readonly serverStarted: Date | null;
  readonly goodUntil: Date | null;
  readonly numbers: ImpactNumbers | null;
}

/** What would change for one person. */
export interface PersonImpact {
  readonly identityId: string;
  readonly gains: readonly string[];
  readonly loses: readonly string[];
  /** Systems on which they would have privileged access for the first time. */
  readonly privileged: readonly string[];
  /** Rules, by id. */
  readonly newConflicts: readonly string[];
  readonly clearedConflicts: readonly string[];
}

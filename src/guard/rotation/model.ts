/**
 * planned → sealed → applied → promoted → done; from promoted back by returning → returned → failed where a dependant
 * cannot follow. failed before that: the problem says what is as it was. cancelled: before anything was changed.
 */
export type RotationState =
  | 'planned'
  | 'sealed'
  | 'applied'
  | 'promoted'
  | 'returning'
  | 'returned'
  | 'done'
  | 'failed'
  | 'cancelled';

/** What made a rotation due. */
export type Cause = 'asked' | 'created' | 'age' | 'use' | 'checkout' | 'leaver' | 'incident' | 'drift' | 'wave';

/** The kinds of credential that can be given anew. */
export const ROTATED_KINDS = ['password', 'ssh_key', 'api_key'] as const;
export type RotatedKind = (typeof ROTATED_KINDS)[number];
export const isRotatedKind = (kind: string): kind is RotatedKind => (ROTATED_KINDS as readonly string[]).includes(kind);

export interface Rotation {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  /** What the system itself knows the account by: what one logs in with, and what changes name. */
  readonly accountNativeId: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly secretId: string;
  readonly secretKind: string;
  readonly because: string;
  readonly cause: Cause;
  readonly state: RotationState;
  readonly version: number | null;
  readonly backVersion: number | null;
  readonly through: 'connection' | 'reconcile';
  readonly runId: string | null;
  readonly wave: number | null;
  readonly tries: number;
  readonly problem: string | null;
  readonly plannedAt: Date;
  readonly endedAt: Date | null;
}

/** One thing a rotation did. `trouble` is tried again; `refused` was not done. */
export interface RotationStep {
  readonly position: number;
  readonly step: string;
  readonly outcome: 'done' | 'trouble' | 'refused';
  readonly detail: string | null;
  readonly tries: number;
  readonly at: Date;
}

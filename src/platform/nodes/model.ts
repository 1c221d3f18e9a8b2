export const NODE_ROLES = ['api', 'worker', 'gateway'] as const;
export const NODE_STATES = ['serving', 'draining', 'drained', 'stopped', 'lost'] as const;
export type NodeState = (typeof NODE_STATES)[number];
/** What a process that lives says of itself. */
export type LivingState = Exclude<NodeState, 'stopped' | 'lost'>;

/** One process of Reeve. */
export interface ReeveNode {
  readonly id: string;
  /** Of its machine. */
  readonly name: string;
  readonly roles: readonly (typeof NODE_ROLES)[number][];
  readonly version: string;
  readonly state: NodeState;
  readonly liveSessions: number;
  readonly startedAt: Date;
  readonly seenAt: Date;
  readonly drainAskedAt: Date | null;
  readonly endedAt: Date | null;
}

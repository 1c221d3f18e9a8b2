import type { Identity, IdentityKind } from '#spine/graph/index.ts';

/** How long things that somebody answers for may go on. */
export interface OwnerTerms {
  /** As far ahead as one renewal may put the end. */
  readonly longestRenewalDays: number;
  /** How long a handover waits for somebody to accept it. */
  readonly handoverDays: number;
  /** How many days before an end whoever answers is reminded. */
  readonly remindDays: readonly number[];
}
export const DEFAULT_TERMS: OwnerTerms = { longestRenewalDays: 180, handoverDays: 14, remindDays: [30, 14, 7, 1] };

export const DAY_MS = 86_400_000;

/** Why somebody cannot answer any more; `offered`: they asked somebody else to. */
export type HandoverCause = 'left' | 'leave' | 'suspended' | 'offered';

/** What somebody answered for goes to somebody else, who is to accept it. */
export interface Handover {
  readonly id: string;
  readonly identityId: string;
  readonly fromId: string;
  /** Who answers meanwhile; null: administrators. */
  readonly actingId: string | null;
  readonly because: HandoverCause;
  readonly state: 'open' | 'lapsed' | 'accepted' | 'withdrawn' | 'replaced';
  readonly askedAt: Date;
  readonly dueAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
}

/** Programs act as long as who answers for them may; a vendor is a human being with a sponsor. */
export const isProgram = (kind: IdentityKind): boolean => kind !== 'person' && kind !== 'vendor';

/** Only a person of the house who is here answers for others. */
export const canAnswer = (who: Identity | undefined): who is Identity =>
  who?.state === 'active' && who.kind === 'person';

/** The cause by the state of whoever answered so far. */
export const causeOf = (state: string | undefined): HandoverCause =>
  state === 'leave' || state === 'suspended' ? state : 'left';

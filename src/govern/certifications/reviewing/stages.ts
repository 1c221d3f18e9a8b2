/** Who may be asked in a stage. */
export const SEATED = ['manager', 'owner', 'system_owner', 'named'] as const;
export type SeatedBy = (typeof SEATED)[number];

/**
 * How the votes of a stage make its outcome. `one_accepts`: the first keep keeps. `one_denies`: the first revoke revokes,
 * and at the deadline those who answered decide. `all_accept`: kept only if each says so. `not_denied`: as one_denies, and a
 * stage nobody answered says nothing, so that the next is asked.
 */
export const VOTES = ['one_accepts', 'one_denies', 'all_accept', 'not_denied'] as const;
export type Vote = (typeof VOTES)[number];

/** Several people asked at the same time about each item, and what comes of their votes. */
export interface Stage {
  readonly by: readonly SeatedBy[];
  readonly vote: Vote;
  /** Days the stage has; absent: until the campaign is due. */
  readonly days?: number | undefined;
}

/** What a seat says; null: nothing yet. */
export type Answer = 'keep' | 'revoke' | null;
/** What a stage comes to. `silence`: nobody said enough in time; `pass`: nobody said anything, the next stage is asked. */
export type StageOutcome = 'keep' | 'revoke' | 'silence' | 'pass';

/** What the votes of a stage come to; undefined while it is still to be waited for. Silence never counts as keep. */
export function outcomeOf(vote: Vote, answers: readonly Answer[], over: boolean): StageOutcome | undefined {
  const keeps = answers.filter((a) => a === 'keep').length;
  const revokes = answers.filter((a) => a === 'revoke').length;
  const silent = answers.length - keeps - revokes;
  if (answers.length === 0) return 'pass';
  if (vote === 'one_accepts') {
    if (keeps > 0) return 'keep';
    if (silent === 0) return 'revoke';
    return over ? 'silence' : undefined;
  }
  if (revokes > 0) return 'revoke';
  if (silent === 0) return 'keep';
  if (!over) return undefined;
  if (vote === 'all_accept') return 'silence';
  if (keeps > 0) return 'keep';
  return vote === 'not_denied' ? 'pass' : 'silence';
}

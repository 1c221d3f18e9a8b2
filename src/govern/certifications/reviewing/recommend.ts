import type { Change, Evidence, Recommendation, Subject } from '../model.ts';
import { OTHER_RULES, recommendOther } from './recommend-others.ts';

/** Every rule there is, the weightiest first. */
export const RULES = [
  'duties.conflict',
  'use.stale',
  'changes.moved',
  'peers.rare',
  'risk.unwatched',
  'peers.common',
  'use.recent',
  ...OTHER_RULES,
] as const;

const DAY_MS = 86_400_000;
const STALE_DAYS = 90;
const MOVED = ['department', 'job title', 'unit', 'manager', 'state'];
/** Shares of peers from which something is rare or common among them. */
const RARE = 0.2;
const COMMON = 0.7;

/**
 * Says what the evidence beside an item speaks for, with its reasons; undefined where it says too little. Peers count for
 * groups of five and more only. No recorded use is unknown and speaks for nothing by itself. What is no grant has
 * rules of its own.
 */
export function recommend(
  item: {
    readonly subject: Subject;
    readonly evidence: Evidence;
    readonly changes: readonly Change[];
    readonly goneSince?: Date | null | undefined;
  },
  at: Date,
): Recommendation | undefined {
  if (item.subject !== 'grant') return recommendOther(item, at);
  const { evidence, changes } = item;
  const days =
    evidence.lastUse === null ? undefined : Math.floor((at.getTime() - Date.parse(evidence.lastUse)) / DAY_MS);
  const used = days !== undefined && days <= STALE_DAYS;
  const peers = evidence.peers === null || evidence.peers.of < 5 ? undefined : evidence.peers;
  const share = peers === undefined ? undefined : peers.holding / peers.of;
  const risky = evidence.privileged || evidence.risk === 'high' || evidence.risk === 'critical';
  const moved = changes.filter((c) => MOVED.includes(c.what));
  const useSaid =
    days === undefined
      ? 'no use was recorded, which is unknown'
      : `last used ${days} days before the launch, ${evidence.uses} times in all`;
  const peersSaid = peers === undefined ? [] : [`${peers.holding} of ${peers.of} in the department have it`];
  const riskSaid = evidence.privileged ? ['it is privileged'] : [`its risk is ${evidence.risk}`];
  if (evidence.conflicts.length > 0)
    return {
      what: 'look',
      rule: 'duties.conflict',
      reasons: [`the person is in conflict with: ${evidence.conflicts.join(', ')}`, useSaid],
    };
  if (days !== undefined && !used) return { what: 'revoke', rule: 'use.stale', reasons: [useSaid, ...peersSaid] };
  if (moved.length > 0)
    return {
      what: 'look',
      rule: 'changes.moved',
      reasons: [`since it was last kept: ${moved.map((c) => c.what).join(', ')} changed`, useSaid],
    };
  if (share !== undefined && share < RARE)
    return { what: used ? 'look' : 'revoke', rule: 'peers.rare', reasons: [...peersSaid, useSaid] };
  if (risky && !used) return { what: 'look', rule: 'risk.unwatched', reasons: [...riskSaid, useSaid] };
  if (share !== undefined && share >= COMMON && !risky)
    return { what: 'keep', rule: 'peers.common', reasons: [...peersSaid, useSaid, ...riskSaid] };
  if (used) return { what: 'keep', rule: 'use.recent', reasons: [useSaid, ...peersSaid, ...riskSaid] };
  return undefined;
}

import type { Evidence, Recommendation, Subject } from '../model.ts';

/** Rules about what is no grant, by what they are about; the weightiest first. */
export const OTHER_RULES = [
  'gone.at_source',
  'account.stale',
  'account.relied_on',
  'account.privileged',
  'holding.privileged',
  'holding.stale',
  'holding.unfounded',
  'control.failed',
  'control.never_ran',
  'control.old',
  'control.passed',
  'role.unused',
  'role.privileged_part',
] as const;

const DAY_MS = 86_400_000;
/** From so many days on something was not used, or a control did not run, for long. */
const LONG_DAYS = 90;
/** So new an exception may still wait for the first run of its control. */
const NEW_DAYS = 30;

interface Other {
  readonly subject: Subject;
  readonly evidence: Evidence;
  readonly goneSince?: Date | null | undefined;
}
type Rule = (
  it: Other,
  daysSince: (when: string | null | undefined) => number | undefined,
) => Recommendation | undefined;

const say = (
  what: Recommendation['what'],
  rule: (typeof OTHER_RULES)[number],
  ...reasons: string[]
): Recommendation => ({
  what,
  rule,
  reasons,
});
const used = (days: number): string => `last used ${days} days before the launch, as its system tells`;
const isRisky = ({ privileged, risk }: Evidence): boolean => privileged || risk === 'high' || risk === 'critical';
const riskOf = ({ privileged, risk }: Evidence): string => (privileged ? 'it is privileged' : `its risk is ${risk}`);

/** An account nobody answers for: what is not used is locked; whoever uses one that is, is to be found first. */
const ofAccount: Rule = ({ evidence }, daysSince) => {
  const days = daysSince(evidence.lastUse);
  if (days !== undefined && days > LONG_DAYS)
    return say('revoke', 'account.stale', used(days), 'nobody answers for it');
  if (days !== undefined)
    return say('look', 'account.relied_on', used(days), 'somebody relies on it: name its owner, or lock it');
  if (evidence.privileged)
    return say(
      'look',
      'account.privileged',
      'it is privileged and nobody answers for it',
      'whether it is used is unknown',
    );
  return undefined;
};

/** What somebody has on a system and nobody granted: it went past every approval. */
const ofHolding: Rule = ({ evidence }, daysSince) => {
  const days = daysSince(evidence.lastUse);
  if (isRisky(evidence)) return say('revoke', 'holding.privileged', 'nobody granted it', riskOf(evidence));
  if (days !== undefined && days > LONG_DAYS) return say('revoke', 'holding.stale', 'nobody granted it', used(days));
  return say('look', 'holding.unfounded', 'nobody granted it: ask how it came, or have it asked for');
};

/** An exception from duties stands by its control. */
const ofException: Rule = ({ evidence }, daysSince) => {
  const [last] = evidence.runs ?? [];
  if (last === undefined) {
    const age = daysSince(evidence.since);
    return age !== undefined && age > NEW_DAYS
      ? say('revoke', 'control.never_ran', `it stands since ${age} days, and no run of its control is on record`)
      : undefined;
  }
  const days = daysSince(last.ranAt) ?? 0;
  if (last.result === 'failed')
    return say('revoke', 'control.failed', `its control failed ${days} days before the launch`);
  if (days > LONG_DAYS)
    return say('look', 'control.old', `its control ran ${days} days before the launch, and not since`);
  return say('keep', 'control.passed', `its control passed ${days} days before the launch`);
};

/** A part of a role: what nobody gets by it, and what everybody who gets the role is given with it. */
const ofRoleContent: Rule = ({ evidence }) => {
  const holders = evidence.about?.['people who have the role'];
  if (holders === '0') return say('look', 'role.unused', 'nobody has the role');
  if (isRisky(evidence) && holders !== undefined && holders !== null)
    return say('look', 'role.privileged_part', riskOf(evidence), `${holders} people have it by this role`);
  return undefined;
};

const RULES_OF: Readonly<Record<Exclude<Subject, 'grant'>, Rule>> = {
  account: ofAccount,
  holding: ofHolding,
  exception: ofException,
  role_content: ofRoleContent,
};

/** Says what the evidence beside something that is no grant speaks for; undefined where it says too little. */
export function recommendOther(it: Other, at: Date): Recommendation | undefined {
  const { subject, evidence, goneSince } = it;
  if (subject === 'grant') return undefined;
  if (goneSince !== null && goneSince !== undefined && goneSince <= at)
    return say(
      'revoke',
      'gone.at_source',
      `what it gives is gone at its source since ${goneSince.toISOString().slice(0, 10)}`,
    );
  if (evidence.conflicts.length > 0 && subject === 'holding')
    return say(
      'revoke',
      'holding.unfounded',
      'nobody granted it',
      `with it, duties are in conflict: ${evidence.conflicts.join(', ')}`,
    );
  return RULES_OF[subject](it, (when) =>
    when === null || when === undefined ? undefined : Math.floor((at.getTime() - Date.parse(when)) / DAY_MS),
  );
}

import type { Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { askPairs, type Pair } from './ask-policies.ts';
import type { PolicySets } from './policies/active-policies.ts';
import type { Decision } from './port.ts';
import type { Vocabulary } from './vocabulary.ts';

let houses = 0;

/**
 * Answers pairs of principal and resource as askPairs does, each by an id of its own. What was answered before is
 * answered again without loading anything, where it is proved in this transaction that nothing it rests on has changed
 * since, nor begun or ended by time, and where no policy on the action looks at the context.
 */
export function rememberAnswers(
  vocabulary: () => Vocabulary,
  sets: PolicySets,
): (tx: Tx, questions: { readonly action: string; readonly pairs: readonly Pair[] }) => Promise<Decision[]> {
  // Two houses over one database have policies of their own.
  houses += 1;
  const here = houses;
  return async (tx, { action, pairs }) => {
    const kept = await tx.kept('access');
    const keyOf = ({ principal, resource }: Pair): string =>
      `${here} ${action} ${principal.kind} ${principal.id} ${resource.type} ${resource.id}`;
    const known = pairs.map((pair) => kept.get<Decision>(keyOf(pair), tx.now));
    const missing = pairs.filter((_, i) => known[i] === undefined);
    if (missing.length === 0) return known.map((decision) => again(decision));

    let [lasts, until] = [true, Infinity];
    const reading = sets.active(tx);
    const answers = await askPairs(tx, vocabulary(), reading, { action, pairs: missing }, (end) => {
      lasts &&= end !== null;
      until = Math.min(until, end?.getTime() ?? Infinity);
    });
    const asked = vocabulary().actions.get(action);
    if (lasts && asked !== undefined && !(await reading).followed(asked).context) {
      const end = until === Infinity ? undefined : new Date(until);
      missing.forEach((pair, i) => kept.keep(keyOf(pair), answers[i], { now: tx.now, until: end }));
    }
    let next = 0;
    return known.map((decision) => (decision === undefined ? again(answers[next++]) : again(decision)));
  };
}

function again(decision: Decision | undefined): Decision {
  if (decision === undefined) throw new Error('one question has one answer');
  const { allowed, policies, obligations, errors, missing, version } = decision;
  return { id: newId(), allowed, policies, obligations, errors, missing, version };
}

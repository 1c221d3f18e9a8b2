import { sql, type Tx } from '#kit/db/index.ts';
import { asCedarJson } from './ask-policies.ts';
import type { Decision, Question } from './port.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Questions remembered as asked lately, so that a page that is looked at every second is not kept every second. */
const KEPT_APART = 5_000;
const FOR_MS = 3_600_000;

/** Answers undefined where nothing is to be written. */
export type RememberDecision = (tx: Tx, question: Question, decision: Decision) => Promise<void> | undefined;

/**
 * Keeps a question and its answer for a few weeks, so that a draft of policies can be tried on what is really asked.
 * Not the record of it: that is the audit log. Of the context only what the action declares is kept, because no
 * valid policy can look at anything else. The same question with the same answer is kept once an hour.
 */
export const rememberDecisions = (vocabulary: () => Vocabulary): RememberDecision => {
  const lately = new Map<string, number>();
  // An answer that is remembered and given again has the very list of policies it had.
  const again = new WeakMap<readonly string[], number>();
  const isLate = (last: number | undefined, now: Date): boolean =>
    last === undefined || Math.abs(now.getTime() - last) >= FOR_MS;

  const write: RememberDecision = async (tx, question, decision) => {
    const { principal, action, resource } = question;
    const declared = vocabulary().actions.get(action)?.context;
    if (declared === undefined) return;
    const context = Object.fromEntries(
      Object.entries(question.context ?? {}).flatMap(([name, value]) =>
        Object.hasOwn(declared, name) && value !== undefined && value !== null
          ? [[name, asCedarJson(value)] as const]
          : [],
      ),
    );
    const written = sql.json(context);
    const key = [
      principal.kind,
      principal.id,
      action,
      resource.type,
      resource.id,
      written,
      decision.allowed,
      decision.version,
    ].join('\n');
    const last = lately.get(key);
    if (!isLate(last, tx.now)) {
      if (last !== undefined) again.set(decision.policies, last);
      return;
    }
    await tx.run(sql`
      insert into decision_made (id, principal_kind, principal_id, action, resource_type, resource_id, context, allowed, policies, errors, version)
      values (${decision.id}, ${principal.kind}, ${principal.id}, ${action}, ${resource.type}, ${resource.id}, ${written}::jsonb,
              ${decision.allowed}, ${[...decision.policies]}::text[], ${[...decision.errors]}::text[], ${decision.version})`);
    tx.afterCommit(() => {
      lately.delete(key);
      lately.set(key, tx.now.getTime());
      for (const [oldest] of lately) {
        if (lately.size <= KEPT_APART) break;
        lately.delete(oldest);
      }
    });
  };
  return (tx, question, decision) =>
    question.context === undefined && !isLate(again.get(decision.policies), tx.now)
      ? undefined
      : write(tx, question, decision);
};

import { sha256 } from '#kit/crypto/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { approvalRules, type ApprovalRules } from './approval-rules.ts';
import { policyInForce, type Tried } from './change-policy.ts';
import { tryPolicy, type Changed } from './try-policy.ts';

/** A draft tried against the version in force, with what names this result. */
export interface Trial extends Tried {
  /** Given with the change: it shows that this draft was tried, and came to what it comes to now. */
  readonly trial: string;
  readonly outcomes: readonly Changed[];
}

/** The fewest requests a draft is tried on before it is put in force. */
const FEWEST = 20;

/** Tries a draft on the last requests. The name of the result covers the draft, what it was held against and what came out. */
export const tryDraft = async (tx: Tx, draft: ApprovalRules, last: number): Promise<Trial> => {
  const inForce = await policyInForce(tx);
  const { tried, changed } = await tryPolicy(tx, { inForce: approvalRules.parse(inForce.rules), draft }, last);
  const covered = {
    last,
    against: inForce.number,
    draft,
    changed: changed.map(({ request, after }) => ({ id: request.id, after })),
  };
  const digest = sha256(JSON.stringify(covered)).toString('base64url');
  return {
    trial: `${last}.${digest}`,
    against: inForce.number,
    tried,
    changed: changed.map(({ request }) => request.number),
    outcomes: changed,
  };
};

/**
 * Tries a draft again, now, and answers with the result to keep. Throws where it was not tried, or came to something
 * else then: whoever puts it in force would not have seen what it does.
 */
export const asTried = async (tx: Tx, draft: ApprovalRules, trial: string | undefined): Promise<Tried> => {
  const last = Number(/^(\d{1,3})\./.exec(trial ?? '')?.[1] ?? 0);
  if (trial === undefined || last === 0)
    throw invalid(
      '/trial',
      'is missing: a policy is put in force only once it was tried',
      'try it first, and send the `trial` it answers with',
    );
  if (last < FEWEST)
    throw invalid('/trial', `tried it on the last ${last} requests only`, `try it on the last ${FEWEST} or more`);
  const now = await tryDraft(tx, draft, last);
  if (now.trial !== trial)
    throw conflict(
      'approval_policy.tried_otherwise',
      'what it does to the last requests is not what trying it came to: another draft was tried, or things have changed since',
      'try it again, look at what changes, and send the new `trial`',
    );
  return { against: now.against, tried: now.tried, changed: now.changed };
};

import { AppError } from '#kit/errors/index.ts';
import type { Decision, Question } from './port.ts';

/**
 * Policy said no. The transaction that asked rolls back, so the refusal carries what must be recorded apart from it:
 * hand it to `recordRefusal` in a transaction of its own.
 */
export class Refusal extends AppError {
  readonly question: Question;
  readonly decision: Decision;

  /**
   * `hidden`: the asker may not even learn that the resource exists, so it reads like a resource that does not. Names
   * no id: what was decided about may be another row than the one asked for (its subject, its owner).
   */
  constructor(question: Question, decision: Decision, hidden: boolean) {
    const { resource, action } = question;
    const noun = nounOf(resource.type);
    const unseen = hidden || decision.missing === 'resource';
    super(
      unseen
        ? { code: `${noun}.not_found`, status: 404, detail: `there is no such ${noun}` }
        : {
            code: decision.missing === 'action' ? 'policy.unknown_action' : 'policy.denied',
            status: 403,
            detail: explain(question, decision),
            fix:
              decision.missing === 'action'
                ? `name ${action} in the \`actions\` of the module that asks it`
                : 'ask an administrator which policy would allow it, naming the decision',
            extra: { decision: decision.id, policies: decision.policies },
          },
    );
    this.question = question;
    this.decision = decision;
  }
}

/** `AccessRequest` reads `access_request` in codes and messages. */
export const nounOf = (type: string): string => type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();

const explain = ({ principal, action, resource }: Question, decision: Decision): string => {
  const about = resource.type === 'Platform' ? 'Reeve' : `${nounOf(resource.type)} ${resource.id}`;
  if (decision.missing === 'action') return `no module declares the action ${action}, so nobody may do it`;
  if (decision.missing === 'principal')
    return `the ${principal.kind} ${principal.id} does not exist, so it may do nothing`;
  if (decision.policies.length > 0)
    return `${action} on ${about} is forbidden by policy ${decision.policies.join(', ')}`;
  return `no policy allows ${action} on ${about}`;
};

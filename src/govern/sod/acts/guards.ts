/**
 * What keeps Reeve to a rule about acts. A `policy` is a forbid of the decision point; a `check` is made by the operation
 * itself, under its lock, where no policy can see what it is about.
 */
export interface Guard {
  readonly kind: 'policy' | 'check';
  /** The policy's id, or the code of the refusal. */
  readonly name: string;
  readonly says: string;
  /** What it refuses. */
  readonly actions: readonly string[];
}

const DECIDING = ['request.approve', 'request.deny'];

const policy = (name: string, says: string, ...actions: readonly string[]): Guard => ({
  kind: 'policy',
  name,
  says,
  actions,
});
const check = (name: string, says: string, ...actions: readonly string[]): Guard => ({
  kind: 'check',
  name,
  says,
  actions,
});

const OWN_REQUEST = policy(
  'requests.nobody_decides_to_their_own_benefit',
  'nobody decides about a request of theirs, or for them',
  ...DECIDING,
);
const OWN_TRAIL = policy(
  'audit.nobody_erases_or_holds_their_own',
  'nobody erases what the log knows of them, holds it back or lifts a hold',
  'audit.erase',
  'audit.hold',
);

/** By the rule of the library. Each is tried for real by `test/attacks/people/acts-of-reeve.test.ts`. */
const GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  'IT-08': [
    OWN_REQUEST,
    check('request.own_benefit', 'nor in the name of somebody else, nor where that came about meanwhile', ...DECIDING),
  ],
  'IT-10': [
    check('grant.own_benefit', 'whoever may give access gives none to themself or to what is theirs', 'grant.give'),
    check('birthright.own_benefit', 'nobody makes a rule that gives them privileged access', 'birthright.put'),
    check('account.own_benefit', 'nobody makes an account their own', 'account.assign', 'correlation_case.resolve'),
  ],
  'IT-11': [
    OWN_REQUEST,
    policy('requests.each_step_is_decided_by_another', 'nobody decides two steps of one request', ...DECIDING),
  ],
  'IT-16': [OWN_TRAIL],
  'IT-18': [
    policy('sod.nobody_excepts_themself', 'nobody excepts themself from a rule', 'sod_exception.grant'),
    check('sod_exception.own_benefit', 'nor what is theirs', 'sod_exception.grant'),
    check(
      'sod_rule.own_benefit',
      'nobody changes or retires a rule they violate',
      'sod_rule.change',
      'sod_rule.retire',
    ),
    policy(
      'sod.nobody_proves_their_own_exception',
      'nobody says that the control of their own exception ran',
      'sod_exception.record_run',
    ),
  ],
  'IT-22': [OWN_TRAIL],
};

/** What keeps Reeve to a rule of the library; none where a rule on what is held does. */
export const guardsOf = (libraryId: string | null): readonly Guard[] => GUARDS[libraryId ?? ''] ?? [];

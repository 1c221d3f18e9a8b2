import { AppError, conflict } from '#kit/errors/index.ts';
import { isConstraint } from '#kit/db/index.ts';

/** What a person did to break one of the database's rules, by the rule's name. */
const LETTERS: Readonly<Record<string, readonly [detail: string, fix: string]>> = {
  username_is_one_identitys_at_a_time: ['another identity has this username in that time', 'choose another username'],
  identity_does_not_manage_itself: ['an identity cannot be its own manager', 'name another manager, or none'],
  identity_does_not_own_itself: ['an identity cannot own itself', 'name the person who answers for it'],
  identity_manager_is_an_identity: ['the manager is not a known identity', 'create the manager first'],
  identity_owner_is_an_identity: ['the owner is not a known identity', 'create the owner first'],
  system_owner_is_an_identity: ['the owner is not a known identity', 'name somebody who is known'],
  entitlement_owner_is_an_identity: ['the owner is not a known identity', 'name somebody who is known'],
  role_owner_is_an_identity: ['the owner is not a known identity', 'name somebody who is known'],
  system_name_is_one_systems: ['another system has this name', 'choose another name'],
  system_name_can_follow_an_at_sign: [
    'a system name has lower-case letters, digits, dots, dashes and underscores',
    'for instance web1 or hr-db',
  ],
  requestable_entitlement_has_owner_and_description: [
    'an entitlement without an owner and a description cannot be requestable',
    'give it both first',
  ],
  requestable_role_has_owner_and_description: [
    'a role without an owner and a description cannot be requestable',
    'give it both first',
  ],
  account_has_one_entitlement_to_it: ['this account already has an entitlement to it', 'use the one it has'],
  entitlement_native_id_is_one_entitlements_while_present: [
    'this system already has an entitlement with that native id',
    'change the one it has',
  ],
  entitlement_licence_cost_is_of_a_licence: ['a cost is of a licence', 'name the product (licence) too'],
  entitlement_licence_cost_is_in_a_currency: [
    'a cost is in a currency, and a currency is of a cost',
    'give both, for instance 12.50 and EUR, or neither',
  ],
  template_is_given_by_its_bindings: [
    'this role has parameters, and is given for values only',
    'bind it to values first (reeve roles bind), and name the role that answers',
  ],
  role_name_is_one_roles_while_present: ['another role has this name', 'choose another name'],
  eligibility_gives_nothing: [
    'being eligible gives nothing by itself, and nothing can be nested below it',
    'nest it below what it is for',
  ],
  eligibility_is_not_for_eligibility: ['nobody is eligible for being eligible', 'ask for the eligibility itself'],
  merged_identity_gets_nothing_new: ['this identity was merged into another', 'name the one it is now'],
  grant_end_never_moves_later: ['the end of a grant never moves later', 'ask for a new grant'],
  grant_does_not_end_before_it_begins: ['a grant cannot end before it begins', 'choose a later end'],
};

/** Runs a change; what a named rule of the graph refuses becomes a letter with that rule as its code. */
export async function inWords<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    for (const [name, [detail, fix]] of Object.entries(LETTERS)) {
      if (isConstraint(error, name)) {
        throw new AppError({ code: `graph.${name}`, status: 409, detail, fix, cause: error });
      }
    }
    throw error;
  }
}

export const grantAlreadyEnded = (id: string): AppError =>
  conflict('grant.already_ended', `grant ${id} has already ended`);
